"""Taking a signed message: once for each id, with what it did."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from leads.capture import batches, idempotency
from leads.capture.batches import Taken
from leads.capture.idempotency import KeyReusedError
from leads.capture.importing import RowRefusedError
from leads.capture.models import ReceivedWebhook, RefusedRecord, WebhookSource

KEPT_FOR = timedelta(days=30)
LONGEST_RECORD = 4_000  # characters of a refused record that are kept
LONGEST_FIELD = 200


@dataclass(frozen=True)
class Message:
    """What came: the records by `leads`, `activities` and `mail`, each a list."""

    webhook_id: str
    body: bytes
    parts: Mapping[str, Sequence[Any]]
    confirms_at: str = ""


def receive(
    *, source: WebhookSource, message: Message, now: datetime
) -> ReceivedWebhook:
    """Take the records in, and keep what became of each; all or nothing.

    The same id again returns what was done the first time and does nothing.

    Raises:
        KeyReusedError: the id came with another body before.
    """
    return idempotency.retried(partial(_once, source, message, now))


def receive_report(
    *,
    source: WebhookSource,
    provider: str,
    events: Sequence[Any],
    confirms_at: str,
    body: bytes,
    now: datetime,
) -> dict[str, Any]:
    """The answer to what a mail provider told; what it told of nobody is not kept.

    A provider has no ids that all understand: the same body again is the same message.
    confirms_at: where a person confirms that the provider may tell us, shown on the
        page of the source.
    """
    if not events and not confirms_at:
        return {"mail": Taken({"heeded": 0, "ignored": 0}, []).answer}
    parts = {"mail": events} if events else {}
    digest = hashlib.sha256(body).hexdigest()
    message = Message(f"{provider}:{digest}", body, parts, confirms_at)
    answer: dict[str, Any] = receive(source=source, message=message, now=now).answer
    return answer


def confirmation_of(source: WebhookSource) -> str:
    """Where a person confirms what the provider asked last; empty where nothing."""
    asked = source.received_webhooks.filter(answer__has_key="confirm")
    latest = asked.order_by("-pk").first()
    return str(latest.answer["confirm"]) if latest else ""


def forget(*, now: datetime) -> int:
    """Delete what was received more than 30 days ago, and count it."""
    old = ReceivedWebhook.objects.filter(received_at__lt=now - KEPT_FOR)
    return old.delete()[0]


def _once(source: WebhookSource, message: Message, now: datetime) -> ReceivedWebhook:
    digest = hashlib.sha256(message.body).hexdigest()
    known = ReceivedWebhook.objects.filter(
        source=source, webhook_id=message.webhook_id
    ).first()
    if known is not None:
        if known.body_digest != digest:
            raise KeyReusedError(_("This webhook-id came with another body before."))
        return known
    # Of two at once the second waits here, fails, and finds the answer of the first.
    made = ReceivedWebhook.objects.create(
        source=source,
        webhook_id=message.webhook_id,
        body_digest=digest,
        received_at=now,
    )
    taken = {
        part: _take(part, records, source, now)
        for part, records in message.parts.items()
    }
    _keep_refused(made, message, taken)
    made.taken = sum(sum(one.counts.values()) for one in taken.values())
    made.refused = sum(len(one.rejected) for one in taken.values())
    made.answer = {part: one.answer for part, one in taken.items()}
    if message.confirms_at:
        made.answer["confirm"] = message.confirms_at
    made.save(update_fields=["taken", "refused", "answer"])
    return made


def _take(
    part: str, records: Sequence[Any], source: WebhookSource, now: datetime
) -> Taken:
    system = source.source_system
    if part == "mail":
        return _take_mail_events(records, now)
    if part == "leads":
        return batches.take_leads(given=records, source_system=system, now=now)
    return batches.take_activities(
        given=records, user=source.user, source_system=system, now=now
    )


def _take_mail_events(records: Sequence[Any], now: datetime) -> Taken:
    """Bounces and complaints go to the room that `settings.MAIL_EVENTS` names."""
    counts, refused = import_string(settings.MAIL_EVENTS)(given=records, now=now)
    rejected = [
        (place, RowRefusedError(field, reason)) for place, field, reason in refused
    ]
    return Taken(counts, rejected)


def _keep_refused(
    received: ReceivedWebhook, message: Message, taken: Mapping[str, Taken]
) -> None:
    rows = [
        _refused(received, part, index, error, message.parts[part][index])
        for part, one in taken.items()
        for index, error in one.rejected
    ]
    RefusedRecord.objects.bulk_create(rows, batch_size=500)


def _refused(
    received: ReceivedWebhook,
    part: str,
    index: int,
    error: RowRefusedError,
    record: Any,
) -> RefusedRecord:
    return RefusedRecord(
        received=received,
        part=part,
        place=index,
        field=error.field[:LONGEST_FIELD],
        reason=error.reason,
        # Escaped to ASCII: it may hold what no database keeps.
        record=json.dumps(record)[:LONGEST_RECORD],
    )
