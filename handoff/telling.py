"""What other systems are told of hand-offs and deals."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects

from handoff.choices import HandoffStatus
from handoff.models import Deal, Handoff
from leads import outbox
from leads.choices import WebhookKind
from leads.outbox import Event

KINDS = {
    HandoffStatus.PENDING: WebhookKind.HANDOFF_OFFERED,
    HandoffStatus.ACCEPTED: WebhookKind.HANDOFF_ACCEPTED,
    HandoffStatus.REJECTED: WebhookKind.HANDOFF_REJECTED,
    HandoffStatus.EXPIRED: WebhookKind.HANDOFF_EXPIRED,
    HandoffStatus.WITHDRAWN: WebhookKind.HANDOFF_WITHDRAWN,
}


def tell(*, handoffs: Sequence[Handoff]) -> None:
    """Tell what became of these hand-offs, in the transaction in which it did.

    All have the same status, which says what happened.
    """
    if handoffs:
        kind = KINDS[HandoffStatus(handoffs[0].status)]
        outbox.tell(kind=kind, events=_of_handoffs(handoffs))


def tell_reopened(*, handoff: Handoff, now: datetime) -> None:
    """Tell that a decision was taken back."""
    event = Event(handoff.lead_id, now, {"handoff": handoff_told(handoff)})
    outbox.tell(kind=WebhookKind.HANDOFF_REOPENED, events=[event])


def tell_deals(*, kind: WebhookKind, deals: Sequence[Deal], now: datetime) -> None:
    """Tell of deals that were won, lost or reopened, at their own dates."""
    if deals:
        outbox.tell(kind=kind, events=_of_deals(deals, now))


def handoff_told(handoff: Handoff) -> dict[str, Any]:
    """A hand-off without its lead; people are told by their e-mail addresses."""
    return {
        "id": handoff.pk,
        "status": handoff.status,
        "cycle": handoff.cycle,
        "team": handoff.team.name if handoff.team else None,
        "rep": outbox.address_of(handoff.rep),
        "routed_at": handoff.routed_at.isoformat(),
        "due_at": handoff.due_at.isoformat(),
        "decided_at": _shown(handoff.decided_at),
        "decided_by": outbox.address_of(handoff.decided_by),
        "reason": handoff.reason.key if handoff.reason else None,
        "note": handoff.note,
    }


def deal_told(deal: Deal) -> dict[str, Any]:
    """A deal without its lead; the amount as text, in the deal's own currency."""
    return {
        "id": deal.pk,
        "external_id": deal.external_id,
        "source_system": deal.source_system,
        "name": deal.name,
        "amount": None if deal.amount is None else str(deal.amount),
        "currency": deal.currency,
        "opened_at": deal.opened_at.isoformat(),
        "won_at": _shown(deal.won_at),
        "lost_at": _shown(deal.lost_at),
        "reason": deal.close_reason,
        "owner": outbox.address_of(deal.owner),
    }


def _of_handoffs(handoffs: Sequence[Handoff]) -> Iterator[Event]:
    prefetch_related_objects(handoffs, "team", "rep", "decided_by", "reason")
    for one in handoffs:
        at = one.decided_at or one.routed_at
        yield Event(one.lead_id, at, {"handoff": handoff_told(one)})


def _of_deals(deals: Sequence[Deal], now: datetime) -> Iterator[Event]:
    prefetch_related_objects(deals, "owner")
    for deal in deals:
        yield Event(deal.lead_id, deal.closed_at or now, {"deal": deal_told(deal)})


def _shown(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
