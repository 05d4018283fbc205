"""What routing asks of leads that somebody let expire: who had it, and where next."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, OuterRef, Subquery

from handoff.choices import HandoffStatus, OnExpiry, Priority
from handoff.models import Clock, Handoff
from handoff.sla import levels
from leads.models import Team


@dataclass(frozen=True)
class Expiry:
    """`user_ids` let it expire in this cycle, the last of them in `team`.

    The lead goes to the pool when that was promised, or when so many had it that it
    would go round for ever.
    """

    user_ids: frozenset[int]
    team: Team | None
    goes_to_pool: bool


def of_leads(lead_ids: Sequence[int]) -> dict[int, Expiry]:
    """By lead; only those of which a hand-off has expired in their present cycle."""
    decision = Clock.objects.decisions().filter(handoff=OuterRef("pk"))
    rows = (
        Handoff.objects.filter(
            lead__any_of=lead_ids,
            status=HandoffStatus.EXPIRED,
            cycle=F("lead__standing__cycle"),
        )
        .annotate(priority=Subquery(decision.values("priority")[:1]))
        .select_related("team")
        .defer("brief", "trace")
        .order_by("decided_at", "pk")
    )
    expired: defaultdict[int, list[Handoff]] = defaultdict(list)
    for row in rows:
        expired[row.lead_id].append(row)
    if not expired:
        return {}
    promises = levels.load()
    found = {}
    for lead_id, handoffs in expired.items():
        last = handoffs[-1]
        level = promises.level(
            team_id=last.team_id,
            priority=last.priority or Priority.NORMAL,  # type: ignore[attr-defined]
        )
        found[lead_id] = Expiry(
            user_ids=frozenset(one.rep_id for one in handoffs if one.rep_id),
            team=last.team,
            goes_to_pool=level.on_expiry == OnExpiry.POOL
            or len(handoffs) > level.max_reassignments,
        )
    return found
