"""Spans of time in few words."""

from datetime import datetime

from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def short_span(seconds: float) -> str:
    """A span as a card shows it: "now", "12 min", "3 h", "4 d", "7 mo", "2 y"."""
    whole = int(abs(seconds))
    if whole < MINUTE:
        return _("now")
    if whole < HOUR:
        return _("{count} min").format(count=whole // MINUTE)
    if whole < DAY:
        return _("{count} h").format(count=whole // HOUR)
    days = whole // DAY
    if days < 60:
        return _("{count} d").format(count=days)
    if days < 730:
        return _("{count} mo").format(count=days // 30)
    return _("{count} y").format(count=days // 365)


def span_between(earlier: datetime, later: datetime) -> str:
    """The span between two instants, in few words."""
    return short_span((later - earlier).total_seconds())
