"""How often sales has tried to reach a lead since it was offered."""

from django.utils.translation import ngettext

from handoff.models import Handoff, RejectionReason
from leads.choices import ActivityKind
from leads.models import Activity

# What counts as trying; a note does not.
TRIES = (ActivityKind.CALL, ActivityKind.EMAIL_SENT, ActivityKind.MEETING)


def count(*, handoff: Handoff) -> int:
    """The calls, mails and meetings that people logged since the offer."""
    tries = Activity.objects.filter(
        lead=handoff.lead_id, kind__in=TRIES, occurred_at__gte=handoff.routed_at
    )
    return tries.filter(actor__isnull=False, is_machine=False).count()


def missing(*, handoff: Handoff, reason: RejectionReason) -> int:
    """How many tries this reason still asks for; 0 where it may be chosen."""
    if not reason.min_attempts:
        return 0
    return max(0, reason.min_attempts - count(handoff=handoff))


def words(*, missing: int) -> str:
    """What a person is told who chooses the reason too early."""
    text = ngettext(
        "Log {count} more attempt to reach this lead before you choose this.",
        "Log {count} more attempts to reach this lead before you choose this.",
        missing,
    )
    return text.format(count=missing)
