"""Who of a lead's account takes part in the conversation with sales."""

from datetime import datetime

from django.db import transaction
from django.db.models import Case, Exists, IntegerField, OuterRef, Value, When
from django.utils.translation import gettext as _

from handoff.choices import HandoffStatus
from handoff.models import Handoff, Participant
from handoff.selling import rights
from leads.models import Lead, User
from leads.querysets import LeadQuerySet

# So many people of an account are offered.
PEOPLE_SHOWN = 30
WITH_SALES = (HandoffStatus.PENDING, HandoffStatus.ACCEPTED)


class ConversationError(Exception):
    """Somebody could not be taken in; the message says why."""


def current(*, lead: Lead) -> Handoff | None:
    """The hand-off of the conversation: the latest that waits or was accepted."""
    mine = Handoff.objects.filter(lead=lead, status__in=WITH_SALES)
    return mine.order_by("-routed_at", "-pk").first()


def people(*, lead: Lead, handoff: Handoff | None) -> LeadQuerySet:
    """The lead itself, who takes part, then the others of the account.

    Each has `takes_part`.
    """
    if lead.account_id is None:
        found = Lead.objects.filter(pk=lead.pk)
    else:
        found = Lead.objects.filter(account=lead.account_id)
    parts = Participant.objects.filter(handoff=handoff, lead=OuterRef("pk"))
    place = Case(
        When(pk=lead.pk, then=Value(0)),
        When(takes_part=True, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return (
        found.annotate(takes_part=Exists(parts))
        .select_related("standing")
        .order_by(place, "last_name", "pk")[: PEOPLE_SHOWN + 1]
    )


@transaction.atomic
def take_in(
    *, handoff: Handoff, person: Lead, actor: User, now: datetime
) -> Participant:
    """Let another person of the account take part. Again changes nothing.

    Raises:
        ConversationError: and nothing has changed.
    """
    rights.lock(lead_id=handoff.lead_id, actor=actor, refusal=ConversationError)
    is_colleague = (
        person.account_id is not None
        and person.account_id == handoff.lead.account_id
        and person.pk != handoff.lead_id
    )
    if not is_colleague:
        raise ConversationError(_("Only people of the same company take part."))
    part, _made = Participant.objects.get_or_create(
        handoff=handoff, lead=person, defaults={"added_by": actor, "added_at": now}
    )
    return part


@transaction.atomic
def take_out(*, handoff: Handoff, person: Lead, actor: User) -> None:
    """Take somebody out of the conversation. Again changes nothing.

    Raises:
        ConversationError: and nothing has changed.
    """
    rights.lock(lead_id=handoff.lead_id, actor=actor, refusal=ConversationError)
    Participant.objects.filter(handoff=handoff, lead=person).delete()
