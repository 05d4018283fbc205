"""Days as a rep lives them: in the zone of the hours that the rep works by."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.utils import timezone

from handoff.sla.calendars import Calendars
from handoff.sla.hours import AROUND_THE_CLOCK
from leads.models import Rep

_A_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)


def zone_of(rep: Rep, calendars: Calendars) -> tzinfo:
    """That of the rep's calendar, else of the person, else of the workspace.

    The rep comes with the person.
    """
    hours = calendars.of(team_id=rep.team_id, user_id=rep.user_id)
    if hours is not AROUND_THE_CLOCK:
        return hours.zone
    name = rep.user.time_zone
    return ZoneInfo(name) if name else timezone.get_default_timezone()


def today(now: datetime, zone: tzinfo) -> date:
    """The date in a zone."""
    return now.astimezone(zone).date()


def begins(day: date, zone: tzinfo) -> datetime:
    """The first instant of a day, also where the clock jumps at midnight.

    A midnight that comes twice begins the day the first time; of one that is skipped it
    is the instant of the jump.
    """
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def ends(day: date, zone: tzinfo) -> datetime:
    """The first instant that is not of the day any more."""
    return begins(day + _A_DAY, zone)


def last_day(until: datetime, zone: tzinfo) -> date:
    """The last day of a span that ends at an instant."""
    return (until - _TICK).astimezone(zone).date()


def are_whole(since: datetime, until: datetime, zone: tzinfo) -> bool:
    """Whether a span is of whole days."""
    first, last = since.astimezone(zone).date(), last_day(until, zone)
    return (begins(first, zone), ends(last, zone)) == (since, until)
