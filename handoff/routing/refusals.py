"""Who has said no to a lead lately, and is not offered it again for a while."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handoff.choices import ReasonEffect
from handoff.models import Handoff
from leads.choices import Cause, Stage
from leads.models import StageChange


@dataclass
class Refusals:
    """By lead who rejected it when; and by lead and cycle whether it asked for sales.

    A lead that asks for sales is news, whoever said no to it before.
    """

    by_lead_id: dict[int, list[tuple[int, datetime]]] = field(default_factory=dict)
    asking: set[tuple[int, int]] = field(default_factory=set)

    def said_no(self, lead_id: int, *, cycle: int, at: datetime, days: int) -> set[int]:
        """The people who rejected the lead within so many days before an instant."""
        if (lead_id, cycle) in self.asking:
            return set()
        since = at - timedelta(days=days)
        said = self.by_lead_id.get(lead_id, ())
        return {person for person, decided_at in said if since < decided_at <= at}


def of_leads(lead_ids: Sequence[int]) -> Refusals:
    """All of these leads, but those as another rep's; at most two queries."""
    rejected = Handoff.objects.rejected().filter(lead__in=lead_ids)
    said = rejected.exclude(reason__effect=ReasonEffect.REROUTE).exclude(
        decided_by=None
    )
    found: defaultdict[int, list[tuple[int, datetime]]] = defaultdict(list)
    columns = ("lead", "decided_by", "decided_at")
    for lead_id, person, decided_at in said.order_by().values_list(*columns):
        found[lead_id].append((person, decided_at))
    if not found:
        return Refusals()
    asked = StageChange.objects.filter(
        lead__in=[*found],
        to_stage=Stage.SQL,
        cause=Cause.FAST_TRACK,
        is_undone=False,
    )
    asking = set(asked.order_by().values_list("lead", "cycle"))
    return Refusals(dict(found), asking)
