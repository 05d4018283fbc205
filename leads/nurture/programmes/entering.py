"""Coming into a programme, and leaving it before its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q

from leads import bells, copying
from leads.choices import ActivityKind, Stage
from leads.crashpoints import crashpoint
from leads.models import Activity, Lead, StageChange, User
from leads.nurture import segments
from leads.nurture.choices import Entered, Left
from leads.nurture.models import Enrolment, Programme, Step
from leads.querysets import LeadQuerySet

BATCH = 1_000
# So many leads enter in one transaction.
CHUNK = 5_000
# A call takes at most so many leads into a programme; the sweep comes back.
MOST_ENTERED = 50_000
LOOKS_EVERY = timedelta(minutes=10)
ENTERED = ("programme_id", "lead_id", "run", "how", "actor_id", "entered_at")
NEXT = ("step_id", "next_at")


def look(*, now: datetime) -> int:
    """Take in whoever is in the segments of running programmes, and let others go.

    Each programme is looked at every ten minutes, and at once where somebody asked for
    its segment; how many entered.
    """
    in_use = Programme.objects.filter(archived_at=None)
    old = Q(looked_at=None) | Q(looked_at__lte=now - LOOKS_EVERY)
    running = Q(started_at__isnull=False, paused_at=None)
    due = in_use.filter(running & old | Q(asked_at__isnull=False))
    entered = 0
    for programme in due.select_related("segment", "goal", "asked_by"):
        if programme.is_running:
            end_whoever_left(programme=programme, now=now)
        count = _enter_by_segment(programme, now)
        if programme.is_running:
            count += _enter_by_rejection(programme, now)
        entered += count
        if count < MOST_ENTERED:
            done = {"looked_at": now, "asked_at": None, "asked_by": None}
            # Who asked meanwhile is looked after by the next call.
            same = Programme.objects.filter(
                pk=programme.pk, asked_at=programme.asked_at
            )
            same.update(**done)
    return entered


def ask_for_segment(*, programme: Programme, actor: User, now: datetime) -> int:
    """Let the segment enter at once, in the background; how many wait for it.

    The page tells how far it is: `asked_count`, less those that still wait.
    """
    count = waiting(programme).count()
    if count:
        asked = {"asked_at": now, "asked_by": actor, "asked_count": count}
        Programme.objects.filter(pk=programme.pk).update(**asked)
        bells.ring("enrolments_owed")
    return count


@dataclass(frozen=True)
class Entering:
    """How far a segment is that was asked to enter at once."""

    entered: int
    total: int


def progress(programme: Programme) -> Entering | None:
    """How far its segment has come in; None where nobody asked, or all have entered."""
    if programme.asked_at is None:
        return None
    since = programme.enrolments.filter(entered_at__gte=programme.asked_at)
    return Entering(min(since.count(), programme.asked_count), programme.asked_count)


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

    They enter in chunks, each a transaction of its own, under a lock on the programme;
    how many entered.
    """
    first = programme.steps.order_by("position", "pk").first()
    if first is None:
        return 0
    missing = _not_in(programme, leads, now).order_by("pk").values_list("pk", flat=True)
    entered, last = 0, 0
    while entered < MOST_ENTERED:
        with transaction.atomic():
            Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
            lead_ids = list(missing.filter(pk__gt=last)[:CHUNK])
            _insert(programme, first, lead_ids, how, actor, now)
        crashpoint("enrol_after_chunk")
        entered += len(lead_ids)
        if len(lead_ids) < CHUNK:
            break
        last = lead_ids[-1]
    return entered


@dataclass(frozen=True)
class Entry:
    """What became of some leads that were to enter: who entered, and who was inside.

    barred: those that were in it before, and may not enter again (yet).
    """

    entered: set[int]
    inside: set[int]
    barred: set[int]


@transaction.atomic
def enrol_these(
    *,
    programme: Programme,
    lead_ids: Sequence[int],
    how: Entered,
    actor: User | None,
    now: datetime,
) -> Entry:
    """As `enrol`, for a batch of leads by their numbers, in one transaction.

    Who is in it is asked by the leads alone: where thousands have just entered,
    PostgreSQL does not know it yet, and would read them all for each batch.
    """
    first = programme.steps.order_by("position", "pk").first()
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    runs = Enrolment.objects.filter(lead__any_of=list(lead_ids)).order_by()
    since = None
    if programme.reentry_days is not None:
        since = now - timedelta(days=programme.reentry_days)
    inside, barred = set[int](), set[int]()
    for lead_id, which, ended_at in runs.values_list("lead", "programme", "ended_at"):
        if which != programme.pk:
            continue
        if ended_at is None:
            inside.add(lead_id)
        elif since is None or ended_at > since:
            barred.add(lead_id)
    leads = _mailable(Lead.objects.filter(pk__any_of=list(lead_ids)))
    found = leads.order_by("pk").values_list("pk", flat=True)
    entering = [pk for pk in found if pk not in inside and pk not in barred]
    if first is None:
        entering = []
    else:
        _insert(programme, first, entering, how, actor, now)
    return Entry(set(entering), inside, barred - inside)


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
    return _mailable(leads).filter(~Exists(barring))


def _mailable(leads: LeadQuerySet) -> LeadQuerySet:
    return leads.living().filter(do_not_mail_since=None).exclude(email_key="")


def _insert(
    programme: Programme,
    first: Step,
    lead_ids: list[int],
    how: Entered,
    actor: User | None,
    now: datetime,
) -> None:
    """Write their enrolments by COPY; the caller has locked the programme."""
    runs: dict[int, int] = {}
    if programme.reentry_days is not None:
        before = programme.enrolments.filter(lead__any_of=lead_ids).order_by()
        runs = dict(before.values_list("lead").annotate(Max("run")))
    actor_id = actor.pk if actor else None
    rows = (
        (
            *(programme.pk, lead_id, runs.get(lead_id, 0) + 1, how, actor_id, now),
            *(first.pk, now),
        )
        for lead_id in lead_ids
    )
    copying.insert(Enrolment, (*ENTERED, *NEXT), rows)


def _enter_by_segment(programme: Programme, now: datetime) -> int:
    if programme.segment is None:
        return 0
    return enrol(
        programme=programme,
        leads=segments.members(programme.segment),
        how=Entered.SEGMENT,
        actor=programme.asked_by,
        now=now,
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
