"""When a mail may leave, in the zone of its reader. Plain values in and out."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

# Zones of countries that have one, or in which most people live; by folded name.
ZONES = {
    "argentina": "America/Argentina/Buenos_Aires",
    "australia": "Australia/Sydney",
    "austria": "Europe/Vienna",
    "belgium": "Europe/Brussels",
    "brazil": "America/Sao_Paulo",
    "canada": "America/Toronto",
    "china": "Asia/Shanghai",
    "czechia": "Europe/Prague",
    "denmark": "Europe/Copenhagen",
    "finland": "Europe/Helsinki",
    "france": "Europe/Paris",
    "germany": "Europe/Berlin",
    "india": "Asia/Kolkata",
    "ireland": "Europe/Dublin",
    "israel": "Asia/Jerusalem",
    "italy": "Europe/Rome",
    "japan": "Asia/Tokyo",
    "mexico": "America/Mexico_City",
    "netherlands": "Europe/Amsterdam",
    "new zealand": "Pacific/Auckland",
    "norway": "Europe/Oslo",
    "poland": "Europe/Warsaw",
    "portugal": "Europe/Lisbon",
    "singapore": "Asia/Singapore",
    "south africa": "Africa/Johannesburg",
    "south korea": "Asia/Seoul",
    "spain": "Europe/Madrid",
    "sweden": "Europe/Stockholm",
    "switzerland": "Europe/Zurich",
    "turkey": "Europe/Istanbul",
    "united arab emirates": "Asia/Dubai",
    "united kingdom": "Europe/London",
    "united states": "America/New_York",
}
SATURDAY = 5
_KNOWN = available_timezones()


def zone_of(*, named: object, country: str, default: str) -> ZoneInfo:
    """The zone that a lead names itself, else that of its country (a folded name)."""
    if isinstance(named, str) and named in _KNOWN:
        return ZoneInfo(named)
    return ZoneInfo(ZONES.get(country, default))


def opening(
    at: datetime, *, zone: ZoneInfo, from_hour: int, to_hour: int, on_weekdays: bool
) -> datetime:
    """The first instant from `at` on that is within the hours; `at` itself inside."""
    local = at.astimezone(zone)
    for _day in range(8):
        is_day = not on_weekdays or local.weekday() < SATURDAY
        if is_day and local.hour < to_hour:
            if local.hour >= from_hour:
                return max(at, local.astimezone(at.tzinfo))
            return _at_hour(local, from_hour).astimezone(at.tzinfo)
        local = _at_hour(local + timedelta(days=1), 0)
    return at


def next_weekday(
    at: datetime, *, zone: ZoneInfo, weekday: int | None, hour: int
) -> datetime:
    """The next time that it is this hour (of this weekday) there, after `at`."""
    local = at.astimezone(zone)
    for days in range(9):
        candidate = _at_hour(local + timedelta(days=days), hour)
        is_day = weekday is None or candidate.weekday() == weekday
        if is_day and candidate.astimezone(at.tzinfo) > at:
            return candidate.astimezone(at.tzinfo)
    return at


def _at_hour(local: datetime, hour: int) -> datetime:
    return datetime.combine(local.date(), time(hour), tzinfo=local.tzinfo)
