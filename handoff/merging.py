"""What two leads that become one need of the tables of sales."""

from datetime import datetime

from handoff import lifecycle
from handoff.models import Participant
from leads.merging import Pair


def settle(*, pair: Pair, now: datetime) -> None:
    """Keep the offer of the lead that is further on, and end the other's.

    Whom sales took into the conversation with themself is taken out again.
    """
    lifecycle.withdraw_for_merge(lead_id=pair.following_id, now=now)
    both = (pair.kept_id, pair.merged_id)
    Participant.objects.filter(lead__in=both, handoff__lead__in=both).delete()
