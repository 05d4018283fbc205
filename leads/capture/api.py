"""Leads and activities in the API."""

from datetime import datetime
from functools import partial
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Status

from config.problems import ProblemError
from leads.capture import batches, lead_import
from leads.capture.api_requests import (
    ApiRequest,
    KeyAuth,
    do,
    json_body,
    refused,
    require,
    sent,
    sent_batch,
)
from leads.capture.batches import ACTIVITY, LEAD, MOST_ACTIVITIES
from leads.capture.choices import Scope
from leads.capture.idempotency import Done
from leads.capture.importing import RowRefusedError
from leads.capture.lead_answers import LeadOut, LeadPage, lead_answers, page_of_leads
from leads.capture.mapping import ParsedRow
from leads.capture.records import Reader
from leads.choices import ConsentHow, Stage
from leads.models import Lead
from leads.text import email_key

router = Router(tags=["Leads"])
activities_router = Router(tags=["Activities"])

BATCH_SCHEMA = {
    "type": "object",
    "required": ["activities"],
    "properties": batches.batch_schema("activities", ACTIVITY, MOST_ACTIVITIES),
}


@router.post(
    "leads",
    auth=KeyAuth(Scope.LEADS_WRITE),
    response={200: LeadOut, 201: LeadOut},
    openapi_extra=json_body(LEAD.schema()),
    summary="Add or update a lead",
)
def put_lead(request: ApiRequest) -> Status[dict[str, Any]]:
    """The lead is found by `external_id` within its `source_system`, or by `email`.

    Answers 201 where it was new and 200 where it was known. What is left out, null or
    empty takes nothing away; a `do_not_mail` or `do_not_call` that is true, and a
    `consent` that is false, are heard, and only the person takes them back.
    """
    require(request.user, "leads.import_leads")
    record, now = sent(request), timezone.now()
    try:
        reader = Reader(LEAD, source_system=request.auth.source_system, now=now)
        row = reader.row(record)
        return do(request, partial(_put_lead, row, now))
    except RowRefusedError as error:
        raise refused(error) from error


@router.get(
    "leads",
    auth=KeyAuth(Scope.LEADS_READ),
    response=LeadPage,
    summary="List leads, newest first",
)
def list_leads(
    request: ApiRequest,
    cursor: str = "",
    limit: int = 50,
    stage: Stage | None = None,
    email: str = "",
    external_id: str = "",
) -> dict[str, Any]:
    """Those that the key's person may see. `next_cursor` of one page is the `cursor`
    of the next; it is empty on the last.
    """
    now = timezone.now()
    leads = Lead.objects.visible_to(request.user)
    if stage:
        leads = leads.filter(standing__stage=stage)
    if email:
        leads = leads.filter(email_key=email_key(email))
    if external_id:
        leads = leads.filter(external_id=external_id)
    return page_of_leads(leads=leads, cursor=cursor, limit=limit, now=now)


@router.get(
    "leads/{int:lead_id}",
    auth=KeyAuth(Scope.LEADS_READ),
    response=LeadOut,
    summary="Read a lead",
)
def read_lead(request: ApiRequest, lead_id: int) -> dict[str, Any]:
    """404 as well where the key's person may not see it."""
    leads = Lead.objects.visible_to(request.user)
    lead = get_object_or_404(leads, pk=lead_id)
    return _answer(lead.pk, timezone.now())


@activities_router.post(
    "activities",
    auth=KeyAuth(Scope.ACTIVITIES_WRITE),
    openapi_extra=json_body(BATCH_SCHEMA),
    summary="Record up to 1,000 activities",
)
def record_activities(request: ApiRequest) -> Status[dict[str, Any]]:
    """Each has an `id` of yours, unique within its `source_system`: sent again it is a
    duplicate and changes nothing. What is rejected is listed with its place in the
    batch; the rest counts.
    """
    now = timezone.now()
    batch = sent_batch(request)
    given = batch.pop("activities", None)
    if batch or not isinstance(given, list):
        raise ProblemError(422, _("Send an object with “activities”, a list."))
    if not 1 <= len(given) <= MOST_ACTIVITIES:
        text = _("A batch holds 1 to {count} activities.")
        raise ProblemError(422, text.format(count=MOST_ACTIVITIES))
    return do(request, partial(_record, request, given, now))


def _put_lead(row: ParsedRow, now: datetime) -> Done:
    outcome = lead_import.take(rows=[row], now=now, how=ConsentHow.API)
    for _row, error in outcome.refused:
        raise error
    status = 201 if outcome.created else 200
    answer = _answer(lead_import.lead_id_of(row=row), now)
    return Done(status, {**answer, "warnings": [text for _, text in outcome.warnings]})


def _answer(lead_id: int, now: datetime) -> dict[str, Any]:
    return lead_answers(leads=Lead.objects.filter(pk=lead_id), now=now)[0]


def _record(request: ApiRequest, given: list[Any], now: datetime) -> Done:
    taken = batches.take_activities(
        given=given,
        user=request.user,
        source_system=request.auth.source_system,
        now=now,
    )
    return Done(200, taken.answer)
