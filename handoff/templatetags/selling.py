"""How tasks, deals and meetings are shown."""

from decimal import Decimal
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext_lazy as _

from handoff.choices import AnswerState, DealStage, TaskKind
from handoff.models import Deal, DealChange, Meeting, Task
from handoff.selling.forms import PostponeForm
from leads.choices import ActivityKind

register = template.Library()

ICONS = {
    TaskKind.CALL: "phone",
    TaskKind.EMAIL: "mail",
    TaskKind.MEETING: "calendar",
    TaskKind.OTHER: "circle-check",
}
# How the parts of a deal are named in its history.
NAMES = {
    "name": _("Name"),
    "amount": _("Amount"),
    "currency": _("Currency"),
    "stage": _("Stage"),
    "expected_close_on": _("Expected close"),
    "owner": _("Rep"),
    "reason": _("Reason"),
    "note": _("Note"),
}
CONTACT_KINDS = {
    TaskKind.CALL: ActivityKind.CALL,
    TaskKind.EMAIL: ActivityKind.EMAIL_SENT,
    TaskKind.MEETING: ActivityKind.MEETING,
}


@register.filter
def task_icon(task: Task) -> str:
    """The name of the icon that stands for the kind of task."""
    return ICONS[TaskKind(task.kind)]


@register.filter
def contact_kind(task: Task) -> str:
    """The kind of contact that is logged from this task; empty asks for any."""
    if task.is_first_follow_up:
        return ""
    kind = CONTACT_KINDS.get(TaskKind(task.kind))
    return kind.value if kind else ""


@register.filter
def money(amount: Decimal | None, currency: str) -> str:
    """An amount with its currency, and cents where there are any."""
    if amount is None:
        return "–"
    figure = intcomma(floatformat(amount, -2))
    return f"{figure}\N{NO-BREAK SPACE}{currency}"


@register.filter
def changed(change: DealChange) -> list[dict[str, str]]:
    """What one entry of a deal's history changed: name, before and after, in words."""
    return [
        {
            "name": str(NAMES.get(name, name)),
            "before": _in_words(name, before),
            "after": _in_words(name, after),
        }
        for name, (before, after) in change.changes.items()
    ]


def _in_words(name: str, value: str) -> str:
    return str(DealStage(value).label) if name == "stage" and value else value


@register.simple_tag
def postponements() -> tuple[tuple[int, Any], ...]:
    """By how many days a task can be put off with one click, with their words."""
    return PostponeForm.DAYS


@register.simple_tag
def other_stages(deal: Deal) -> list[DealStage]:
    """The stages into which an open deal can be moved."""
    return [stage for stage in DealStage if stage != deal.stage]


@register.filter
def is_link(place: str) -> bool:
    """Whether the place of a meeting is an address to open."""
    return place.startswith(("https://", "http://")) and " " not in place


@register.filter
def is_stuck(meeting: Meeting) -> bool:
    """Whether a mail to a guest waits for a person to look at it."""
    mails = [mail for guest in meeting.guests.all() for mail in guest.invitations.all()]
    return any(mail.is_stuck for mail in mails)


@register.simple_tag
def answer_states() -> type[AnswerState]:
    """What can be known of a question."""
    return AnswerState
