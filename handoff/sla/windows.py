"""From hours on a wall clock to instants: one zone, one year.

Open is what the wall clock says: an hour that daylight saving time skips is not there,
one that it repeats counts twice, and a zone that skips a whole day has no hours on it.
Instants are whole seconds since 1970 in UTC.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Interval = tuple[int, int]  # from, until: the end is not part of it
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400  # seconds
MINUTE = 60
# Local time is never further from UTC than this.
_FURTHEST = timedelta(hours=26)


def open_windows(
    *, zone: ZoneInfo, year: int, hours: Iterable[tuple[date, Interval]]
) -> list[Interval]:
    """The open instants of a local year, in order; those that touch are one.

    `hours` are days of that year, each with minutes from its midnight.
    """
    segments = list(_segments(zone, year))
    found = [
        (max(start - offset, begins), min(end - offset, ends))
        for start, end in map(_wall, hours)
        for begins, ends, offset in segments
        if begins < end - offset and start - offset < ends
    ]
    return _joined(sorted(found))


def _wall(hours: tuple[date, Interval]) -> Interval:
    """Seconds since 1970 as the wall clock counts them."""
    day, (start, end) = hours
    midnight = (day - EPOCH.date()).days * DAY
    return midnight + start * MINUTE, midnight + end * MINUTE


def _segments(zone: ZoneInfo, year: int) -> Iterator[tuple[int, int, int]]:
    """Spans of one distance from UTC that cover the local year: from, until, offset.

    All in seconds. Looks once a day, and halves the day in which the offset changed.
    """
    start = _seconds(datetime(year, 1, 1, tzinfo=UTC) - _FURTHEST)
    end = _seconds(datetime(year, 12, 31, tzinfo=UTC) + timedelta(days=1) + _FURTHEST)
    begins, offset = start, _offset(zone, start)
    for before in range(start, end, DAY):
        after = min(before + DAY, end)
        if _offset(zone, after) != offset:
            change = _change(zone, before, after)
            yield begins, change, offset
            begins, offset = change, _offset(zone, after)
    yield begins, end, offset


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """The first second of the new offset."""
    old = _offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: ZoneInfo, instant: int) -> int:
    local = (EPOCH + timedelta(seconds=instant)).astimezone(zone)
    offset = local.utcoffset()
    assert offset is not None  # noqa: S101 - the instant is aware
    return int(offset.total_seconds())


def _seconds(instant: datetime) -> int:
    return int((instant - EPOCH).total_seconds())


def _joined(intervals: Iterable[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for start, end in intervals:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
