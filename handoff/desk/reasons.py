"""Editing the reasons to reject: a reason is retired, never deleted."""

from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from handoff import places
from handoff.models import RejectionReason

FIELDS = (
    "label",
    "category",
    "acts_next",
    "effect",
    "recycle_days",
    "needs_note",
    "min_attempts",
)


def save(*, reason: RejectionReason | None, fields: dict[str, Any]) -> RejectionReason:
    """Change the reason, or make a new one behind the others. `fields` are `FIELDS`."""
    if reason is None:
        last = RejectionReason.objects.aggregate(last=Max("position"))["last"] or 0
        key = f"reason-{uuid4().hex[:12]}"
        return RejectionReason.objects.create(key=key, position=last + 1, **fields)
    for name, value in fields.items():
        setattr(reason, name, value)
    reason.save(update_fields=FIELDS)
    return reason


@transaction.atomic
def move(*, reason: RejectionReason, by: int) -> None:
    """Let the reason change places with the one before (-1) or after (+1), if any."""
    in_use = RejectionReason.objects.filter(is_on=True).select_for_update()
    order = places.swap(list(in_use), reason, by)
    RejectionReason.objects.bulk_update(order, ["position"])


def use(*, reason: RejectionReason, is_on: bool) -> None:
    """Offer the reason, or retire it; what it decided keeps it."""
    reason.is_on = is_on
    reason.save(update_fields=["is_on"])
