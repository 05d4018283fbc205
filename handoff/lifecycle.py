"""Deciding a hand-off: the one writer of its status.

The lead's standing is locked first and the hand-off read again under that lock, so of
two people who decide at once one wins and the other is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from handoff import attempts, notices, pool, telling
from handoff.choices import (
    MOVES,
    ClockKind,
    HandoffStatus,
    ReasonEffect,
    RoutedBy,
)
from handoff.models import Handoff, RejectionReason, Seat
from handoff.querysets import HandoffQuerySet
from handoff.selling import deal_owners, follow_ups
from handoff.sla import announcements, clocks
from leads import bells
from leads import lifecycle as leads_lifecycle
from leads.choices import Cause, Stage
from leads.lifecycle import Move
from leads.models import Standing, User
from scoring.engagement import score_of

BATCH = 500
REASON_LENGTH = 500  # of a stage change
_IN_OFFER = Q(lead__standing__stage=Stage.SQL, lead__standing__cycle=F("cycle"))


class DecisionError(Exception):
    """A hand-off could not be decided; the message says why."""


class AlreadyDecidedError(DecisionError):
    """Somebody was faster, or the lead has left the offer."""


class NotYoursError(DecisionError):
    """The person may not decide this hand-off."""


class ReasonError(DecisionError):
    """The reason does not fit the hand-off, or asks for a note or for more tries."""


@transaction.atomic
def accept(*, handoff: Handoff, actor: User, now: datetime) -> Handoff:
    """Take the lead on; one from the pool becomes the actor's own.

    The first follow-up is on the rep's list from then on; deals that an earlier cycle
    left open are the rep's. Accepting again what one has accepted changes nothing.

    Raises:
        AlreadyDecidedError, NotYoursError: and nothing has changed.
    """
    standing = locked(handoff)
    if handoff.status == HandoffStatus.ACCEPTED and handoff.decided_by_id == actor.pk:
        return handoff
    _check(handoff, standing, actor=actor, now=now)
    if handoff.rep is None:
        pool.take(handoff=handoff, actor=actor, now=now)
    _close(handoff, HandoffStatus.ACCEPTED, actor=actor, now=now)
    _move(handoff, Stage.ACCEPTED, actor=actor, now=now)
    follow_ups.make_first(handoff=handoff, now=now)
    deal_owners.go_along(handoffs=[handoff], actor=actor, now=now)
    return handoff


@transaction.atomic
def reject(
    *, handoff: Handoff, reason: RejectionReason, note: str, actor: User, now: datetime
) -> Handoff:
    """Send the lead back; what becomes of it is the effect of the reason.

    Rejecting again for the same reason changes nothing.

    Raises:
        AlreadyDecidedError, NotYoursError, ReasonError: and nothing has changed.
    """
    standing = locked(handoff)
    if handoff.reason_id == reason.pk and handoff.decided_by_id == actor.pk:
        return handoff
    _check(handoff, standing, actor=actor, now=now)
    _check_reason(handoff, reason, note)
    handoff.reason, handoff.note = reason, note.strip()
    handoff.save(update_fields=["reason", "note"])
    _close(handoff, HandoffStatus.REJECTED, actor=actor, now=now)
    match reason.effect:
        case ReasonEffect.REROUTE:
            _send_on(handoff)
        case ReasonEffect.DISQUALIFY:
            _move(handoff, Stage.DISQUALIFIED, actor=actor, now=now)
        case _:
            back = now + timedelta(days=reason.recycle_days)
            _move(handoff, Stage.RECYCLED, actor=actor, now=now, returns_at=back)
    if reason.effect == ReasonEffect.FIX_DATA:
        notices.tell_wrong_data(handoff=handoff, actor=actor, now=now)
    return handoff


@transaction.atomic
def withdraw(
    *,
    handoff: Handoff,
    reason: str,
    actor: User,
    now: datetime,
    until: datetime | None = None,
) -> Handoff:
    """Take the offer back; the lead is marketing's again, and held in MQL.

    Held until the date, or without one until a person releases it: its score would
    offer it to sales again at once.

    Raises:
        AlreadyDecidedError, NotYoursError: and nothing has changed.
    """
    standing = locked(handoff)
    _check_withdrawal(handoff, standing, actor=actor, now=now)
    handoff.note = reason.strip()
    handoff.save(update_fields=["note"])
    _close(handoff, HandoffStatus.WITHDRAWN, actor=actor, now=now)
    wanted = _wanted(handoff, Stage.MQL, Cause.PERSON, actor=actor, now=now)
    leads_lifecycle.move_by_hand(wanted=wanted, until=until, now=now)
    return handoff


def withdraw_many(
    *, lead_ids: Sequence[int], reason: str, actor: User, now: datetime
) -> dict[int, str]:
    """The same for the open offers of a batch; by lead why an offer stays.

    The caller has locked the standings, and moves the leads.
    """
    offers = Handoff.objects.pending().filter(lead__any_of=lead_ids)
    refused, going = dict[int, str](), list[int]()
    for handoff in offers.select_related("lead__standing").defer("brief", "trace"):
        try:
            _check_withdrawal(handoff, handoff.lead.standing, actor=actor, now=now)
            going.append(handoff.pk)
        except DecisionError as error:
            refused[handoff.lead_id] = str(error)
    _withdraw(offers.filter(pk__in=going), note=reason.strip(), actor=actor, now=now)
    gone = Handoff.objects.filter(pk__in=going).with_names().order_by("pk")
    announcements.tell_decided(handoffs=gone, actor=actor, now=now)
    return refused


@transaction.atomic
def expire(*, handoff_ids: Sequence[int], now: datetime) -> list[Handoff]:
    """Take these offers from reps who let them go long past due; those that expired.

    The leads stay in SQL and are routed again. What was decided, paused or given to
    another rep meanwhile is left alone, and so is what waits in a pool.
    """
    waiting = Handoff.objects.pending().filter(pk__in=handoff_ids).order_by("lead")
    leads_lifecycle.locked(list(waiting.values_list("lead", flat=True)))
    clocks.lock(handoff_ids=handoff_ids)
    owed = Handoff.objects.pending().filter(
        _IN_OFFER,
        pk__in=handoff_ids,
        rep__isnull=False,
        clocks__kind=ClockKind.DECISION,
        clocks__paused_at=None,
        clocks__expire_at__lte=now,
    )
    lean = owed.select_related("team").defer("brief", "trace")
    expired = list(lean.order_by("pk"))
    if not expired:
        return []
    for handoff in expired:
        handoff.status, handoff.decided_at = HandoffStatus.EXPIRED, now
    changed = Handoff.objects.filter(pk__in=[handoff.pk for handoff in expired])
    changed.update(status=HandoffStatus.EXPIRED, decided_at=now)
    pools = {one.lead_id: (None, one.team_id) for one in expired}
    leads_lifecycle.assign_many(holders=pools)
    telling.tell(handoffs=expired)
    bells.ring("stages_changed")
    return expired


def close_orphans(*, now: datetime) -> int:
    """Withdraw offers of leads that have left sales meanwhile, and count them.

    A lead leaves by a disqualifying rule or by a person on the board.
    """
    orphans = _orphans().order_by("pk").values_list("pk", "lead")[:BATCH]
    found = dict(orphans)
    if not found:
        return 0
    with transaction.atomic():
        leads_lifecycle.locked(sorted(found.values()))
        note = _("The lead is no longer offered to sales.")
        return _withdraw(_orphans().filter(pk__in=list(found)), note=note, now=now)


def withdraw_for_merge(*, lead_id: int, now: datetime) -> int:
    """Close the open offer of a lead that is merged into one further on; how many.

    The caller has locked the standing.
    """
    note = _("Merged with another lead.")
    offers = Handoff.objects.pending().filter(lead=lead_id)
    return _withdraw(offers, note=note, now=now)


def accept_by_deal(
    *, began_at_by_lead_id: Mapping[int, datetime], now: datetime
) -> list[Handoff]:
    """Close the open offers of leads to which sales already sells, as accepted.

    Nobody decided them in Baton: sales did, when it began, or at once where it had
    begun before the offer. Open deals go to the reps, as with any acceptance. The
    caller has locked the standings, and moves the leads.
    """
    waiting = Handoff.objects.pending().filter(_IN_OFFER, lead__in=began_at_by_lead_id)
    accepted = list(waiting.order_by("pk"))
    for handoff in accepted:
        began_at = began_at_by_lead_id[handoff.lead_id]
        handoff.decided_at = max(began_at, handoff.routed_at)
        handoff.status = HandoffStatus.ACCEPTED
    Handoff.objects.bulk_update(accepted, ["status", "decided_at"], batch_size=BATCH)
    deal_owners.go_along(handoffs=accepted, actor=None, now=now)
    telling.tell(handoffs=accepted)
    return accepted


def may_decide(*, handoff: Handoff, user: User) -> bool:
    """Whether this person accepts or rejects it: its rep, for a pool one any rep of
    the team, and a manager. What is closed nobody decides.
    """
    if not handoff.is_open or not user.has_perm("handoff.decide_handoff"):
        return False
    if user.has_perm("handoff.manage_handoffs") or handoff.rep_id == user.pk:
        return True
    in_pool = handoff.rep_id is None and handoff.team_id is not None
    return in_pool and handoff.team_id == user.team_id


def may_withdraw(*, handoff: Handoff, user: User) -> bool:
    """Whether this person may take the offer back: marketing and managers."""
    return handoff.is_open and user.has_perm("leads.move_lead")


def locked(handoff: Handoff) -> Standing:
    """Lock the lead's standing, then read the hand-off again in place."""
    standing = Standing.objects.select_for_update().get(pk=handoff.lead_id)
    handoff.refresh_from_db()
    return standing


def _check(handoff: Handoff, standing: Standing, *, actor: User, now: datetime) -> None:
    check_open(handoff, standing, now=now)
    if not may_decide(handoff=handoff, user=actor):
        text = _("This hand-off is not yours to decide.")
        if handoff.rep is not None:
            text = _("{person} has this lead; it is not yours to decide.")
        raise NotYoursError(text.format(person=handoff.rep))


def _check_withdrawal(
    handoff: Handoff, standing: Standing, *, actor: User, now: datetime
) -> None:
    check_open(handoff, standing, now=now)
    if not may_withdraw(handoff=handoff, user=actor):
        raise NotYoursError(_("Only marketing and managers withdraw a hand-off."))


def _check_reason(handoff: Handoff, reason: RejectionReason, note: str) -> None:
    if reason.needs_note and not note.strip():
        raise ReasonError(_("Please add a note: this reason asks for one."))
    if reason.effect == ReasonEffect.REROUTE and handoff.rep is None:
        raise ReasonError(_("A lead in the pool is nobody's yet; leave it there."))
    if missing := attempts.missing(handoff=handoff, reason=reason):
        raise ReasonError(attempts.words(missing=missing))


def check_open(handoff: Handoff, standing: Standing, *, now: datetime) -> None:
    if not handoff.is_open:
        raise AlreadyDecidedError(how_it_ended(handoff=handoff, now=now))
    if (standing.stage, standing.cycle) != (Stage.SQL, handoff.cycle):
        text = _("This lead is no longer offered to sales: it is in “{stage}”.")
        raise AlreadyDecidedError(text.format(stage=Stage(standing.stage).label))


def how_it_ended(*, handoff: Handoff, now: datetime) -> str:
    """Who decided and how long ago: “Ana accepted this lead 2 minutes ago.”"""
    sentences = {
        HandoffStatus.PENDING: _("This lead still waits for a decision."),
        HandoffStatus.ACCEPTED: _("{person} accepted this lead {when}."),
        HandoffStatus.REJECTED: _("{person} rejected this lead {when}."),
        HandoffStatus.WITHDRAWN: _("{person} withdrew this hand-off {when}."),
        HandoffStatus.EXPIRED: _("This hand-off expired {when}."),
    }
    when = _("just now")
    if handoff.decided_at and now - handoff.decided_at >= timedelta(minutes=1):
        span = timesince(handoff.decided_at, now, depth=1)
        when = _("{span} ago").format(span=span)
    person = handoff.decided_by or _("Baton")
    return sentences[HandoffStatus(handoff.status)].format(person=person, when=when)


def _close(handoff: Handoff, to: HandoffStatus, *, actor: User, now: datetime) -> None:
    if to not in MOVES[HandoffStatus(handoff.status)]:
        raise AlreadyDecidedError(how_it_ended(handoff=handoff, now=now))
    handoff.status, handoff.decided_at, handoff.decided_by = to, now, actor
    handoff.save(update_fields=["status", "decided_at", "decided_by"])
    telling.tell(handoffs=[handoff])
    announcements.tell_decided(handoffs=[handoff], actor=actor, now=now)


def _withdraw(
    offers: HandoffQuerySet, *, note: str, now: datetime, actor: User | None = None
) -> int:
    """Withdraw these together, and count them; without an actor nobody had to."""
    gone = list(offers)
    for one in gone:
        one.status, one.decided_at, one.note = HandoffStatus.WITHDRAWN, now, note
        one.decided_by = actor
    Handoff.objects.filter(pk__in=[one.pk for one in gone]).update(
        status=HandoffStatus.WITHDRAWN, decided_at=now, decided_by=actor, note=note
    )
    telling.tell(handoffs=gone)
    return len(gone)


def _move(
    handoff: Handoff,
    to: Stage,
    *,
    actor: User,
    now: datetime,
    returns_at: datetime | None = None,
) -> None:
    wanted = _wanted(handoff, to, Cause.DECISION, actor=actor, now=now)
    wanted = replace(wanted, returns_at=returns_at)
    leads_lifecycle.move(wanted=wanted, now=now)


def _wanted(
    handoff: Handoff, to: Stage, cause: Cause, *, actor: User, now: datetime
) -> Move:
    """The lead's move, with the reason of the rejection or of the withdrawal."""
    reason = str(handoff.reason or handoff.note)[:REASON_LENGTH]
    score = score_of(standing=handoff.lead.standing, now=now)
    return Move(handoff.lead_id, to, cause, now, actor, reason, score)


def _send_on(handoff: Handoff) -> None:
    """Leave the lead to the next routing, and give the turn back to who took it.

    That is not the rep to whom a manager gave the lead afterwards.
    """
    leads_lifecycle.assign(lead=handoff.lead, owner=None, team=handoff.team)
    if handoff.trace.get("routed_by") == RoutedBy.TURN:
        chosen = handoff.trace.get("chosen")
        seats = Seat.objects.filter(rep__user=chosen, assigned__gt=0)
        seats.update(assigned=F("assigned") - 1)
    bells.ring("stages_changed")


def _orphans() -> HandoffQuerySet:
    return Handoff.objects.pending().exclude(_IN_OFFER)
