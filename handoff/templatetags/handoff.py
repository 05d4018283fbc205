"""How times and reasons of hand-offs are shown."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from handoff import deadlines, lifecycle, unrouted
from handoff.choices import (
    QUESTIONS,
    Framework,
    HandoffStatus,
    RuleSkipped,
    Skipped,
)
from handoff.deadlines import Deadline
from handoff.models import Handoff
from handoff.sla.calendars import Calendars
from leads.ages import span_in_words
from leads.templatetags.interface import icon

register = template.Library()

_DAY = "D j M Y H:i"


@register.simple_tag
def countdown(due_at: datetime, now: datetime) -> SafeString:
    """A chip with the time left, which the browser goes on counting."""
    return _chip(due_at, deadlines.deadline(due_at=due_at, now=now))


@register.simple_tag
def time_to_decide(handoff: Handoff, now: datetime, calendars: Calendars) -> SafeString:
    """A chip with the working time that the decision has left."""
    hours = calendars.of(team_id=handoff.team_id, user_id=handoff.rep_id)
    left = deadlines.deadline(
        due_at=handoff.due_at,
        now=now,
        hours=hours,
        is_paused=handoff.paused_at is not None,
    )
    return _chip(handoff.due_at, left)


def _chip(due_at: datetime, deadline: Deadline) -> SafeString:
    """Without a template, which would take a tenth of the time of a queue's row."""
    local = timezone.localtime(due_at)
    due = _("Due {time}").format(time=f"{date_format(local, _DAY)} {local:%Z}")
    spans = " ".join(f"{start}-{end}" for start, end in deadline.spans)
    return format_html(
        '<time class="chip"{}{} data-state="{}" datetime="{}"{}>{}'
        "<span data-words>{}</span></time>",
        mark_safe(" data-countdown") if deadline.is_counted or spans else "",
        format_html(' data-open="{}"', spans) if spans else "",
        deadline.state,
        local.isoformat(),
        "" if deadline.is_paused else format_html(' title="{}"', due),
        icon("clock"),
        deadline.words,
    )


@register.simple_tag
def how_it_ended(handoff: Handoff, now: datetime) -> str:
    """Who decided and how long ago."""
    return lifecycle.how_it_ended(handoff=handoff, now=now)


@register.simple_tag
def open_questions(brief: dict[str, Any]) -> list[dict[str, str]]:
    """What was not known at the offer; of a lead that nobody asked yet all of BANT."""
    if not brief:
        return []
    if asked := brief.get("qualification"):
        told: list[dict[str, str]] = asked["open"]
        return told
    return [{"question": str(one.label)} for one in QUESTIONS[Framework.BANT]]


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
def who_could_not(handoff: Handoff) -> list[str]:
    """A line for each rep who could not be given it."""
    return unrouted.who_could_not(handoff)


@register.filter
def why_rule_skipped(name: str) -> str:
    """In words why a routing rule decided nothing."""
    return str(RuleSkipped(name).label) if name in RuleSkipped.values else name
