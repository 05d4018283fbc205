"""What routing knows of leads before it is anybody's turn, in one query a question."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, QuerySet

from handoff.choices import HandoffStatus, ReasonEffect
from handoff.models import Handoff
from handoff.routing import refusals
from handoff.routing.refusals import Refusals
from handoff.routing.turns import Wanted
from handoff.sla import expiries
from handoff.sla.expiries import Expiry
from leads.choices import Stage
from leads.models import Lead, Standing
from leads.text import fold

SELLING = (Stage.SQL, Stage.ACCEPTED, Stage.OPPORTUNITY)


@dataclass
class Knowledge:
    """Who works with which company; who sent a lead back, said no, or let it expire.

    `rep_by_account_id` grows as leads are placed; the ids are of people.
    """

    rep_by_account_id: dict[int, int]
    misrouted_by_lead_id: dict[int, list[int | None]]
    expiry_by_lead_id: dict[int, Expiry]
    refusals: Refusals = field(default_factory=Refusals)
    # The cycle in which a lead is placed, where it is not its present one.
    cycle: int | None = None

    def said_no(self, lead: Lead, *, days: int, now: datetime) -> set[int]:
        """Who rejected the lead lately, so that it is not offered to them."""
        if lead.pk not in self.refusals.by_lead_id:
            return set()
        cycle = self.cycle or lead.standing.cycle
        return self.refusals.said_no(lead.pk, cycle=cycle, at=now, days=days)


def of_leads(leads: Sequence[Lead]) -> Knowledge:
    lead_ids = [lead.pk for lead in leads]
    selling = _selling(leads)
    misrouted = Handoff.objects.filter(
        lead__any_of=lead_ids,
        status=HandoffStatus.REJECTED,
        reason__effect=ReasonEffect.REROUTE,
        cycle=F("lead__standing__cycle"),
    )
    by_lead_id: defaultdict[int, list[int | None]] = defaultdict(list)
    for lead_id, rep_id in misrouted.order_by().values_list("lead", "rep"):
        by_lead_id[lead_id].append(rep_id)
    return Knowledge(
        dict(selling.values_list("lead__account", "owner")),
        dict(by_lead_id),
        expiries.of_leads(lead_ids),
        refusals.of_leads(lead_ids),
    )


def of_lead_anew(lead: Lead) -> Knowledge:
    """The same of one lead, as if nobody had it yet."""
    others = _selling([lead]).exclude(lead=lead)
    return Knowledge(dict(others.values_list("lead__account", "owner")), {}, {})


def _selling(leads: Sequence[Lead]) -> QuerySet[Standing]:
    """Who works with the companies of these leads, whoever began last at the end."""
    account_ids = {lead.account_id for lead in leads if lead.account_id}
    return Standing.objects.filter(
        lead__account__any_of=account_ids, stage__in=SELLING, owner__isnull=False
    ).order_by("stage_since", "pk")


def wanted(lead: Lead) -> Wanted:
    """What the lead asks of its rep; its company speaks where the lead is silent."""
    account = lead.account
    language = lead.custom.get("language", "")
    return Wanted(
        country=fold(lead.country or (account.country if account else "")),
        language=fold(language) if isinstance(language, str) else "",
        industry=fold(account.industry if account else ""),
    )
