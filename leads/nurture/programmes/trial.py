"""Trying a programme on one lead, with the clock moved on; nothing is written."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from leads.models import Lead
from leads.nurture import segments
from leads.nurture.choices import Left, StepKind
from leads.nurture.mail import sending
from leads.nurture.models import Enrolment, Mail, Programme, Step
from leads.nurture.programmes import limits, running, wording


@dataclass(frozen=True)
class TriedStep:
    """What a step would do, when, and what there is to say about it."""

    step: Step
    at: datetime
    words: str
    note: str = ""


def try_on(*, programme: Programme, lead: Lead, now: datetime) -> list[TriedStep]:
    """The steps that the lead would go through from now on, as it is today.

    Mails of the trial count against the cap; conditions are asked of today's lead. It
    ends where the lead leaves, or waits for as long as sales is at work.
    """
    steps = list(
        programme.steps.select_related("template", "otherwise").order_by("position")
    )
    settings = limits.current()
    row = Enrolment(programme=programme, lead=lead)
    at, place, mailed = now, 0, _lately(lead, now, settings.in_days)
    tried: list[TriedStep] = []
    leaves = _leaves(programme, lead)
    while place < len(steps) and not leaves:
        step, note, following = steps[place], "", place + 1
        if step.kind == StepKind.MAIL:
            note = _mail_note(step, lead)
            if not note and _is_muted(step, programme, lead):
                note, following = _("Waits while sales is at work."), len(steps)
            elif not note:
                at = _when(row, at, mailed, settings.most_mails, settings.in_days)
                mailed.append(at)
        elif step.kind == StepKind.BRANCH and _parts(step, lead):
            note, following = wording.otherwise(step), _place_of_other(steps, step)
        elif step.kind == StepKind.HAND_OVER:
            following = len(steps)
        tried.append(TriedStep(step, at, wording.of_step(step), note))
        at, place = _after(step, lead, at), following
    if leaves and steps:
        first = steps[0]
        note = _("Leaves before this step: {why}").format(why=leaves)
        tried.append(TriedStep(first, now, wording.of_step(first), note))
    return tried


def _leaves(programme: Programme, lead: Lead) -> str:
    """Why the lead as it is today is let go before any step; empty where it is not."""
    if lead.do_not_mail:
        return str(Left.UNSUBSCRIBED.label)
    goal = programme.goal
    if goal is not None and segments.members(goal).filter(pk=lead.pk).exists():
        return str(Left.GOAL.label)
    return ""


def _parts(step: Step, lead: Lead) -> bool:
    """Whether the conditions of the branch do not hold for this lead."""
    return not running.whoever_holds(step, [lead.pk])


def _place_of_other(steps: list[Step], step: Step) -> int:
    """Where a branch leads whose conditions do not hold; past the last to the end."""
    places = {one.pk: place for place, one in enumerate(steps)}
    return places.get(step.otherwise_id or 0, len(steps))


def _is_muted(step: Step, programme: Programme, lead: Lead) -> bool:
    if step.template is None or not limits.mutes(
        settings=limits.current(), programme=programme, template=step.template
    ):
        return False
    return lead.pk in limits.with_sales([lead.pk])


def _mail_note(step: Step, lead: Lead) -> str:
    if reason := sending.refusal(lead):
        return reason
    got = Mail.objects.filter(lead=lead, template=step.template_id, once="")
    if got.exists():
        return _("The lead got this mail before: it is skipped.")
    return ""


def _when(
    row: Enrolment, at: datetime, mailed: list[datetime], most: int, in_days: int
) -> datetime:
    """When the mail would leave: within the hours, and under the cap."""
    at = running.opening_for(row, at)
    recent = sorted(one for one in mailed if one > at - timedelta(days=in_days))
    if len(recent) >= most:
        free_at = recent[-most] + timedelta(days=in_days)
        at = running.opening_for(row, max(at, free_at))
    return at


def _after(step: Step, lead: Lead, at: datetime) -> datetime:
    if step.kind == StepKind.WAIT:
        return at + timedelta(days=step.days or 0)
    if step.kind == StepKind.UNTIL:
        return running.wakes_at(step, lead, at)
    return at


def _lately(lead: Lead, now: datetime, in_days: int) -> list[datetime]:
    since = now - timedelta(days=in_days)
    sent = Mail.objects.filter(lead=lead, tester=None, handed_over_at__gte=since)
    return [at for at in sent.values_list("handed_over_at", flat=True) if at]
