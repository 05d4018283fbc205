"""The rejection reasons that a new workspace starts with."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from handoff.choices import ActsNext, ReasonCategory, ReasonEffect
from handoff.models import RejectionReason


def _reason(
    label: Any,
    category: ReasonCategory,
    effect: ReasonEffect,
    *,
    days: int = 90,
    acts_next: ActsNext = ActsNext.MARKETING,
    needs_note: bool = False,
    min_attempts: int = 0,
) -> dict[str, Any]:
    return {
        "label": label,
        "category": category,
        "effect": effect,
        "recycle_days": days,
        "acts_next": acts_next,
        "needs_note": needs_note,
        "min_attempts": min_attempts,
    }


_RECYCLE, _DISQUALIFY = ReasonEffect.RECYCLE, ReasonEffect.DISQUALIFY
_NOBODY = ActsNext.NOBODY
REASONS: dict[str, dict[str, Any]] = {
    "not-reached": _reason(
        _("Unable to reach"),
        ReasonCategory.REACHABILITY,
        _RECYCLE,
        days=30,
        min_attempts=3,
    ),
    "wrong-contact-details": _reason(
        _("Inaccurate data"), ReasonCategory.DATA, ReasonEffect.FIX_DATA, days=30
    ),
    "not-our-market": _reason(_("Not our profile"), ReasonCategory.FIT, _DISQUALIFY),
    "no-project": _reason(_("No need"), ReasonCategory.INTENT, _RECYCLE, days=60),
    "no-budget": _reason(_("No budget"), ReasonCategory.BUDGET, _RECYCLE, days=180),
    "wrong-person": _reason(
        _("No authority"), ReasonCategory.AUTHORITY, _RECYCLE, days=30
    ),
    "bad-timing": _reason(_("Bad timing"), ReasonCategory.TIMING, _RECYCLE),
    "competitor-or-student": _reason(
        _("Competitor"), ReasonCategory.FIT, _DISQUALIFY, acts_next=_NOBODY
    ),
    "existing-customer": _reason(
        _("Existing customer or open deal"),
        ReasonCategory.DUPLICATE,
        _DISQUALIFY,
        acts_next=ActsNext.SALES,
    ),
    "duplicate": _reason(_("Duplicate"), ReasonCategory.DUPLICATE, _DISQUALIFY),
    "not-mine": _reason(
        _("Wrong territory"),
        ReasonCategory.ROUTING,
        ReasonEffect.REROUTE,
        acts_next=ActsNext.MANAGER,
    ),
    "student": _reason(
        _("Student or job seeker"),
        ReasonCategory.FIT,
        _DISQUALIFY,
        acts_next=_NOBODY,
    ),
    "other": _reason(_("Other"), ReasonCategory.OTHER, _RECYCLE, needs_note=True),
}


@transaction.atomic
def ensure_reasons() -> None:
    """Make them in a workspace that has none; one that has some keeps its own."""
    if RejectionReason.objects.exists():
        return
    RejectionReason.objects.bulk_create(
        RejectionReason(
            key=key, position=position, **{**fields, "label": str(fields["label"])}
        )
        for position, (key, fields) in enumerate(REASONS.items(), start=1)
    )
