"""Stopping clocks: a promise is kept, broken for good, or void.

What ends a promise is in other rows, a decision or a logged contact, so stopping is a
duty that looks for them: nobody who decides or logs has to know of clocks.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest

from handoff.choices import Blame, ClockOutcome, HandoffStatus, RoutedBy
from handoff.models import Clock, ClockPause, Handoff
from handoff.sla import calendars, clocks, levels, pauses
from handoff.sla.calendars import Calendars
from leads import bulk
from leads.choices import TOUCH_KINDS, Role, Stage
from leads.models import Activity, User

# How sales gets in touch; a note does not, nor does anything a machine made.
TOUCHES = TOUCH_KINDS
SALES = (Role.REP, Role.MANAGER)
# While a lead is here, its first follow-up is still owed.
FOLLOWED_UP_IN = (Stage.ACCEPTED, Stage.OPPORTUNITY)
_ENDING = [
    "outcome",
    "stopped_at",
    "raw_seconds",
    "business_seconds",
    "missed_at",
    "missed_by",
    "blame",
    "paused_at",
    "next_at",
]


def stop_ended(*, now: datetime) -> int:
    """Stop every clock whose promise has come to its end, and count them."""
    return _stop_decided(now) + _stop_followed_up(now) + _cancel_left(now)


def first_touches(*, now: datetime, of: str = "handoff__") -> QuerySet[Activity]:
    """Contacts that one of sales made after the offer, first ones first.

    A subquery to be asked from a clock, or from what else has the hand-off at `of`.
    Who is in sales is asked at once, so that the database need not for each contact.
    """
    in_sales = User.objects.filter(groups__name__in=SALES).order_by()
    return Activity.objects.filter(
        lead=OuterRef(f"{of}lead"),
        kind__in=TOUCHES,
        is_machine=False,
        # As the index of these says.
        actor__isnull=False,
        actor__in=list(in_sales.values_list("pk", flat=True)),
        occurred_at__gt=OuterRef(f"{of}routed_at"),
        occurred_at__lte=now,
    ).order_by("occurred_at")


def blame_for(handoff: Handoff) -> Blame:
    """Why a promise for this hand-off is missed while it stands as it does."""
    if handoff.rep_id:
        return Blame.REP
    nobody_was_free = handoff.trace.get("routed_by") == RoutedBy.NOBODY_FREE
    return Blame.NO_CAPACITY if nobody_was_free else Blame.UNASSIGNED


@transaction.atomic
def _stop_decided(now: datetime) -> int:
    """Stop decision clocks, and start those of the follow-up of what was accepted.

    What a deal accepted has no follow-up: sales was at it before.
    """
    running = Clock.objects.running().decisions()
    found = clocks.held(running.exclude(handoff__status=HandoffStatus.PENDING))
    decided = list(found)
    if not decided:
        return 0
    promises = levels.load()
    accepted = []
    for clock in decided:
        handoff = clock.handoff
        is_void = handoff.status == HandoffStatus.WITHDRAWN
        end = max(handoff.decided_at or now, clock.started_at)
        _end(clock, end, promises.calendars, now, is_void=is_void)
        if handoff.status == HandoffStatus.ACCEPTED and handoff.decided_by_id:
            accepted.append(clocks.promise_follow_up(decision=clock, promises=promises))
    _save(decided)
    bulk.insert_many(accepted, known_by=("handoff", "kind"))
    return len(decided)


@transaction.atomic
def _stop_followed_up(now: datetime) -> int:
    """Stop the clocks of leads that one of sales has got in touch with."""
    first = first_touches(now=now).values("occurred_at")[:1]
    waiting = Clock.objects.running().follow_ups()
    touched = waiting.annotate(touched_at=Subquery(first)).exclude(touched_at=None)
    ended = list(clocks.held(touched))
    if ended:
        known = calendars.load()
        for clock in ended:
            end = max(clock.touched_at, clock.started_at)  # type: ignore[attr-defined]
            _end(clock, end, known, now)
        _save(ended)
    return len(ended)


@transaction.atomic
def _cancel_left(now: datetime) -> int:
    """Stop the follow-up clocks of leads that sales no longer works on."""
    waiting = Clock.objects.running().follow_ups()
    left = waiting.exclude(handoff__lead__standing__stage__in=FOLLOWED_UP_IN)
    ended = list(clocks.held(left).select_related("handoff__lead__standing"))
    if ended:
        known = calendars.load()
        for clock in ended:
            since = clock.handoff.lead.standing.stage_since
            _end(clock, max(since, clock.started_at), known, now, is_void=True)
        _save(ended)
    return len(ended)


def _end(
    clock: Clock,
    end: datetime,
    known: Calendars,
    now: datetime,
    *,
    is_void: bool = False,
) -> None:
    """Write how it ended: a void promise that was broken before stays broken."""
    hours = known.hours(clock.calendar_id)
    spans = clocks.spans_of(clock.pauses.all())
    clock.stopped_at, clock.paused_at, clock.next_at = end, None, None
    clock.raw_seconds = (end - clock.started_at).total_seconds()
    clock.business_seconds = pauses.elapsed(hours, clock.started_at, end, spans)
    if clock.business_seconds > clock.target_seconds:
        clock.outcome = ClockOutcome.MISSED
        if clock.missed_at is None:
            clock.missed_at, clock.blame = now, blame_for(clock.handoff)
            clock.missed_by_id = clock.handoff.rep_id
        return
    clock.outcome = ClockOutcome.CANCELLED if is_void else ClockOutcome.MET
    # Noted while the decision was on its way.
    clock.missed_at, clock.missed_by_id, clock.blame = None, None, ""


def _save(ended: list[Clock]) -> None:
    bulk.update_many(ended, fields=_ENDING)
    stopped = Clock.objects.filter(pk=OuterRef("clock")).values("stopped_at")[:1]
    lasting = ClockPause.objects.filter(clock__in=ended, ended_at=None)
    lasting.update(ended_at=Greatest(Subquery(stopped), F("began_at")))
    paused = Handoff.objects.filter(clocks__in=ended, paused_at__isnull=False)
    paused.update(paused_at=None)
