"""How times and reasons of hand-offs are shown."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone

from handoff import deadlines
from handoff.choices import HandoffStatus
from leads.ages import span_in_words

register = template.Library()


@register.inclusion_tag("handoff/_countdown.html")
def countdown(due_at: datetime, now: datetime) -> dict[str, Any]:
    """A chip with the time left, which the browser goes on counting."""
    return {
        "due_at": due_at,
        "deadline": deadlines.deadline(due_at=due_at, now=now),
        "zone": timezone.localtime(due_at).tzname(),
    }


@register.filter
def span(seconds: float) -> str:
    """A span of time in two units: "1 h 12 min"."""
    return span_in_words(seconds)


@register.filter
def instant(text: str) -> datetime:
    """The instant that a frozen brief holds as text."""
    return datetime.fromisoformat(text)


@register.filter
def status_label(status: str) -> str:
    """How a hand-off ended, in words."""
    return str(HandoffStatus(status).label)
