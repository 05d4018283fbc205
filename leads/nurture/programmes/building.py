"""Building programmes: their settings and steps, starting and pausing them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from leads.models import User
from leads.nurture.models import Enrolment, Programme, Step
from leads.nurture.programmes import running
from leads.text import name_key

SETTINGS = (
    "name",
    "description",
    "segment",
    "rejection_reason",
    "goal",
    "is_sales_assist",
    "exits_on_stage",
    "exits_on_reply",
    "reentry_days",
    "from_hour",
    "to_hour",
    "on_weekdays",
)
STEP_VALUES = (
    "kind",
    "template",
    "days",
    "weekday",
    "hour",
    "words",
    "conditions",
    "otherwise",
)
MOST_STEPS = 50


class ProgrammeError(Exception):
    """The programme cannot be changed like this; `field` is where."""

    def __init__(self, message: str, field: str = "") -> None:
        self.field = field
        super().__init__(message)


@transaction.atomic
def save(
    *,
    programme: Programme | None,
    said: Mapping[str, Any],
    actor: User | None,
    now: datetime,
) -> Programme:
    """Write the settings of a programme, or make one that is not started.

    Raises:
        ProgrammeError: another has this name.
    """
    saved = programme or Programme(created_by=actor, created_at=now)
    for name in SETTINGS:
        setattr(saved, name, said[name])
    saved.name_key = name_key(saved.name)
    saved.looked_at = None
    try:
        with transaction.atomic():
            saved.save(
                update_fields=[*SETTINGS, "name_key", "looked_at"]
                if programme
                else None
            )
    except IntegrityError as error:
        raise ProgrammeError(_("Another programme has this name."), "name") from error
    return saved


@transaction.atomic
def save_step(
    *, programme: Programme, step: Step | None, said: Mapping[str, Any]
) -> Step:
    """Write a step, or add one at the end.

    Raises:
        ProgrammeError: the programme runs, or a branch would lead back.
    """
    _lock_at_rest(programme)
    last = programme.steps.order_by("-position").first()
    if step is None:
        position = last.position + 1 if last else 1
        if position > MOST_STEPS:
            text = _("A programme has at most {count} steps.")
            raise ProgrammeError(text.format(count=MOST_STEPS))
        step = Step(programme=programme, position=position)
    otherwise = said.get("otherwise")
    if otherwise is not None and otherwise.position <= step.position:
        text = _("A branch leads on, never back: leads would go round for ever.")
        raise ProgrammeError(text, "otherwise")
    for name in STEP_VALUES:
        if name in said:
            setattr(step, name, said[name])
    step.save()
    return step


@transaction.atomic
def move_step(*, step: Step, by: int) -> None:
    """Let the step change places with its neighbour, `by` being -1 or 1.

    Raises:
        ProgrammeError: the programme runs.
    """
    programme = step.programme
    _lock_at_rest(programme)
    steps = list(programme.steps.order_by("position", "pk"))
    place = next(index for index, one in enumerate(steps) if one.pk == step.pk)
    other = place + by
    if not 0 <= other < len(steps):
        return
    steps[place], steps[other] = steps[other], steps[place]
    _number(steps)


@transaction.atomic
def remove_step(*, step: Step) -> None:
    """Take the step out; who waits at it waits at the next one.

    Raises:
        ProgrammeError: the programme runs.
    """
    programme = step.programme
    _lock_at_rest(programme)
    following = running.after(step)
    Enrolment.objects.active().filter(step=step).update(step=following)
    step.delete()
    _number(list(programme.steps.order_by("position", "pk")))


@transaction.atomic
def start(*, programme: Programme, now: datetime) -> None:
    """Let it run, for the first time or again after a pause.

    Raises:
        ProgrammeError: it has no step.
    """
    if not programme.steps.exists():
        raise ProgrammeError(_("Add a step first."))
    there = Programme.objects.filter(pk=programme.pk, archived_at=None)
    there.filter(started_at=None).update(started_at=now)
    there.update(paused_at=None, looked_at=None)


def pause(*, programme: Programme, now: datetime) -> None:
    """Let nobody enter and no step be done until it is started again."""
    running_now = Programme.objects.filter(pk=programme.pk, paused_at=None)
    running_now.exclude(started_at=None).update(paused_at=now)


def archive(*, programme: Programme, is_off: bool, now: datetime) -> None:
    """Put it away, paused, or with `is_off` take it back out."""
    there = Programme.objects.filter(pk=programme.pk)
    if is_off:
        there.update(archived_at=None)
    else:
        there.update(archived_at=now, paused_at=now)


def _lock_at_rest(programme: Programme) -> None:
    programme.refresh_from_db(from_queryset=Programme.objects.select_for_update())
    if programme.is_running:
        raise ProgrammeError(_("Pause the programme first; then its steps can change."))


def _number(steps: list[Step]) -> None:
    """Give the steps their places, and let no branch lead back."""
    for position, step in enumerate(steps, start=1):
        Step.objects.filter(pk=step.pk).update(position=position)
    backward = Step.objects.filter(
        pk__in=[step.pk for step in steps], otherwise__position__lte=F("position")
    )
    backward.update(otherwise=None)
