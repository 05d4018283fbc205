"""Coming into a programme, and leaving it before its end."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q

from leads.choices import ActivityKind, Stage
from leads.models import Activity, Lead, StageChange, User
from leads.nurture import segments
from leads.nurture.choices import Entered, Left
from leads.nurture.models import Enrolment, Programme, Step
from leads.querysets import LeadQuerySet

BATCH = 1_000
# A call takes at most so many leads into a programme; the sweep comes back.
MOST_ENTERED = 20_000
LOOKS_EVERY = timedelta(minutes=10)


def look(*, now: datetime) -> int:
    """Take in whoever is in the segments of running programmes, and let others go.

    Each programme is looked at every ten minutes; how many entered.
    """
    running = Programme.objects.filter(
        started_at__isnull=False, paused_at=None, archived_at=None
    )
    old = Q(looked_at=None) | Q(looked_at__lte=now - LOOKS_EVERY)
    entered = 0
    for programme in running.filter(old).select_related("segment", "goal"):
        end_whoever_left(programme=programme, now=now)
        count = _enter_by_segment(programme, now) + _enter_by_rejection(programme, now)
        entered += count
        if count < MOST_ENTERED:
            Programme.objects.filter(pk=programme.pk).update(looked_at=now)
    return entered


def waiting(programme: Programme) -> LeadQuerySet:
    """Who is in the programme's segment and has not entered yet."""
    if programme.segment is None:
        return Lead.objects.none()
    return _not_in(programme, segments.members(programme.segment), None)


def enrol(
    *,
    programme: Programme,
    leads: LeadQuerySet,
    how: Entered,
    actor: User | None,
    now: datetime,
) -> int:
    """Let leads enter at the first step, but those that are in or may not again.

    They enter in chunks, each a transaction of its own; how many entered.
    """
    first = programme.steps.order_by("position", "pk").first()
    if first is None:
        return 0
    lead_ids = list(
        _not_in(programme, leads, now)
        .order_by("pk")
        .values_list("pk", flat=True)[:MOST_ENTERED]
    )
    return sum(
        _insert(programme, first, lead_ids[start : start + BATCH], how, actor, now)
        for start in range(0, len(lead_ids), BATCH)
    )


def end_whoever_left(
    *, programme: Programme, now: datetime, enrolment_ids: Sequence[int] | None = None
) -> int:
    """End what has a reason to end, of all enrolments or of these; how many."""
    active = programme.enrolments.active()
    if enrolment_ids is not None:
        active = active.filter(pk__in=enrolment_ids)
    ended = 0
    for why, question in _exits(programme):
        leaving = list(active.filter(question).values_list("pk", flat=True))
        for start in range(0, len(leaving), BATCH):
            batch = active.filter(pk__in=leaving[start : start + BATCH])
            ended += batch.update(ended_at=now, ended_why=why, next_at=None)
    return ended


def take_out(*, enrolment: Enrolment, now: datetime) -> bool:
    """A person ends it; False where it had ended."""
    active = Enrolment.objects.active().filter(pk=enrolment.pk)
    return bool(active.update(ended_at=now, ended_why=Left.HAND, next_at=None))


def _exits(programme: Programme) -> list[tuple[Left, Q]]:
    gone = Q(lead__do_not_mail_since__isnull=False) | Q(lead__erased_at__isnull=False)
    found = [(Left.UNSUBSCRIBED, gone)]
    if programme.goal is not None:
        found.append((Left.GOAL, segments.membership(programme.goal, "lead__")))
    if programme.exits_on_reply:
        answers = Activity.objects.filter(
            lead=OuterRef("lead"),
            kind=ActivityKind.EMAIL_REPLIED,
            is_machine=False,
            occurred_at__gte=OuterRef("entered_at"),
        )
        found.append((Left.REPLY, Q(Exists(answers))))
    if programme.exits_on_stage:
        moved = Q(lead__standing__stage_since__gt=F("entered_at"))
        found.append((Left.STAGE, moved))
    return found


def _not_in(
    programme: Programme, leads: LeadQuerySet, now: datetime | None
) -> LeadQuerySet:
    """Those of the leads that may be mailed, and may enter (again)."""
    barring = Enrolment.objects.filter(programme=programme, lead=OuterRef("pk"))
    if programme.reentry_days is not None and now is not None:
        since = now - timedelta(days=programme.reentry_days)
        barring = barring.filter(Q(ended_at=None) | Q(ended_at__gt=since))
    mailable = leads.living().filter(do_not_mail_since=None).exclude(email_key="")
    return mailable.filter(~Exists(barring))


@transaction.atomic
def _insert(
    programme: Programme,
    first: Step,
    lead_ids: list[int],
    how: Entered,
    actor: User | None,
    now: datetime,
) -> int:
    runs = dict(
        programme.enrolments.filter(lead__in=lead_ids)
        .order_by()
        .values_list("lead")
        .annotate(Max("run"))
    )
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                programme=programme,
                lead_id=lead_id,
                run=runs.get(lead_id, 0) + 1,
                how=how,
                actor=actor,
                entered_at=now,
                step=first,
                next_at=now,
            )
            for lead_id in lead_ids
        ],
        ignore_conflicts=True,
    )
    return len(lead_ids)


def _enter_by_segment(programme: Programme, now: datetime) -> int:
    if programme.segment is None:
        return 0
    leads = segments.members(programme.segment)
    return enrol(
        programme=programme, leads=leads, how=Entered.SEGMENT, actor=None, now=now
    )


def _enter_by_rejection(programme: Programme, now: datetime) -> int:
    """Whoever sales sent back for the reason since the programme was started."""
    if not programme.rejection_reason:
        return 0
    sent_back = StageChange.objects.filter(
        lead=OuterRef("pk"),
        to_stage=Stage.RECYCLED,
        is_undone=False,
        reason=programme.rejection_reason,
        at__gte=programme.started_at,
    )
    leads = Lead.objects.filter(Exists(sent_back), standing__stage=Stage.RECYCLED)
    return enrol(
        programme=programme, leads=leads, how=Entered.REJECTION, actor=None, now=now
    )
