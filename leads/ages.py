"""Spans of time in few words."""

from datetime import datetime

from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def span_in_words(seconds: float, *, units: int = 2) -> str:
    """The span in days and hours, or hours and minutes: "3 d 4 h", "1 h 12 min".

    In one unit it is the largest alone: "3 d", "1 h", "18 min".
    """
    whole = int(seconds)
    days, hours = whole // DAY, whole % DAY // HOUR
    parts = [_("{count} min").format(count=whole % HOUR // MINUTE)]
    if days or hours:
        parts = [_("{count} h").format(count=hours), *parts]
    if days:
        parts = [_("{count} d").format(count=days), *parts[: bool(hours)]]
    return " ".join(parts[:units])


def short_span(seconds: float) -> str:
    """A span as a card shows it: "now", "12 min", "3 h", "4 d", "7 mo", "2 y"."""
    whole = int(abs(seconds))
    days = whole // DAY
    if whole < MINUTE:
        return _("now")
    if days < 60:
        return span_in_words(whole, units=1)
    if days < 730:
        return _("{count} mo").format(count=days // 30)
    return _("{count} y").format(count=days // 365)


def span_between(earlier: datetime, later: datetime) -> str:
    """The span between two instants, in few words."""
    return short_span((later - earlier).total_seconds())
