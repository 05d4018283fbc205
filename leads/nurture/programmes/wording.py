"""A step in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads import conditions
from leads.conditions import ConditionError
from leads.nurture.choices import StepKind
from leads.nurture.condition_fields import SUBJECT
from leads.nurture.models import Step


def of_step(step: Step) -> str:
    """What the step does, such as “Wait 3 days”."""
    match step.kind:
        case StepKind.MAIL:
            return _("Send “{name}”").format(name=step.template)
        case StepKind.WAIT:
            days = step.days or 0
            return ngettext("Wait {count} day", "Wait {count} days", days).format(
                count=days
            )
        case StepKind.UNTIL:
            day = step.get_weekday_display() if step.weekday is not None else _("day")
            text = _("Wait until the next {day}, {hour}:00 where the lead is")
            return text.format(day=day, hour=step.hour or 0)
        case StepKind.BRANCH:
            return _("Go on if: {words}").format(words=_conditions(step))
    said = {
        StepKind.TAG: _("Add the tag “{words}”"),
        StepKind.TASK: _("Task for the owner: {words}"),
        StepKind.NOTIFY: _("Tell the owner: {words}"),
        StepKind.HAND_OVER: _("Hand the lead to sales"),
    }
    return said[StepKind(step.kind)].format(words=step.words)


def otherwise(step: Step) -> str:
    """Where a branch leads whose conditions do not hold; empty for other steps."""
    if step.kind != StepKind.BRANCH:
        return ""
    if step.otherwise is None:
        return _("Otherwise the lead leaves.")
    text = _("Otherwise go to step {number}.")
    return text.format(number=step.otherwise.position)


def _conditions(step: Step) -> str:
    try:
        conditions.validate(step.conditions, SUBJECT)
    except ConditionError as error:
        return str(error)
    return conditions.describe(step.conditions, SUBJECT)
