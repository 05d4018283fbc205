"""Which lead a command is about."""

from django.core.management.base import CommandError

from leads import merging
from leads.models import Lead


def lead_named(*, lead_id: int) -> Lead:
    """The lead of this number, or who it is now.

    Raises:
        CommandError: there is none.
    """
    ids = [lead_id, merging.survivor_of(lead_id=lead_id)]
    lead = Lead.objects.filter(pk__in=[pk for pk in ids if pk is not None]).first()
    if lead is None:
        raise CommandError(f"ID {lead_id}: there is no such lead.")
    return lead
