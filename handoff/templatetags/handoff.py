"""How times and reasons of hand-offs are shown."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone

from handoff import deadlines

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
    return deadlines.span_in_words(seconds)
