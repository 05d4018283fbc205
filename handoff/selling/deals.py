"""Deals of a lead that sales accepted, and what they do to its stage.

A customer stays one: a further deal adds to revenue, not to stages.
"""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.choices import HandoffStatus
from handoff.models import Deal, Handoff
from leads import lifecycle
from leads.choices import Cause, Stage
from leads.lifecycle import Move
from leads.models import Lead, Standing, User
from scoring.engagement import score_of

# The stages in which sales works on a lead and may open a deal.
SOLD_TO = (Stage.ACCEPTED, Stage.OPPORTUNITY, Stage.CUSTOMER, Stage.LOST)


class DealError(Exception):
    """A deal could not be changed; the message says why."""


@transaction.atomic
def open_deal(
    *,
    lead: Lead,
    name: str,
    amount: Decimal | None,
    currency: str,
    actor: User,
    now: datetime,
) -> Deal:
    """Open a deal on a lead that sales has accepted; the lead's rep owns it.

    Raises:
        DealError: and nothing has changed.
    """
    standing = _locked(lead.pk, actor)
    if standing.stage not in SOLD_TO:
        raise DealError(_("Only a lead that sales has accepted can have a deal."))
    accepted = Handoff.objects.filter(lead=lead, status=HandoffStatus.ACCEPTED)
    deal = Deal.objects.create(
        lead=lead,
        handoff=accepted.order_by("-decided_at").first(),
        owner=standing.owner or actor,
        name=name.strip(),
        amount=amount,
        currency=currency,
        opened_at=now,
    )
    if standing.stage != Stage.CUSTOMER:
        _move(standing, Stage.OPPORTUNITY, actor, now)
    return deal


@transaction.atomic
def win(*, deal: Deal, actor: User, now: datetime) -> Deal:
    """Mark the deal won; its lead is a customer. Again changes nothing.

    A lead that sales has accepted anew, with an old deal still open, is an opportunity
    on the way.

    Raises:
        DealError: and nothing has changed.
    """
    standing = _locked(deal.lead_id, actor)
    deal.refresh_from_db()
    if deal.won_at is not None:
        return deal
    if deal.lost_at is not None:
        raise DealError(_("This deal is lost; reopen it first."))
    deal.won_at = now
    deal.save(update_fields=["won_at"])
    if standing.stage in (Stage.ACCEPTED, Stage.LOST):
        _move(standing, Stage.OPPORTUNITY, actor, now)
    _move(standing, Stage.CUSTOMER, actor, now)
    return deal


@transaction.atomic
def lose(*, deal: Deal, reason: str, actor: User, now: datetime) -> Deal:
    """Mark the deal lost; the lead is lost with its last deal. Again changes nothing.

    Raises:
        DealError: and nothing has changed.
    """
    standing = _locked(deal.lead_id, actor)
    deal.refresh_from_db()
    if deal.lost_at is not None:
        return deal
    if deal.won_at is not None:
        raise DealError(_("This deal is won; reopen it first."))
    deal.lost_at, deal.lost_reason = now, reason.strip()
    deal.save(update_fields=["lost_at", "lost_reason"])
    is_last = not Deal.objects.filter(lead=deal.lead_id, lost_at=None).exists()
    if is_last and standing.stage == Stage.OPPORTUNITY:
        _move(standing, Stage.LOST, actor, now, reason=deal.lost_reason)
    return deal


@transaction.atomic
def reopen(*, deal: Deal, actor: User, now: datetime) -> Deal:
    """Take a win or a loss back. Again changes nothing.

    The lead is an opportunity again, unless another deal keeps it a customer.

    Raises:
        DealError: and nothing has changed.
    """
    standing = _locked(deal.lead_id, actor)
    deal.refresh_from_db()
    if deal.is_open:
        return deal
    deal.won_at = deal.lost_at = None
    deal.lost_reason = ""
    deal.save(update_fields=["won_at", "lost_at", "lost_reason"])
    if not Deal.objects.filter(lead=deal.lead_id, won_at__isnull=False).exists():
        _move(standing, Stage.OPPORTUNITY, actor, now)
    return deal


def may_sell(*, standing: Standing, user: User) -> bool:
    """Whether this person keeps the lead's deals: its rep, and a manager."""
    if not user.has_perm("handoff.decide_handoff"):
        return False
    return standing.owner_id == user.pk or user.has_perm("handoff.manage_handoffs")


def may_open(*, standing: Standing, user: User) -> bool:
    """Whether this person can open a deal on the lead as it stands."""
    return standing.stage in SOLD_TO and may_sell(standing=standing, user=user)


def _locked(lead_id: int, actor: User) -> Standing:
    standing = Standing.objects.select_for_update().get(pk=lead_id)
    if not may_sell(standing=standing, user=actor):
        raise DealError(_("Only the rep of this lead and managers change its deals."))
    return standing


def _move(
    standing: Standing, to: Stage, actor: User, now: datetime, reason: str = ""
) -> None:
    score = score_of(standing=standing, now=now)
    wanted = Move(standing.lead_id, to, Cause.DEAL, now, actor, reason, score)
    try:
        lifecycle.move(wanted=wanted, now=now)
    except lifecycle.IllegalMoveError as illegal:
        raise DealError(str(illegal)) from illegal
