"""The reasons for won and lost deals that a new workspace starts with."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from handoff.choices import DealEnd
from handoff.models import DealReason

OTHER = _("Something else")
REASONS = {
    DealEnd.WON: (
        _("Fits the need best"),
        _("Price"),
        _("Service and people"),
        _("Existing relationship"),
        OTHER,
    ),
    DealEnd.LOST: (
        _("Chose a competitor"),
        _("Price"),
        _("No budget"),
        _("Project postponed"),
        _("Missing integration"),
        _("No decision"),
        OTHER,
    ),
}


@transaction.atomic
def ensure_reasons() -> None:
    """Make the reasons of a workspace that has none; edited ones are left alone."""
    for end, labels in REASONS.items():
        if DealReason.objects.filter(end=end).exists():
            continue
        DealReason.objects.bulk_create(
            DealReason(
                end=end,
                label=str(label),
                needs_note=label is OTHER,
                position=position,
            )
            for position, label in enumerate(labels, start=1)
        )
