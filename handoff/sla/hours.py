"""Working time: how much of it lies between two instants, and when it has passed.

Closed form: the open windows of a year are laid end to end once, and from then on an
answer is a search in their sums, however long the span is. Counted in microseconds, so
that `elapsed(start, add(start, seconds))` is exactly `seconds`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Self
from zoneinfo import ZoneInfo

from handoff.sla import public_holidays, windows

Minutes = tuple[int, int]  # from midnight; 24:00 is 1440
WHOLE_DAY: Minutes = (0, 1440)
_TICKS = 1_000_000  # a second
_TICK = timedelta(microseconds=1)
# A calendar that opens at all opens within this time.
_LONGEST_REST_YEARS = 10


class NeverOpenError(Exception):
    """The calendar has no open hour ahead."""


@dataclass(frozen=True)
class _Year:
    """The windows of one local year in ticks since 1970.

    `sums[n]` is the working time of the first n windows.
    """

    starts: list[int]
    ends: list[int]
    sums: list[int]

    @classmethod
    def of(cls, intervals: list[windows.Interval]) -> Self:
        starts = [start * _TICKS for start, _ in intervals]
        ends = [end * _TICKS for _, end in intervals]
        lengths = (end - start for start, end in zip(starts, ends, strict=True))
        return cls(starts, ends, [0, *accumulate(lengths)])

    @classmethod
    def joined(cls, years: Iterable[Self]) -> Self:
        """Years that follow each other as one."""
        starts: list[int] = []
        ends: list[int] = []
        sums = [0]
        for year in years:
            before = sums[-1]
            starts += year.starts
            ends += year.ends
            sums += (before + each for each in year.sums[1:])
        return cls(starts, ends, sums)

    @property
    def total(self) -> int:
        return self.sums[-1]

    def opened(self, tick: int) -> int:
        """The working time of the year before this instant."""
        number = bisect_right(self.starts, tick)
        if not number:
            return 0
        rest = max(0, self.ends[number - 1] - tick)
        return self.sums[number] - rest

    def passed(self, opened: int) -> int:
        """The first instant before which this much (more than 0) lies."""
        number = bisect_left(self.sums, opened)
        return self.ends[number - 1] - (self.sums[number] - opened)


@dataclass(frozen=True)
class WorkingHours:
    """When somebody works: hours of each weekday, but for holidays and other days.

    `shifts` holds for Monday to Sunday the open minutes of a day, none if closed.
    `days` are dates that differ, whatever the weekday or the holiday: other hours, or
    none. Holidays of the `country`, or of its `subdivision` too, are closed.
    """

    zone: ZoneInfo
    shifts: tuple[tuple[Minutes, ...], ...]
    country: str = ""
    subdivision: str = ""
    days: Mapping[date, tuple[Minutes, ...]] = field(default_factory=dict)
    _years: dict[int, _Year] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def on(self, day: date) -> tuple[Minutes, ...]:
        """The open minutes of one date."""
        if day in self.days:
            return self.days[day]
        holidays = public_holidays.in_year(self.country, self.subdivision, day.year)
        return () if day in holidays else self.shifts[day.weekday()]

    def is_open(self, at: datetime) -> bool:
        """Whether somebody works at this instant; at the end of a shift nobody does."""
        year = self._year(at.astimezone(self.zone).year)
        number = bisect_right(year.starts, _tick(at))
        return number > 0 and _tick(at) < year.ends[number - 1]

    def next_opening(self, at: datetime) -> datetime:
        """The instant itself if it is open, else the next one that is.

        Raises:
            NeverOpenError: there is none.
        """
        if self.is_open(at):
            return at
        tick = _tick(at)
        for year in self._years_from(at):
            number = bisect_left(year.starts, tick)
            if number < len(year.starts):
                return _instant(year.starts[number])
        raise NeverOpenError

    def add(self, start: datetime, seconds: float) -> datetime:
        """The first instant at which that much working time has passed since `start`.

        The end of a day counts to that day: eight hours from nine end at five.

        Raises:
            NeverOpenError: so much working time never comes.
        """
        left = round(seconds * _TICKS)
        if left <= 0:
            return start.astimezone(UTC)
        years = self._years_from(start)
        first = next(years)
        left += first.opened(_tick(start))
        if left <= first.total:
            return _instant(first.passed(left))
        left -= first.total
        for year in years:
            if left <= year.total:
                return _instant(year.passed(left))
            left -= year.total
        raise NeverOpenError

    def elapsed(self, start: datetime, end: datetime) -> float:
        """The working seconds between two instants; 0 when the end is not later."""
        if end <= start:
            return 0.0
        first = start.astimezone(self.zone).year
        last = end.astimezone(self.zone).year
        worked = self._year(last).opened(_tick(end))
        worked -= self._year(first).opened(_tick(start))
        for year in range(first, last):
            worked += self._year(year).total
        return worked / _TICKS

    def spans(
        self, start: datetime, end: datetime
    ) -> Iterator[tuple[datetime, datetime]]:
        """The open times between two instants, in order; the ends are cut off."""
        first, last = _tick(start), _tick(end)
        for year in self._years_from(start):
            for number in range(bisect_right(year.ends, first), len(year.ends)):
                if year.starts[number] >= last:
                    return
                begin, stop = year.starts[number], year.ends[number]
                yield _instant(max(begin, first)), _instant(min(stop, last))

    def meter(self, first: int, last: int) -> Callable[[int], int]:
        """Tells how much working time lies before an instant, since a fixed one.

        For many spans: the difference of two readings is their `elapsed`. All are whole
        seconds since 1970, and the instants from `first` to `last`.
        """
        years = (
            _instant(at * _TICKS).astimezone(self.zone).year for at in (first, last)
        )
        numbers = range(next(years), next(years) + 1)
        laid_out = _Year.joined(map(self._year, numbers))
        # Windows open and close at whole seconds.
        starts = [tick // _TICKS for tick in laid_out.starts]
        ends = [tick // _TICKS for tick in laid_out.ends]
        sums = [ticks // _TICKS for ticks in laid_out.sums]

        def worked(at: int) -> int:
            number = bisect_right(starts, at)
            if not number:
                return 0
            rest = ends[number - 1] - at
            return sums[number] - rest if rest > 0 else sums[number]

        return worked

    def _years_from(self, at: datetime) -> Iterator[_Year]:
        """That of the instant and the following ones, until one rests too long."""
        resting, first = 0, at.astimezone(self.zone).year
        for number in range(first, MAXYEAR):
            year = self._year(number)
            yield year
            resting = 0 if year.total else resting + 1
            if resting > _LONGEST_REST_YEARS:
                return

    def _year(self, number: int) -> _Year:
        if number not in self._years:
            day = date(number, 1, 1)
            dates = (day + timedelta(n) for n in range(366))
            hours = [
                (one, minutes)
                for one in dates
                if one.year == number
                for minutes in self.on(one)
            ]
            found = windows.open_windows(zone=self.zone, year=number, hours=hours)
            self._years[number] = _Year.of(found)
        return self._years[number]


AROUND_THE_CLOCK = WorkingHours(ZoneInfo("UTC"), ((WHOLE_DAY,),) * 7)


def _tick(at: datetime) -> int:
    return (at - windows.EPOCH) // _TICK


def _instant(tick: int) -> datetime:
    return windows.EPOCH + tick * _TICK
