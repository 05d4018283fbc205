"""What follows when a promise nears its end, and when it is past it.

Warn, tell that it is past due, tell the managers, take the lead away: each step is done
once, however often and by however many workers the sweep runs, and at whatever time
their clocks show. A sweep that comes late does only what still says something: who is
past due is not warned any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.db.models.functions import Coalesce

from handoff import lifecycle
from handoff.choices import ClockKind, HandoffStatus
from handoff.models import Clock, Handoff
from handoff.querysets import ClockQuerySet
from handoff.sla import announcements, clocks, stopping
from leads import bulk
from leads.crashpoints import crashpoint

# So many rows are noted in one transaction.
CHUNK = 1_000
# A call does at most this many steps, and takes at most half as many leads away: when
# ten thousand fall due at once, the sweeps of a minute share them.
LIMIT = 1_000
_OF_HANDOFF = {
    ClockKind.DECISION: HandoffStatus.PENDING,
    ClockKind.FOLLOW_UP: HandoffStatus.ACCEPTED,
}


@dataclass(frozen=True)
class Done:
    """What one sweep did, in numbers of clocks or hand-offs."""

    started: int = 0
    stopped: int = 0
    reset: int = 0
    warned: int = 0
    missed: int = 0
    escalated: int = 0
    expired: int = 0


def enforce(*, now: datetime) -> Done:
    """Do what the promises ask for at this instant; again does nothing more."""
    stopped = stopping.stop_ended(now=now)
    started, reset = clocks.start_missing(), clocks.follow_calendars()
    warned = missed = escalated = 0
    for _turn in range(0, LIMIT, CHUNK):
        noted = _note_chunk(now)
        if noted is None:
            break
        crashpoint("sla_after_chunk")
        warned += noted[0]
        missed += noted[1]
        escalated += noted[2]
    expired = expire(now=now)
    return Done(started, stopped, reset, warned, missed, escalated, expired)


@transaction.atomic
def _note_chunk(now: datetime) -> tuple[int, int, int] | None:
    """Note the steps that have come up for some clocks: warned, missed, escalated.

    None when nothing was left to note. The rows are held until the commit, so that no
    other worker notes them too.
    """
    owing = _with_steps(Clock.objects.owing(now=now), now)
    rows = list(
        owing.select_for_update(skip_locked=True, of=("self",))
        .select_related("handoff")
        .defer("handoff__brief")
        .order_by("pk")[:CHUNK]
    )
    if not rows:
        return None
    missed = [one for one in rows if one.missed_at is None and one.due_at <= now]
    escalated = [
        one for one in rows if one.escalated_at is None and one.escalate_at <= now
    ]
    warned = [one for one in rows if one.warned_at is None and one.due_at > now]
    Clock.objects.filter(pk__in=[one.pk for one in rows]).update(**_steps(now))
    _lay_blame(missed)
    crashpoint("sla_before_telling")
    announcements.tell(warned=warned, missed=missed, escalated=escalated, now=now)
    return len(warned), len(missed), len(escalated)


def _with_steps(owing: ClockQuerySet, now: datetime) -> ClockQuerySet:
    """Those with a step to note, which the taking away of a lead is not."""
    fitting = Q()
    for kind, status in _OF_HANDOFF.items():
        fitting |= Q(kind=kind, handoff__status=status)
    return owing.filter(
        fitting,
        Q(warned_at=None)
        | Q(missed_at=None, due_at__lte=now)
        | Q(escalated_at=None, escalate_at__lte=now),
    )


def _steps(now: datetime) -> dict[str, Any]:
    """Each step that has come up is noted now, unless it was; then comes the next."""

    def noted(step: str, planned: str) -> Case:
        is_new = When(**{step: None, f"{planned}__lte": now}, then=Value(now))
        return Case(is_new, default=F(step), output_field=DateTimeField())

    ahead = [
        When(**{step: None, f"{planned}__gt": now}, then=F(planned))
        for step, planned in (
            ("warned_at", "warn_at"),
            ("missed_at", "due_at"),
            ("escalated_at", "escalate_at"),
        )
    ]
    return {
        "warned_at": Coalesce("warned_at", Value(now)),
        "missed_at": noted("missed_at", "due_at"),
        "escalated_at": noted("escalated_at", "escalate_at"),
        "next_at": Case(*ahead, default=F("expire_at")),
    }


def _lay_blame(missed: Sequence[Clock]) -> None:
    """Write down who had it when it became past due, and why."""
    keepers = announcements.keepers_of(missed)
    for clock in missed:
        clock.blame = stopping.blame_for(clock.handoff)
        clock.missed_by_id = keepers[clock.pk]
    bulk.update_many(missed, fields=["blame", "missed_by"])


def expire(*, now: datetime) -> int:
    """Take hand-offs away that nobody decided for long; how many."""
    expired = 0
    for _turn in range(0, LIMIT // 2, clocks.BATCH):
        owed = Clock.objects.owing(now=now).decisions().filter(expire_at__lte=now)
        found = owed.filter(handoff__status=HandoffStatus.PENDING).order_by("pk")
        ids = list(found.values_list("handoff", flat=True)[: clocks.BATCH])
        if not ids:
            break
        expired += len(_expire_chunk(ids, now))
    return expired


@transaction.atomic
def _expire_chunk(handoff_ids: Sequence[int], now: datetime) -> list[Handoff]:
    """Expire those of these that still owe it; who keeps the lead is left alone."""
    expired = lifecycle.expire(handoff_ids=handoff_ids, now=now)
    if expired:
        crashpoint("sla_after_expiry")
        announcements.tell_expired(handoffs=expired, now=now)
    rest = Clock.objects.running().decisions().filter(handoff__in=handoff_ids)
    rest.filter(expire_at__lte=now).update(next_at=None)
    return expired
