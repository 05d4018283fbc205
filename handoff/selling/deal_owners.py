"""Whose deals are: the open ones of a lead go with it from rep to rep.

Only those of the rep who had the lead, or of nobody. A deal that a colleague keeps on
somebody else's lead stays the colleague's, and what is won or lost stays with whoever
closed it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import F

from handoff.choices import DealDeed
from handoff.models import Deal, DealChange
from leads import bulk
from leads.models import User


def hand_over(
    *,
    former_by_lead_id: Mapping[int, int | None],
    to: User | None,
    actor: User | None,
    now: datetime,
) -> dict[int, list[int]]:
    """Give the open deals of these leads to their next rep: which, by the lead.

    `former_by_lead_id` says who had each lead. A lead that nobody gets takes no deal
    along. The caller has locked the standings of the leads.
    """
    if to is None:
        return {}
    of_leads = Deal.objects.open().filter(lead__in=list(former_by_lead_id))
    going = [
        deal
        for deal in of_leads.select_related("owner").order_by("pk")
        if deal.owner_id in (None, former_by_lead_id[deal.lead_id])
        and deal.owner_id != to.pk
    ]
    _give(going, to, actor, now)
    by_lead_id = defaultdict(list)
    for deal in going:
        by_lead_id[deal.lead_id].append(deal.pk)
    return dict(by_lead_id)


def give_back(
    *,
    deal_ids: Iterable[int],
    by: User | None,
    to: User | None,
    actor: User | None,
    now: datetime,
) -> None:
    """Give back which of these are still open and with whom they were given to."""
    given = Deal.objects.open().filter(pk__in=list(deal_ids), owner=by)
    _give(list(given.select_related("owner").order_by("pk")), to, actor, now)


def _give(
    deals: Sequence[Deal], to: User | None, actor: User | None, now: datetime
) -> None:
    if not deals:
        return
    of_them = Deal.objects.filter(pk__in=[deal.pk for deal in deals])
    of_them.update(owner=to, version=F("version") + 1)
    bulk.insert_many(
        [
            DealChange(
                deal=deal,
                deed=DealDeed.CHANGED,
                actor=actor,
                at=now,
                changes={"owner": [str(deal.owner or ""), str(to or "")]},
            )
            for deal in deals
        ]
    )
