"""Periods of a report: whole days of the workspace's zone, the last one left out."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Days that a report may be asked for; beyond them a database or a zone gives up.
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2200, 1, 1)


class Preset(TextChoices):
    """The periods that a page offers beside two dates of one's own."""

    QUARTER = "quarter", _("This quarter")
    DAYS_90 = "90d", _("Last 90 days")
    MONTHS_12 = "12m", _("Last 12 months")
    CUSTOM = "custom", _("Own dates")


@dataclass(frozen=True)
class Period:
    """The half-open period [start, end) of days in the workspace's zone.

    until: the time of its last day at which it ends already, where that is not over.
    """

    start: date
    end: date
    until: time | None = None

    @property
    def start_at(self) -> datetime:
        return midnight(self.start)

    @property
    def end_at(self) -> datetime:
        if self.until is None:
            return midnight(self.end)
        return _local(self.last_day, self.until)

    def before(self, *, now: datetime) -> "Period | None":
        """The period of as many days that ended when this one began.

        One that goes on has had less time than whole days: beside it stand as many days
        as have begun, of which the last ends at the time that it is now. None beside
        one that has not begun, or where no report tells of days so long ago.
        """
        local = timezone.localtime(now, timezone.get_default_timezone())
        tomorrow = local.date() + timedelta(days=1)
        goes_on = self.end >= tomorrow
        days = min(self.end, tomorrow) - self.start
        if days <= timedelta() or self.start - FIRST_DAY < days:
            return None
        until = local.time() if goes_on else None
        return Period(self.start - days, self.start, until)

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def months(self) -> list["Period"]:
        """The calendar months that the period touches, oldest first."""
        months = []
        first = self.start.replace(day=1)
        while first < self.end:
            following = _months_later(first, 1)
            months.append(Period(first, following))
            first = following
        return months


def month_finder(months: Sequence[Period]) -> Callable[[datetime], str]:
    """Tells the key of the first of the months that ends after an instant, or ""."""
    # In the zone of the instants: those of two zones are compared ten times slower.
    borders = [month.end_at.astimezone(UTC) for month in months]
    keys = [*(f"{month.start:%Y-%m}" for month in months), ""]
    return lambda at: keys[bisect_right(borders, at)]


def midnight(day: date) -> datetime:
    """The first instant of the day in the workspace's zone, not in the viewer's."""
    return _local(day, time.min)


def _local(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=timezone.get_default_timezone())


def preset_period(*, preset: Preset, now: datetime) -> Period:
    """The preset as two dates; all of them end with the day of `now`."""
    today = timezone.localdate(now, timezone.get_default_timezone())
    tomorrow = today + timedelta(days=1)
    if preset == Preset.QUARTER:
        first_month = 3 * ((today.month - 1) // 3) + 1
        return Period(today.replace(month=first_month, day=1), tomorrow)
    if preset == Preset.DAYS_90:
        return Period(tomorrow - timedelta(days=90), tomorrow)
    return Period(_months_later(today.replace(day=1), -11), tomorrow)


def _months_later(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
