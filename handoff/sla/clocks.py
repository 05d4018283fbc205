"""The clocks of the promises: starting them, and what is due when.

The decision clock starts when a lead is offered. That of the first follow-up is started
by the acceptance, and counts from when the rep got the lead.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import F, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from handoff.choices import ClockKind, ClockOutcome, OnExpiry, Priority
from handoff.models import Clock, ClockPause, Handoff
from handoff.querysets import ClockQuerySet
from handoff.sla import levels, pauses
from handoff.sla.calendars import Calendars
from handoff.sla.levels import Promises
from handoff.sla.pauses import Pause
from leads import bulk

# A call does at most this many; the sweep comes back for the rest.
LIMIT = 1_000
BATCH = 500
INSTANTS = ["warn_at", "due_at", "escalate_at", "expire_at", "next_at"]
CALENDAR = ["calendar", "calendar_version"]
PROMISED = (
    *("handoff_id", "kind", "priority", "started_at"),
    *("warn_seconds", "target_seconds", "escalate_seconds", "expire_seconds"),
    *INSTANTS,
    *("calendar_id", "calendar_version"),
)


@dataclass(frozen=True)
class Promised:
    """A decision clock that all of these offers have alike; nothing is saved."""

    clock: Clock
    handoffs: list[Handoff]


def promise_decisions(
    *, handoffs: Sequence[Handoff], promises: Promises
) -> list[Promised]:
    """The decision clocks of these offers; each offer gets its due time.

    The offers may be unsaved too; the clocks are saved as the `rows` of all.
    """
    fast = levels.fast_tracked(lead_ids=[handoff.lead_id for handoff in handoffs])
    # Offers of one moment are due alike, and there may be thousands of them.
    alike: defaultdict[tuple[Any, ...], list[Handoff]] = defaultdict(list)
    for handoff in handoffs:
        priority = levels.priority_of(handoff.lead_id, fast)
        team_id = handoff.team_id
        by = promises.calendars.id_of(team_id=team_id, user_id=handoff.rep_id)
        alike[team_id, priority, by, handoff.routed_at].append(handoff)
    promised = []
    for (_team_id, priority, *_), offers in alike.items():
        clock = _decision(offers[0], priority, promises)
        for handoff in offers:
            handoff.due_at = clock.due_at
        promised.append(Promised(clock, offers))
    return promised


def _decision(handoff: Handoff, priority: Priority, promises: Promises) -> Clock:
    level = promises.level(team_id=handoff.team_id, priority=priority)
    due = level.decide_seconds
    expires = None if level.on_expiry == OnExpiry.KEEP else level.expire_seconds
    clock = Clock(
        handoff=handoff,
        kind=ClockKind.DECISION,
        priority=priority,
        started_at=handoff.routed_at,
        warn_seconds=due * level.warn_percent // 100,
        target_seconds=due,
        escalate_seconds=due + level.escalate_seconds,
        expire_seconds=None if expires is None else due + expires,
    )
    set_instants(clock, promises.calendars, [])
    return clock


def rows(promised: Iterable[Promised]) -> Iterator[tuple[Any, ...]]:
    """The columns `PROMISED` of every offer's clock; the others are by default."""
    of_clock = attrgetter(*PROMISED[1:])
    for one in promised:
        alike = of_clock(one.clock)
        for handoff in one.handoffs:
            yield (handoff.pk, *alike)


def promise_follow_up(*, decision: Clock, promises: Promises) -> Clock:
    """The clock of the first follow-up of an accepted offer, not yet saved."""
    handoff = decision.handoff
    level = promises.level(team_id=handoff.team_id, priority=decision.priority)
    due = level.follow_up_seconds
    clock = Clock(
        handoff=handoff,
        kind=ClockKind.FOLLOW_UP,
        priority=decision.priority,
        started_at=handoff.assigned_at or handoff.decided_at or handoff.routed_at,
        warn_seconds=due * level.warn_percent // 100,
        target_seconds=due,
        escalate_seconds=due + level.escalate_seconds,
    )
    set_instants(clock, promises.calendars, [])
    return clock


def set_instants(
    clock: Clock, calendars: Calendars, paused: Iterable[ClockPause]
) -> None:
    """Work out when each step is due, by the calendar as it is now; nothing is saved.

    The pauses have ended.
    """
    handoff = clock.handoff
    calendar_id = calendars.id_of(team_id=handoff.team_id, user_id=handoff.rep_id)
    hours = calendars.hours(calendar_id)
    spans = spans_of(paused)
    clock.calendar_id = calendar_id
    clock.calendar_version = calendars.version(calendar_id)
    for step, seconds in (
        ("warn_at", clock.warn_seconds),
        ("due_at", clock.target_seconds),
        ("escalate_at", clock.escalate_seconds),
        ("expire_at", clock.expire_seconds),
    ):
        at = None
        if seconds is not None:
            at = pauses.add(hours, clock.started_at, seconds, spans)
        setattr(clock, step, at)
    clock.next_at = next_step(clock)


def next_step(clock: Clock) -> datetime | None:
    """When the first step is due that was not noted yet."""
    steps = (
        (clock.warned_at, clock.warn_at),
        (clock.missed_at, clock.due_at),
        (clock.escalated_at, clock.escalate_at),
    )
    ahead = (planned_at for noted_at, planned_at in steps if noted_at is None)
    return next(ahead, clock.expire_at)


def spans_of(paused: Iterable[ClockPause]) -> list[Pause]:
    return [Pause(pause.began_at, pause.ended_at) for pause in paused]


@transaction.atomic
def start_missing() -> int:
    """Start the decision clock of open offers that have none, and count them."""
    known = Clock.objects.decisions().values("handoff")
    waiting = Handoff.objects.pending().exclude(pk__in=known).order_by("pk")
    waiting = waiting.defer("brief", "trace")
    handoffs = list(waiting.select_for_update(skip_locked=True)[:LIMIT])
    if not handoffs:
        return 0
    promised = promise_decisions(handoffs=handoffs, promises=levels.load())
    bulk.insert(Clock, PROMISED, rows(promised), known_by=("handoff", "kind"))
    _show_due([handoff.pk for handoff in handoffs])
    return len(handoffs)


@transaction.atomic
def follow_calendars() -> int:
    """Set anew what is due where the calendar, or whose it is, has changed; how many.

    What stands still is set when it goes on.
    """
    clocks = list(held(_outdated().filter(paused_at=None)))
    if clocks:
        promises = levels.load()
        for clock in clocks:
            set_instants(clock, promises.calendars, clock.pauses.all())
        _save(clocks)
    return len(clocks)


def keep_with_rep(*, handoff_ids: Sequence[int]) -> None:
    """Let these offers not expire any more: a manager chose who decides them."""
    running = Clock.objects.running().decisions().filter(handoff__in=handoff_ids)
    kept = list(running.order_by("pk").select_for_update())
    for clock in kept:
        clock.expire_seconds = clock.expire_at = None
        clock.next_at = next_step(clock)
    bulk.update_many(kept, fields=["expire_seconds", "expire_at", "next_at"])


def start_again(*, handoff: Handoff) -> None:
    """Let the decision clock run on as if it had not been stopped.

    To be called in the transaction that takes a decision back. What the acceptance
    promised is promised no more.
    """
    decision = Clock.objects.decisions().filter(handoff=handoff)
    for clock in decision.select_for_update():
        clock.outcome, clock.stopped_at = ClockOutcome.RUNNING, None
        clock.raw_seconds = clock.business_seconds = None
        clock.next_at = next_step(clock)
        clock.save(
            update_fields=[
                "outcome",
                "stopped_at",
                "raw_seconds",
                "business_seconds",
                "next_at",
            ]
        )
    Clock.objects.follow_ups().filter(handoff=handoff).delete()


def lock(*, handoff_ids: Sequence[int]) -> None:
    """Lock the clocks of these offers, after the standings and before the offers."""
    of_offers = Clock.objects.filter(handoff__in=handoff_ids).order_by("pk")
    list(of_offers.select_for_update().values_list("pk", flat=True))


def held(clocks: ClockQuerySet) -> ClockQuerySet:
    """Lock these for the transaction, but for those that another worker holds."""
    free = clocks.select_for_update(skip_locked=True, of=("self",))
    return (
        free.select_related("handoff")
        .defer("handoff__brief")
        .prefetch_related("pauses")
        .order_by("pk")[:LIMIT]
    )


def _outdated() -> ClockQuerySet:
    """Running clocks whose calendar is not what their rep or team works by now."""
    of_rep, of_team = "handoff__rep__rep__calendar_use", "handoff__team__calendar_use"
    nothing = Value(0)
    return (
        Clock.objects.running()
        .annotate(
            wanted=Coalesce(
                f"{of_rep}__calendar",
                f"{of_team}__calendar",
                nothing,
                output_field=IntegerField(),
            ),
            wanted_version=Coalesce(
                f"{of_rep}__calendar__version",
                f"{of_team}__calendar__version",
                nothing,
                output_field=IntegerField(),
            ),
            used=Coalesce("calendar", nothing, output_field=IntegerField()),
        )
        .exclude(used=F("wanted"), calendar_version=F("wanted_version"))
    )


def _save(clocks: Sequence[Clock]) -> None:
    bulk.update_many(clocks, fields=[*INSTANTS, *CALENDAR])
    _show_due([one.handoff_id for one in clocks if one.kind == ClockKind.DECISION])


def _show_due(handoff_ids: Sequence[int]) -> None:
    """Show on the offers what their decision clocks say, for lists that read them."""
    decision = Clock.objects.decisions().filter(handoff=OuterRef("pk"))
    offers = Handoff.objects.filter(pk__in=handoff_ids)
    offers.update(due_at=Subquery(decision.values("due_at")[:1]))
