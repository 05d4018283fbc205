"""When a person is told: at once, later than their quiet hours, or with the others."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from leads.choices import MailTiming


def due_at(
    *,
    now: datetime,
    timing: MailTiming,
    zone: ZoneInfo,
    digest_hour: int,
    quiet_hours: tuple[time, time] | None,
) -> datetime:
    """The first instant, from now, that the timing allows and is not quiet.

    `digest_hour` is an hour of the day in `zone`, as the quiet hours are.
    """
    local = now.astimezone(zone)
    if timing == MailTiming.HOURLY:
        local = _hour(local) + timedelta(hours=1)
    elif timing == MailTiming.DAILY:
        today = local.replace(hour=digest_hour, minute=0, second=0, microsecond=0)
        local = today if today > local else today + timedelta(days=1)
    return _after_quiet(local, quiet_hours).astimezone(now.tzinfo)


def _hour(local: datetime) -> datetime:
    return local.replace(minute=0, second=0, microsecond=0)


def _after_quiet(local: datetime, quiet: tuple[time, time] | None) -> datetime:
    """The end of the quiet hours where they hold now; over midnight too."""
    if quiet is None or quiet[0] == quiet[1]:
        return local
    begins, ends = quiet
    at = local.time()
    is_over_midnight = begins > ends
    is_quiet = at >= begins or at < ends if is_over_midnight else begins <= at < ends
    if not is_quiet:
        return local
    end = local.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0)
    return end + timedelta(days=1) if is_over_midnight and at >= begins else end
