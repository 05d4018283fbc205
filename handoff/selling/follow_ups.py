"""Tasks: what is to be done for a lead, by whom and by when.

The first follow-up is made by the acceptance of a hand-off, in its transaction; the
database refuses a second one of the same hand-off.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from handoff.choices import TaskKind
from handoff.models import Handoff, Task
from handoff.querysets import TaskQuerySet
from handoff.selling import rights
from handoff.sla import levels
from leads.choices import ActivityKind, Stage
from leads.lifecycle import LEFT_BY_SALES
from leads.models import Lead, Standing, User

# Which task a logged contact settles; the first follow-up is settled by any.
KIND_SETTLED_BY: dict[ActivityKind, TaskKind] = {
    ActivityKind.CALL: TaskKind.CALL,
    ActivityKind.EMAIL_SENT: TaskKind.EMAIL,
    ActivityKind.MEETING: TaskKind.MEETING,
}

MORNING = time(9)
BATCH = 1_000
# Sales has nothing to do for a lead in these but what it plans there.
OUT_OF_SALES = (*LEFT_BY_SALES, Stage.LOST)
SATURDAY = 5


class TaskError(Exception):
    """A task could not be changed; the message says why."""


def make_first(*, handoff: Handoff, now: datetime) -> Task:
    """The first follow-up of an accepted hand-off; again it is the same one."""
    first, _made = Task.objects.get_or_create(
        handoff=handoff,
        defaults={
            "lead_id": handoff.lead_id,
            "rep_id": handoff.rep_id,
            "title": _("First follow-up"),
            "kind": TaskKind.CALL,
            "due_at": levels.follow_up_due(handoff=handoff),
            "made_at": now,
        },
    )
    return first


def drop_first(*, handoff: Handoff, actor: User, now: datetime) -> None:
    """Cancel the first follow-up of an acceptance that is taken back.

    It lets go of the hand-off, so that the next acceptance makes one again.
    """
    first = Task.objects.open().filter(handoff=handoff)
    first.update(handoff=None, ended_at=now, ended_by=actor, is_cancelled=True)


@transaction.atomic
def add(
    *,
    lead: Lead,
    title: str,
    kind: TaskKind,
    due_at: datetime,
    actor: User,
    now: datetime,
) -> Task:
    """A new task of the lead's rep, or of the actor while the lead has none.

    Raises:
        TaskError: and nothing has changed.
    """
    standing = rights.lock(lead_id=lead.pk, actor=actor, refusal=TaskError)
    return Task.objects.create(
        lead=lead,
        rep=standing.owner or actor,
        title=title.strip(),
        kind=kind,
        due_at=due_at,
        made_by=actor,
        made_at=now,
    )


@transaction.atomic
def edit(
    *, task: Task, title: str, kind: TaskKind, due_at: datetime, actor: User
) -> Task:
    """Put an open task right.

    Raises:
        TaskError: and nothing has changed.
    """
    _open_task(task, actor)
    task.title, task.kind, task.due_at = title.strip(), kind, due_at
    task.save(update_fields=["title", "kind", "due_at"])
    return task


@transaction.atomic
def postpone(*, task: Task, due_at: datetime, actor: User) -> Task:
    """Let an open task be due later.

    Raises:
        TaskError: and nothing has changed.
    """
    _open_task(task, actor)
    task.due_at = due_at
    task.save(update_fields=["due_at"])
    return task


@transaction.atomic
def complete(*, task: Task, actor: User, now: datetime) -> Task:
    """Mark the task done. Again changes nothing.

    Raises:
        TaskError: it was cancelled, or is not this person's; nothing has changed.
    """
    _reload(task, actor)
    if task.is_cancelled:
        raise TaskError(_("This task was cancelled; take it up again first."))
    return task if task.ended_at else _end(task, actor, now)


@transaction.atomic
def cancel(*, task: Task, actor: User, now: datetime) -> Task:
    """Say that the task is not needed. Again changes nothing.

    Raises:
        TaskError: it is done, or not this person's; nothing has changed.
    """
    _reload(task, actor)
    if task.ended_at and not task.is_cancelled:
        raise TaskError(_("This task is done; take it up again first."))
    return task if task.ended_at else _end(task, actor, now, is_cancelled=True)


@transaction.atomic
def take_up(*, task: Task, actor: User) -> Task:
    """Take a done or cancelled task up again. Again changes nothing.

    Raises:
        TaskError: and nothing has changed.
    """
    _reload(task, actor)
    task.ended_at, task.ended_by, task.is_cancelled = None, None, False
    task.save(update_fields=["ended_at", "ended_by", "is_cancelled"])
    return task


def settle(
    *, lead: Lead, kind: ActivityKind, actor: User, now: datetime
) -> Task | None:
    """Mark done what a logged contact settles: the most urgent task that fits.

    The first follow-up fits any call, mail or meeting, whoever it reached.
    """
    task = matching(lead=lead, kind=kind).select_for_update().first()
    return _end(task, actor, now) if task else None


def matching(*, lead: Lead, kind: ActivityKind) -> TaskQuerySet:
    """The open tasks that a contact of this kind settles, the most urgent first."""
    if kind not in KIND_SETTLED_BY:
        return Task.objects.none()
    of_lead = Task.objects.open().filter(lead=lead)
    fitting = of_lead.filter(kind=KIND_SETTLED_BY[kind])
    first = of_lead.filter(handoff__isnull=False)
    return (fitting | first).order_by("due_at", "pk")


def cancel_open(*, lead: Lead, to: Stage, actor: User, now: datetime) -> int:
    """Cancel what is open on a lead that sales gives back, and count it."""
    open_tasks = Task.objects.open().filter(lead=lead)
    return open_tasks.update(
        ended_at=now, ended_by=actor, is_cancelled=True, left_to=to
    )


def follow_owners(*, lead_ids: Sequence[int] | None = None) -> int:
    """Make open tasks those of whoever has their lead, and count them; None is all.

    A lead in a pool is nobody's yet: its tasks wait with whoever they are.
    """
    owner = Standing.objects.filter(pk=OuterRef("lead")).values("owner")[:1]
    stray = Task.objects.open().filter(lead__standing__owner__isnull=False)
    stray = stray.exclude(rep__isnull=False, rep=F("lead__standing__owner"))
    if lead_ids is not None:
        stray = stray.filter(lead__in=lead_ids)
    ids = list(stray.order_by("pk").values_list("pk", flat=True)[:BATCH])
    return Task.objects.open().filter(pk__in=ids).update(rep=Subquery(owner))


def close_left(*, now: datetime) -> int:
    """Cancel open tasks of leads that have left sales since, and count them.

    What somebody plans for such a lead afterwards, or takes up again, stays open.
    """
    stage = Standing.objects.filter(pk=OuterRef("lead")).values("stage")[:1]
    left = Task.objects.open().filter(
        lead__standing__stage__in=OUT_OF_SALES,
        lead__standing__stage_since__gte=F("made_at"),
        left_to="",
    )
    ids = list(left.order_by("pk").values_list("pk", flat=True)[:BATCH])
    return (
        Task.objects.open()
        .filter(pk__in=ids)
        .update(ended_at=now, is_cancelled=True, left_to=Subquery(stage))
    )


def follow_leads(*, now: datetime) -> int:
    """Let tasks follow what became of their leads; a repeat finds none."""
    return close_left(now=now) + follow_owners()


def reopen_left(*, handoff: Handoff, since: datetime) -> int:
    """Open again what fell with a decision that is taken back, and count it."""
    fallen = Task.objects.filter(
        lead=handoff.lead_id, is_cancelled=True, ended_at__gte=since
    ).exclude(left_to="")
    return fallen.update(ended_at=None, ended_by=None, is_cancelled=False, left_to="")


def morning_in(*, days: int, now: datetime) -> datetime:
    """Nine o'clock so many days ahead in the person's zone; no Saturday or Sunday."""
    day = timezone.localdate(now) + timedelta(days=days)
    if day.weekday() >= SATURDAY:
        day += timedelta(days=7 - day.weekday())
    return timezone.make_aware(datetime.combine(day, MORNING))


def _reload(task: Task, actor: User) -> None:
    rights.lock(lead_id=task.lead_id, actor=actor, refusal=TaskError)
    task.refresh_from_db()


def _open_task(task: Task, actor: User) -> None:
    _reload(task, actor)
    if not task.is_open:
        raise TaskError(_("This task has ended; take it up again first."))


def _end(task: Task, actor: User, now: datetime, *, is_cancelled: bool = False) -> Task:
    task.ended_at, task.ended_by, task.is_cancelled = now, actor, is_cancelled
    task.save(update_fields=["ended_at", "ended_by", "is_cancelled"])
    return task
