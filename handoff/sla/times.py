"""Hours as people write and read them: "09:00–12:00, 13:00–17:00"."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby, pairwise

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from handoff.sla.hours import WHOLE_DAY, Minutes

# Two times of day; the minutes may be left out.
_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–]\s*(\d{1,2})(?:[:.](\d{2}))?")
_MONDAY = date(2024, 1, 1)


def read(text: str) -> tuple[Minutes, ...]:
    """The minutes of a day that the text names, in order; none for an empty text.

    Raises:
        ValueError: with a sentence for whoever wrote it.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    spans = sorted(_span(part) for part in parts)
    for (_start, end), (start, _end) in pairwise(spans):
        if start < end:
            raise ValueError(_("Two of these hours overlap."))
    return tuple(spans)


def write(spans: Iterable[Sequence[int]]) -> str:
    """The hours of a day as `read` takes them."""
    return ", ".join(f"{_time(start)}–{_time(end)}" for start, end in spans)


def week_in_words(shifts: Sequence[Sequence[Minutes]]) -> str:
    """The week in few words: "Mon to Fri 09:00–17:00 · Sat 10:00–14:00"."""
    if all(tuple(day) == (WHOLE_DAY,) for day in shifts):
        return _("Around the clock")
    if not any(shifts):
        return _("Never open")
    numbered = enumerate(tuple(map(tuple, day)) for day in shifts)
    parts = []
    for spans, group in groupby(numbered, key=lambda day: day[1]):
        weekdays = [number for number, _spans in group]
        if spans:
            parts.append(f"{_days(weekdays)} {write(spans)}")
    return " · ".join(parts)


def weekday(number: int, *, form: str = "D") -> str:
    """The name of a weekday, 0 for Monday."""
    return str(date_format(_MONDAY + timedelta(days=number), form))


def _days(numbers: Sequence[int]) -> str:
    first, last = weekday(numbers[0]), weekday(numbers[-1])
    if len(numbers) < 3:
        return ", ".join(dict.fromkeys((first, last)))
    return _("{first} to {last}").format(first=first, last=last)


def _span(text: str) -> Minutes:
    found = _SPAN.fullmatch(text)
    if found is None:
        problem = _("“{text}” is no span of time; write one such as 09:00–17:00.")
        raise ValueError(problem.format(text=text))
    start_hour, start_minute, end_hour, end_minute = (
        int(part or 0) for part in found.groups()
    )
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if max(start_minute, end_minute) > 59 or max(start, end) > WHOLE_DAY[1]:
        problem = _("“{text}” goes beyond 24:00, or an hour beyond 59 minutes.")
        raise ValueError(problem.format(text=text))
    if start >= end:
        problem = _(
            "“{text}” ends before it begins; hours past midnight go to the next day."
        )
        raise ValueError(problem.format(text=text))
    return start, end


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
