"""Hand-offs and deals in the API."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status

from config.problems import ProblemError
from handoff import lifecycle, telling
from handoff.choices import HandoffStatus
from handoff.models import Deal, Handoff, RejectionReason
from handoff.selling import deal_import
from leads import paging
from leads.capture.api_requests import (
    ApiRequest,
    KeyAuth,
    do,
    json_body,
    refused,
    require,
    sent,
)
from leads.capture.choices import Scope
from leads.capture.idempotency import Done
from leads.capture.importing import RowRefusedError
from leads.capture.lead_answers import check_page
from leads.capture.mapping import ParsedRow
from leads.capture.records import Reader, Shape

router = Router(tags=["Hand-offs"])
deals_router = Router(tags=["Deals"])

LATEST_FIRST = ("-routed_at", "-pk")
LONGEST_NOTE = 2_000
DEAL = Shape(deal_import.FIELDS, needed=("external_id",))
REJECTION_SCHEMA = {
    "type": "object",
    "required": ["reason"],
    "properties": {
        "reason": {"type": "string", "description": "the key of a rejection reason"},
        "note": {"type": "string", "maxLength": LONGEST_NOTE},
    },
}


class HandoffLead(Schema):
    """The lead that is offered."""

    id: int
    name: str
    email: str
    external_id: str
    source_system: str


class HandoffOut(Schema):
    """One offer of a lead to sales. People are told by their e-mail addresses."""

    id: int
    lead: HandoffLead
    status: str
    cycle: int
    team: str | None
    rep: str | None
    routed_at: datetime
    due_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None
    note: str


class HandoffPage(Schema):
    """Some hand-offs, and where the next ones begin."""

    items: list[HandoffOut]
    next_cursor: str


class DealOut(Schema):
    """A deal, and the stage that its lead is in by now."""

    id: int
    external_id: str
    source_system: str
    lead_id: int
    amount: str | None
    currency: str
    opened_at: datetime
    won_at: datetime | None
    lost_at: datetime | None
    lost_reason: str
    stage: str
    warnings: list[str]


@router.get(
    "handoffs",
    auth=KeyAuth(Scope.HANDOFFS_READ),
    response=HandoffPage,
    summary="List hand-offs, the latest first",
)
def list_handoffs(
    request: ApiRequest,
    status: HandoffStatus | None = None,
    cursor: str = "",
    limit: int = 50,
) -> dict[str, Any]:
    """Those that the key's person may see: a rep own ones and those of the pool."""
    check_page(cursor=cursor, limit=limit, order=LATEST_FIRST)
    handoffs = Handoff.objects.visible_to(request.user).with_names()
    if status:
        handoffs = handoffs.filter(status=status)
    page = paging.page_of(handoffs, order=LATEST_FIRST, cursor=cursor, size=limit)
    items = [_answer(handoff) for handoff in page.rows]
    return {"items": items, "next_cursor": page.next_cursor}


@router.post(
    "handoffs/{int:handoff_id}/accept",
    auth=KeyAuth(Scope.HANDOFFS_DECIDE),
    response=HandoffOut,
    openapi_extra=json_body({"type": "object", "maxProperties": 0}),
    summary="Accept a hand-off",
)
def accept(request: ApiRequest, handoff_id: int) -> Status[dict[str, Any]]:
    """As the key's person. 409 with the present state where somebody was faster."""
    if sent(request):
        raise ProblemError(422, _("Accepting takes an empty object."))
    handoff = _offered(request, handoff_id)
    return _decide(request, handoff, lifecycle.accept)


@router.post(
    "handoffs/{int:handoff_id}/reject",
    auth=KeyAuth(Scope.HANDOFFS_DECIDE),
    response=HandoffOut,
    openapi_extra=json_body(REJECTION_SCHEMA),
    summary="Reject a hand-off",
)
def reject(request: ApiRequest, handoff_id: int) -> Status[dict[str, Any]]:
    """With the key of a reason, such as `timing`, and a note where it asks for one."""
    handoff = _offered(request, handoff_id)
    given = sent(request)
    reason, note = _reason(given.pop("reason", None)), given.pop("note", "") or ""
    if not isinstance(note, str) or len(note) > LONGEST_NOTE:
        raise refused(RowRefusedError("note", _("must be text of 2,000 characters")))
    for name in given:
        raise refused(RowRefusedError(name, _("is no field")))
    deed = partial(lifecycle.reject, reason=reason, note=note)
    return _decide(request, handoff, deed)


@deals_router.post(
    "deals",
    auth=KeyAuth(Scope.DEALS_WRITE),
    response={200: DealOut, 201: DealOut},
    openapi_extra=json_body(DEAL.schema()),
    summary="Add or update a deal",
)
def put_deal(request: ApiRequest) -> Status[dict[str, Any]]:
    """Found by `external_id` within its `source_system`; its lead by `email` or
    `lead_external_id`. With `won_at` the lead becomes a customer.
    """
    require(request.user, "leads.import_leads")
    now = timezone.now()
    reader = Reader(DEAL, source_system=request.auth.source_system, now=now)
    try:
        row = reader.row(sent(request))
        return do(request, partial(_put_deal, row, now))
    except RowRefusedError as error:
        raise refused(error) from error


def _offered(request: ApiRequest, pk: int) -> Handoff:
    handoffs = Handoff.objects.offered_to(request.user).with_names()
    return get_object_or_404(handoffs, pk=pk)


def _decide(
    request: ApiRequest, handoff: Handoff, deed: Callable[..., Handoff]
) -> Status[dict[str, Any]]:
    def decided() -> Done:
        deed(handoff=handoff, actor=request.user, now=timezone.now())
        return Done(200, _answer(handoff))

    try:
        return do(request, decided)
    except lifecycle.AlreadyDecidedError as error:
        handoff.refresh_from_db()
        raise ProblemError(409, str(error), handoff=_answer(handoff)) from error
    except lifecycle.NotYoursError as error:
        raise ProblemError(403, str(error)) from error
    except lifecycle.DecisionError as error:
        raise ProblemError(422, str(error)) from error


def _reason(key: Any) -> RejectionReason:
    reasons = RejectionReason.objects.filter(is_on=True)
    found = reasons.filter(key=key).first() if isinstance(key, str) else None
    if found is None:
        keys = ", ".join(reasons.values_list("key", flat=True))
        reason = _("is none of {keys}").format(keys=keys)
        raise refused(RowRefusedError("reason", reason))
    return found


def _answer(handoff: Handoff) -> dict[str, Any]:
    lead = handoff.lead
    shown = {
        "id": lead.pk,
        "name": lead.name,
        "email": lead.email,
        "external_id": lead.external_id,
        "source_system": lead.source_system,
    }
    return {**telling.handoff_told(handoff), "lead": shown}


def _put_deal(row: ParsedRow, now: datetime) -> Done:
    outcome = deal_import.take(rows=[row], now=now)
    for _row, error in outcome.refused:
        raise error
    deal = Deal.objects.select_related("lead__standing").get(
        source_system=row.values.get("source_system", ""),
        external_id=row.values["external_id"],
    )
    answer = {
        "id": deal.pk,
        "external_id": deal.external_id,
        "source_system": deal.source_system,
        "lead_id": deal.lead_id,
        "amount": None if deal.amount is None else str(deal.amount),
        "currency": deal.currency,
        "opened_at": deal.opened_at.isoformat(),
        "won_at": _shown(deal.won_at),
        "lost_at": _shown(deal.lost_at),
        "lost_reason": deal.lost_reason,
        "stage": deal.lead.standing.stage,
        "warnings": [text for _line, text in outcome.warnings],
    }
    return Done(201 if outcome.created else 200, answer)


def _shown(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
