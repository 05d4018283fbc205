"""Telling other systems what happened: what the webhooks that want it are owed.

Any room calls `tell` in the transaction of what happened, so that both are there or
neither. `leads.webhook_sending` sends it.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.urls import reverse

from leads import bells, copying
from leads.choices import Cause, Stage, WebhookKind
from leads.models import Lead, StageChange, User, WebhookDelivery, WebhookEndpoint
from leads.models.webhook import new_message_id

BATCH = 500
# What is told of a lead, by the name that it has there, beside its address.
TOLD = {
    "id": "pk",
    "external_id": "external_id",
    "source_system": "source_system",
    "email": "email",
    "first_name": "first_name",
    "last_name": "last_name",
    "title": "title",
    "company": "account__name",
    "source": "source",
}
OWED = ("endpoint_id", "kind", "lead_id", "message_id", "body", "not_before")


@dataclass(frozen=True)
class Event:
    """What happened to a lead; `told` is what a receiver reads beside the lead."""

    lead_id: int
    at: datetime
    told: Mapping[str, Any]


def tell(*, kind: WebhookKind, events: Iterable[Event]) -> int:
    """Owe these events to every endpoint that wants the kind; how many deliveries.

    Costs one query where nobody does: then no event is even made. Else the number of
    queries grows with every `BATCH` leads alone.
    """
    endpoints = _wanting(kind)
    if not endpoints:
        return 0
    found = list(events)
    people = _people({event.lead_id for event in found})
    rows = [
        (
            endpoint,
            kind.value,
            event.lead_id,
            new_message_id(),
            body_of(kind, event.at, {**people[event.lead_id], **event.told}),
            event.at,
        )
        for event in found
        for endpoint in endpoints
    ]
    copying.insert(WebhookDelivery, OWED, rows)
    if rows:
        bells.ring("webhooks_owed")
    return len(rows)


class Created(Protocol):
    """A lead that is new: its first stage, since when, and why."""

    @property
    def lead_id(self) -> int: ...

    @property
    def stage(self) -> Stage: ...

    @property
    def cause(self) -> Cause: ...

    @property
    def at(self) -> datetime: ...


def tell_created(*, entries: Sequence[Created]) -> int:
    """Tell of leads that are new."""
    if not entries:
        return 0
    events = (
        Event(one.lead_id, one.at, {"stage": one.stage, "cause": one.cause})
        for one in entries
    )
    return tell(kind=WebhookKind.LEAD_CREATED, events=events)


def tell_moved(*, changes: Sequence[StageChange]) -> int:
    """Tell of moves; stages that were skipped on the way are no events of their own."""
    if not changes:
        return 0
    return tell(kind=WebhookKind.STAGE_CHANGED, events=_moved(changes))


def body_of(kind: WebhookKind, at: datetime, told: Mapping[str, Any]) -> str:
    """The payload as it is sent, by the same text each time."""
    payload = {"type": kind.value, "timestamp": at.isoformat(), "data": told}
    return json.dumps(payload, ensure_ascii=False)


def address_of(user: User | None) -> str | None:
    """How a person of ours is told."""
    return user.email if user else None


def _wanting(kind: WebhookKind) -> list[int]:
    endpoints = WebhookEndpoint.objects.filter(is_on=True, removed_at=None)
    wanted = endpoints.order_by("pk").values_list("pk", "kinds")
    return [pk for pk, kinds in wanted if kind.value in kinds]


def _people(lead_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """What a receiver reads of each lead."""
    found: dict[int, dict[str, Any]] = {}
    ordered = sorted(lead_ids)
    # Ten thousand leads may move at once; their addresses differ in the number alone.
    begin, end = reverse("leads:detail", args=[0]).split("0")
    begin = settings.SITE_URL.rstrip("/") + begin
    for start in range(0, len(ordered), BATCH):
        leads = Lead.objects.filter(pk__any_of=ordered[start : start + BATCH])
        for row in leads.order_by().values_list(*TOLD.values()):
            told = dict(zip(TOLD, row, strict=True))
            told["url"] = f"{begin}{told['id']}{end}"
            found[told["id"]] = {"lead": told}
    return found


def _moved(changes: Sequence[StageChange]) -> Iterator[Event]:
    began: dict[int, str] = {}
    for change in changes:
        from_stage = began.setdefault(change.lead_id, change.from_stage)
        if change.is_inferred:
            continue
        del began[change.lead_id]
        told = {
            "from": from_stage,
            "to": change.to_stage,
            "cause": change.cause,
            "reason": change.reason,
            "by": address_of(change.actor),
            "cycle": change.cycle,
        }
        yield Event(change.lead_id, change.at, told)
