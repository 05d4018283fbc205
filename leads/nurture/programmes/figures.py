"""What came of a programme, by step; a fixed number of queries."""

from dataclasses import dataclass, field

from django.db.models import Count

from leads.nurture.choices import Left, StepKind
from leads.nurture.models import Enrolment, Mail, Programme, Step, StepDone
from leads.owed import OwedState

# Whoever left so had done the step.
ENDED_BY_STEP = (Left.BRANCH, Left.HANDED_OVER)


@dataclass
class StepFigures:
    """Of one step: leads that came, wait, went on, left there; its mails.

    `goal` of those who left had reached the goal.
    """

    step: Step
    waiting: int = 0
    done: int = 0
    left: int = 0
    goal: int = 0
    sent: int = 0
    opened: int = 0
    clicked: int = 0

    @property
    def entered(self) -> int:
        return self.waiting + self.done + max(0, self.left - self.ended_here)

    # Of those who left, how many had done this step when they did.
    ended_here: int = 0

    @property
    def is_mail(self) -> bool:
        return self.step.kind == StepKind.MAIL


@dataclass
class ProgrammeFigures:
    """The whole: how many entered, are in it, and how the others left."""

    steps: list[StepFigures]
    entered: int = 0
    active: int = 0
    by_reason: list[tuple[str, int]] = field(default_factory=list)
    goal: int = 0


def of_programme(programme: Programme) -> ProgrammeFigures:
    """The figures of a programme and its steps, in their order."""
    steps = programme.steps.select_related("template", "otherwise")
    found = {step.pk: StepFigures(step) for step in steps}
    _count_enrolments(programme, found)
    _count_mails(programme, found)
    reasons = programme.enrolments.order_by().values_list("ended_why")
    counts = dict(reasons.annotate(count=Count("pk")))
    return ProgrammeFigures(
        steps=list(found.values()),
        entered=sum(counts.values()),
        active=counts.get("", 0),
        by_reason=[
            (str(why.label), counts[why]) for why in Left if counts.get(why.value)
        ],
        goal=counts.get(Left.GOAL.value, 0),
    )


def _count_enrolments(programme: Programme, found: dict[int, StepFigures]) -> None:
    at_step = Enrolment.objects.filter(programme=programme).order_by()
    waiting = at_step.active().values_list("step").annotate(count=Count("pk"))
    for step_id, count in waiting:
        if step_id in found:
            found[step_id].waiting = count
    ended = at_step.exclude(ended_at=None).exclude(ended_why=Left.FINISHED)
    counts = ended.values_list("step", "ended_why").annotate(count=Count("pk"))
    for step_id, why, count in counts:
        if step_id not in found:
            continue
        one = found[step_id]
        one.left += count
        one.goal += count if why == Left.GOAL else 0
        one.ended_here += count if why in ENDED_BY_STEP else 0
    done = StepDone.objects.filter(step__programme=programme).order_by()
    for step_id, count in done.values_list("step").annotate(
        count=Count("enrolment", distinct=True)
    ):
        found[step_id].done = count


def _count_mails(programme: Programme, found: dict[int, StepFigures]) -> None:
    mails = Mail.objects.filter(step__programme=programme, state=OwedState.DONE)
    counted = (
        mails.order_by()
        .values_list("step")
        .annotate(
            sent=Count("pk"), opened=Count("opened_at"), clicked=Count("clicked_at")
        )
    )
    for step_id, sent, opened, clicked in counted:
        one = found[step_id]
        one.sent, one.opened, one.clicked = sent, opened, clicked
