"""Where messages of other systems arrive, and those of mail providers."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Status

from config.problems import ProblemError
from leads.capture import batches
from leads.capture.api_requests import (
    BATCH_BYTES,
    PER_KEY,
    body_of,
    bytes_of,
    let_through,
    members_of,
    require,
    value_of,
)
from leads.capture.idempotency import KeyReusedError
from leads.capture.inbound import receiving, verifying
from leads.capture.inbound.receiving import Message
from leads.capture.inbound.verifying import SignatureError
from leads.nurture.mail import events
from leads.nurture.mail.providers import reports
from leads.nurture.mail.providers.reading import ProviderError
from leads.nurture.mail.providers.reports import Provider

router = Router(tags=["Webhooks"])
MOST = {
    "leads": batches.MOST_LEADS,
    "activities": batches.MOST_ACTIVITIES,
    "mail": events.MOST,
}
RIGHTS = {"leads": "leads.import_leads", "mail": "nurture.manage_nurture"}
SCHEMA = {
    "type": "object",
    "properties": {
        **batches.batch_schema("leads", batches.LEAD, batches.MOST_LEADS),
        **batches.batch_schema("activities", batches.ACTIVITY, batches.MOST_ACTIVITIES),
        **events.SCHEMA,
    },
    "additionalProperties": False,
}
HEADERS = [
    {"in": "header", "name": name, "required": True, "schema": {"type": "string"}}
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
]
DESCRIBED = {
    "parameters": HEADERS,
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": SCHEMA}},
    },
}
DESCRIBED_OF_PROVIDERS = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {}}, "text/plain": {"schema": {}}},
    },
}


@router.post(
    "hooks/{slug}",
    openapi_extra=DESCRIBED,
    summary="Send leads, activities and bounces as a signed webhook",
)
def receive(request: HttpRequest, slug: str) -> Status[dict[str, Any]]:
    """Signed by Standard Webhooks with the secret of the source; no key is needed.

    Up to 500 `leads` and 1,000 `activities`, as one record each of the addresses above,
    and 500 `mail`, bounces and complaints that a mail provider tells.
    What is rejected is listed with its place; the rest counts. The same `webhook-id`
    again is answered as it was the first time.
    """
    now, body = timezone.now(), body_of(request, most_bytes=BATCH_BYTES)
    try:
        source = verifying.source_of(
            slug=slug, headers=request.headers, body=body, now=now
        )
    except SignatureError as error:
        raise ProblemError(
            401, _("The message is not signed as it must be.")
        ) from error
    let_through(name=f"hook:{source.pk}", limit=PER_KEY, now=now)
    parts = _parts(members_of(body, checks_text=False))
    for part in parts:
        if part in RIGHTS:
            require(source.user, RIGHTS[part])
    message = Message(request.headers["webhook-id"], body, parts)
    try:
        received = receiving.receive(source=source, message=message, now=now)
    except KeyReusedError as error:
        raise ProblemError(409, str(error)) from error
    return Status(200, received.answer)


@router.post(
    "hooks/{slug}/{provider}",
    openapi_extra=DESCRIBED_OF_PROVIDERS,
    summary="Send what a mail provider tells of bounces and complaints",
)
def receive_of_provider(
    request: HttpRequest, slug: str, provider: str
) -> Status[dict[str, Any]]:
    """In the provider's own words: `ses` (by SNS), `mailgun`, `postmark`, `sendgrid`.

    The password of the address is the secret of the source, by Basic authorization.
    Bounces, complaints and who unsubscribed count as `mail` does above; whatever else
    the provider tells is left alone. What is nothing that it sends is a 400.
    """
    now, body = timezone.now(), bytes_of(request, most_bytes=BATCH_BYTES)
    if provider not in Provider.values:
        raise ProblemError(404, _("This mail provider is not known here."))
    try:
        source = verifying.source_by_password(
            slug=slug, headers=request.headers, now=now
        )
    except SignatureError as error:
        # Amazon sends the password only after it was asked for it.
        challenge = {"WWW-Authenticate": 'Basic realm="Baton", charset="UTF-8"'}
        text = _("The password of the address is not right.")
        raise ProblemError(401, text, headers=challenge) from error
    let_through(name=f"hook:{source.pk}", limit=PER_KEY, now=now)
    require(source.user, RIGHTS["mail"])
    try:
        report = reports.report(
            provider=Provider(provider), body=value_of(body, checks_text=False)
        )
    except ProviderError as error:
        raise ProblemError(400, str(error)) from error
    answer = receiving.receive_report(
        source=source,
        provider=provider,
        events=report.events,
        confirms_at=report.confirms_at,
        body=body,
        now=now,
    )
    return Status(200, answer)


def _parts(members: dict[str, Any]) -> dict[str, list[Any]]:
    """The lists of records, the leads first, so that their activities find them.

    Raises:
        ProblemError: there are none, or too many, or others.
    """
    if not members or members.keys() - MOST.keys():
        raise ProblemError(422, _("Send “leads”, “activities” or “mail”, each a list."))
    for name, records in members.items():
        if not isinstance(records, list) or not 1 <= len(records) <= MOST[name]:
            text = _("“{name}” is a list of 1 to {count} records.")
            raise ProblemError(422, text.format(name=name, count=MOST[name]))
    return {name: members[name] for name in MOST if name in members}
