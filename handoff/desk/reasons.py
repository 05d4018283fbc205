"""Editing the reasons to reject: a reason is retired, never deleted."""

from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from handoff import places, setting_changes
from handoff.choices import ActsNext, ReasonCategory, SettingKind
from handoff.models import RejectionReason
from handoff.setting_changes import By

FIELDS = (
    "label",
    "category",
    "acts_next",
    "effect",
    "recycle_days",
    "needs_note",
    "min_attempts",
)


@transaction.atomic
def save(
    *, reason: RejectionReason | None, fields: dict[str, Any], by: By
) -> RejectionReason:
    """Change the reason, or make a new one behind the others. `fields` are `FIELDS`."""
    if reason is None:
        last = RejectionReason.objects.aggregate(last=Max("position"))["last"] or 0
        key = f"reason-{uuid4().hex[:12]}"
        made = RejectionReason.objects.create(key=key, position=last + 1, **fields)
        _record(made, {}, by)
        return made
    before = _facts(RejectionReason.objects.get(pk=reason.pk))
    for name, value in fields.items():
        setattr(reason, name, value)
    reason.save(update_fields=FIELDS)
    _record(reason, before, by)
    return reason


@transaction.atomic
def move(*, reason: RejectionReason, by: int) -> None:
    """Let the reason change places with the one before (-1) or after (+1), if any."""
    in_use = RejectionReason.objects.filter(is_on=True).select_for_update()
    order = places.swap(list(in_use), reason, by)
    RejectionReason.objects.bulk_update(order, ["position"])


@transaction.atomic
def use(*, reason: RejectionReason, is_on: bool, by: By) -> None:
    """Offer the reason, or retire it; what it decided keeps it."""
    before = _facts(reason)
    reason.is_on = is_on
    reason.save(update_fields=["is_on"])
    _record(reason, before, by)


def _record(reason: RejectionReason, before: dict[str, str], by: By) -> None:
    setting_changes.record(
        kind=SettingKind.REASON,
        subject=reason.label,
        before=before,
        after=_facts(reason),
        by=by,
    )


def _facts(reason: RejectionReason) -> dict[str, str]:
    yes, no = _("yes"), _("no")
    return {
        _("Reason"): reason.label,
        _("Category"): str(ReasonCategory(reason.category).label),
        _("Who should act"): str(ActsNext(reason.acts_next).label),
        _("What it does"): reason.consequence,
        _("Asks for a note"): yes if reason.needs_note else no,
        _("Attempts before it may be chosen"): str(reason.min_attempts),
        _("In use"): yes if reason.is_on else no,
    }
