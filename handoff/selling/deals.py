"""Deals of a lead that sales accepted, and what they do to its stage.

A customer stays one: a further deal adds to revenue, not to stages.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from handoff import telling
from handoff.choices import DealDeed, DealStage, HandoffStatus
from handoff.models import Deal, DealChange, Handoff
from handoff.selling import lifecycle as deal_lifecycle
from handoff.selling import rights
from leads import lifecycle
from leads.choices import Cause, Stage, WebhookKind
from leads.lifecycle import Move
from leads.models import Lead, Standing, User
from scoring.engagement import score_of

# The stages in which sales works on a lead and may open a deal.
SOLD_TO = (Stage.ACCEPTED, Stage.OPPORTUNITY, Stage.CUSTOMER, Stage.LOST)


TERMS = ("name", "amount", "currency", "stage", "expected_close_on")
CLOSE = (
    "won_at",
    "lost_at",
    "won_reason",
    "lost_reason",
    "close_note",
    "close_rate",
)


class DealError(Exception):
    """A deal could not be changed; the message says why."""


class DealChangedError(DealError):
    """Somebody else changed the deal after it was read."""


@dataclass(frozen=True)
class Terms:
    """What a rep writes on an open deal; money in the deal's own currency."""

    name: str
    amount: Decimal | None
    currency: str
    stage: DealStage
    expected_close_on: date | None


@transaction.atomic
def open_deal(
    *,
    lead: Lead,
    name: str,
    amount: Decimal | None,
    currency: str,
    actor: User,
    now: datetime,
    stage: DealStage = DealStage.DISCOVERY,
    expected_close_on: date | None = None,
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
        stage=stage,
        expected_close_on=expected_close_on,
        opened_at=now,
    )
    _keep(deal, DealDeed.OPENED, actor, now)
    if standing.stage != Stage.CUSTOMER:
        _move(standing, Stage.OPPORTUNITY, actor, now)
    return deal


@transaction.atomic
def edit(*, deal: Deal, version: int, terms: Terms, actor: User, now: datetime) -> Deal:
    """Write the terms on the deal as it was at this version. None new changes nothing.

    Raises:
        DealChangedError: somebody else changed it since; `deal` is as it is now.
        DealError: and nothing has changed.
    """
    _locked(deal.lead_id, actor)
    deal.refresh_from_db()
    if deal.version != version:
        raise DealChangedError(_("Somebody changed this deal while you were at it."))
    before = {name: getattr(deal, name) for name in TERMS}
    wanted = asdict(terms) | {"name": terms.name.strip()}
    changed = [name for name in TERMS if before[name] != wanted[name]]
    if not changed:
        return deal
    if "stage" in changed:
        _to_stage(deal, terms.stage)
    for name in set(changed) - {"stage"}:
        setattr(deal, name, wanted[name])
    changes = {name: [_shown(before[name]), _shown(wanted[name])] for name in changed}
    _save(deal, changed)
    _keep(deal, DealDeed.CHANGED, actor, now, changes)
    return deal


@transaction.atomic
def move(*, deal: Deal, to: DealStage, actor: User, now: datetime) -> Deal:
    """Put an open deal into another stage. Again changes nothing.

    Raises:
        DealError: and nothing has changed.
    """
    _locked(deal.lead_id, actor)
    deal.refresh_from_db()
    before = deal.stage
    if _to_stage(deal, to):
        _save(deal, ["stage"])
        _keep(deal, DealDeed.CHANGED, actor, now, {"stage": [before, to.value]})
    return deal


@transaction.atomic
def win(
    *,
    deal: Deal,
    actor: User,
    now: datetime,
    reason: str = "",
    note: str = "",
    rate: Decimal | None = None,
) -> Deal:
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
    deal.won_at, deal.won_reason = now, reason.strip()
    deal.close_note, deal.close_rate = note.strip(), rate
    _save(deal, CLOSE)
    _keep(deal, DealDeed.WON, actor, now, _why(deal))
    telling.tell_deals(kind=WebhookKind.DEAL_WON, deals=[deal], now=now)
    if standing.stage in (Stage.ACCEPTED, Stage.LOST):
        _move(standing, Stage.OPPORTUNITY, actor, now)
    _move(standing, Stage.CUSTOMER, actor, now)
    return deal


@transaction.atomic
def lose(
    *, deal: Deal, reason: str, actor: User, now: datetime, note: str = ""
) -> Deal:
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
    deal.close_note = note.strip()
    _save(deal, CLOSE)
    _keep(deal, DealDeed.LOST, actor, now, _why(deal))
    telling.tell_deals(kind=WebhookKind.DEAL_LOST, deals=[deal], now=now)
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
    deal.won_at = deal.lost_at = deal.close_rate = None
    deal.lost_reason = deal.won_reason = deal.close_note = ""
    _save(deal, CLOSE)
    _keep(deal, DealDeed.REOPENED, actor, now)
    telling.tell_deals(kind=WebhookKind.DEAL_REOPENED, deals=[deal], now=now)
    if not Deal.objects.filter(lead=deal.lead_id, won_at__isnull=False).exists():
        _move(standing, Stage.OPPORTUNITY, actor, now)
    return deal


def may_open(*, standing: Standing, user: User) -> bool:
    """Whether this person can open a deal on the lead as it stands."""
    return standing.stage in SOLD_TO and rights.may_sell(standing=standing, user=user)


def _locked(lead_id: int, actor: User) -> Standing:
    return rights.lock(lead_id=lead_id, actor=actor, refusal=DealError)


def _move(
    standing: Standing, to: Stage, actor: User, now: datetime, reason: str = ""
) -> None:
    score = score_of(standing=standing, now=now)
    wanted = Move(standing.lead_id, to, Cause.DEAL, now, actor, reason, score)
    try:
        lifecycle.move(wanted=wanted, now=now)
    except lifecycle.IllegalMoveError as illegal:
        raise DealError(str(illegal)) from illegal


def _to_stage(deal: Deal, to: DealStage) -> bool:
    try:
        return deal_lifecycle.move_deal(deal=deal, to=to)
    except ValueError:
        text = _("A deal that is won or lost keeps its stage; reopen it first.")
        raise DealError(text) from None


def _save(deal: Deal, names: Sequence[str]) -> None:
    deal.version += 1
    deal.save(update_fields=[*names, "version"])


def _keep(
    deal: Deal,
    deed: DealDeed,
    actor: User,
    now: datetime,
    changes: dict[str, list[str]] | None = None,
) -> None:
    """Write down who did it, so that the deal's page can tell."""
    DealChange.objects.create(
        deal=deal, deed=deed, actor=actor, at=now, changes=changes or {}
    )


def _why(deal: Deal) -> dict[str, list[str]]:
    told = {"reason": deal.close_reason, "note": deal.close_note}
    return {name: ["", words] for name, words in told.items() if words}


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
