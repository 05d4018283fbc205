"""The rejection reasons that a new workspace starts with."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from handoff.choices import ReasonCategory, ReasonEffect
from handoff.models import RejectionReason


def _reason(
    label: Any,
    category: ReasonCategory,
    effect: ReasonEffect,
    *,
    days: int = 90,
    needs_note: bool = False,
    min_attempts: int = 0,
) -> dict[str, Any]:
    return {
        "label": label,
        "category": category,
        "effect": effect,
        "recycle_days": days,
        "needs_note": needs_note,
        "min_attempts": min_attempts,
    }


_RECYCLE, _DISQUALIFY = ReasonEffect.RECYCLE, ReasonEffect.DISQUALIFY
REASONS: dict[str, dict[str, Any]] = {
    "bad-timing": _reason(_("Bad timing"), ReasonCategory.TIMING, _RECYCLE),
    "no-project": _reason(
        _("No project, just researching"), ReasonCategory.INTENT, _RECYCLE, days=60
    ),
    "no-budget": _reason(_("No budget"), ReasonCategory.BUDGET, _RECYCLE, days=180),
    "wrong-person": _reason(
        _("Wrong person, cannot decide"), ReasonCategory.AUTHORITY, _RECYCLE, days=30
    ),
    "too-small": _reason(_("Too small"), ReasonCategory.FIT, _RECYCLE, days=365),
    "not-our-market": _reason(_("Not our market"), ReasonCategory.FIT, _DISQUALIFY),
    "competitor-or-student": _reason(
        _("Competitor or student"), ReasonCategory.FIT, _DISQUALIFY
    ),
    "wrong-contact-details": _reason(
        _("Wrong contact details"), ReasonCategory.DATA, _RECYCLE, days=30
    ),
    "not-reached": _reason(
        _("Could not be reached"),
        ReasonCategory.REACHABILITY,
        _RECYCLE,
        days=30,
        min_attempts=3,
    ),
    "not-mine": _reason(
        _("Belongs to another rep or team"),
        ReasonCategory.ROUTING,
        ReasonEffect.REROUTE,
    ),
    "duplicate": _reason(
        _("Duplicate of another lead"), ReasonCategory.DUPLICATE, _DISQUALIFY
    ),
    "other": _reason(
        _("Something else"), ReasonCategory.OTHER, _RECYCLE, needs_note=True
    ),
}


@transaction.atomic
def ensure_reasons() -> None:
    """Make the reasons that are missing; those that people edited are left alone."""
    known = set(RejectionReason.objects.values_list("key", flat=True))
    RejectionReason.objects.bulk_create(
        RejectionReason(
            key=key, position=position, **{**fields, "label": str(fields["label"])}
        )
        for position, (key, fields) in enumerate(REASONS.items(), start=1)
        if key not in known
    )
