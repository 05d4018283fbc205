"""How tasks, deals and meetings are shown."""

from typing import Any

from django import template

from handoff.choices import TaskKind
from handoff.models import Task
from handoff.selling.forms import PostponeForm
from leads.choices import ActivityKind

register = template.Library()

ICONS = {
    TaskKind.CALL: "phone",
    TaskKind.EMAIL: "mail",
    TaskKind.MEETING: "calendar",
    TaskKind.OTHER: "circle-check",
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


@register.simple_tag
def postponements() -> tuple[tuple[int, Any], ...]:
    """By how many days a task can be put off with one click, with their words."""
    return PostponeForm.DAYS
