"""How times and reasons of hand-offs are shown."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone

from handoff import deadlines, lifecycle
from handoff.choices import HandoffStatus, RuleSkipped, Skipped
from handoff.deadlines import Deadline
from handoff.models import Handoff
from handoff.sla.calendars import Calendars
from leads.ages import span_in_words

register = template.Library()


@register.inclusion_tag("handoff/_countdown.html")
def countdown(due_at: datetime, now: datetime) -> dict[str, Any]:
    """A chip with the time left, which the browser goes on counting."""
    return _chip(due_at, deadlines.deadline(due_at=due_at, now=now))


@register.inclusion_tag("handoff/_countdown.html")
def time_to_decide(
    handoff: Handoff, now: datetime, calendars: Calendars
) -> dict[str, Any]:
    """A chip with the working time that the decision has left."""
    hours = calendars.of(team_id=handoff.team_id, user_id=handoff.rep_id)
    left = deadlines.deadline(
        due_at=handoff.due_at,
        now=now,
        hours=hours,
        is_paused=handoff.paused_at is not None,
    )
    return _chip(handoff.due_at, left)


def _chip(due_at: datetime, deadline: Deadline) -> dict[str, Any]:
    zone = timezone.localtime(due_at).tzname()
    return {"due_at": due_at, "deadline": deadline, "zone": zone}


@register.simple_tag
def how_it_ended(handoff: Handoff, now: datetime) -> str:
    """Who decided and how long ago."""
    return lifecycle.how_it_ended(handoff=handoff, now=now)


@register.filter
def working_span(seconds: float) -> str:
    """Working time in hours and minutes: "7 h 30 min"."""
    return deadlines.working_span(seconds)


@register.filter
def span(seconds: float) -> str:
    """A span of time in two units: "1 h 12 min"."""
    return span_in_words(seconds)


@register.filter
def minutes_span(minutes: int) -> str:
    """Working minutes in hours and minutes."""
    return deadlines.working_span(minutes * 60)


@register.filter
def instant(text: str) -> datetime:
    """The instant that a frozen brief holds as text."""
    return datetime.fromisoformat(text)


@register.filter
def status_label(status: str) -> str:
    """How a hand-off ended, in words."""
    return str(HandoffStatus(status).label)


@register.filter
def why_skipped(name: str) -> str:
    """In words why a rep was passed over."""
    return str(Skipped(name).label) if name in Skipped.values else name


@register.filter
def why_rule_skipped(name: str) -> str:
    """In words why a routing rule decided nothing."""
    return str(RuleSkipped(name).label) if name in RuleSkipped.values else name
