"""Whose deals are: the open ones of a lead go with it from rep to rep.

Given away at work, a lead takes along those of the rep who had it, or of nobody; a deal
that a colleague keeps on somebody else's lead stays the colleague's. Accepted anew, it
takes all along: they are left from an earlier cycle, and only its rep can work on them.
What is won or lost stays with whoever closed it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from handoff import notices
from handoff.choices import DealDeed
from handoff.models import Deal, DealChange, Handoff
from leads import bulk, notifications
from leads.choices import NotificationKind
from leads.models import User
from leads.notifications import News


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


def go_along(*, handoff: Handoff, actor: User, now: datetime) -> None:
    """Give the open deals of a lead that is accepted to its rep, and tell whose it was.

    The trace keeps who had each, for `come_back`. The caller has locked the standing.
    """
    of_lead = Deal.objects.open().filter(lead=handoff.lead_id)
    going = list(
        of_lead.exclude(owner=handoff.rep).select_related("owner").order_by("pk")
    )
    if not going:
        return
    kept = [{"deal": deal.pk, "from": deal.owner_id} for deal in going]
    handoff.trace = {**handoff.trace, "deals": kept}
    handoff.save(update_fields=["trace"])
    _give(going, handoff.rep, actor, now)
    title = _("{actor} accepted {lead}: your open deal goes along")
    _tell_owners(going, handoff, title, actor, now)


def come_back(*, handoff: Handoff, actor: User, now: datetime) -> None:
    """Give them back to whoever had them, as the acceptance is taken back."""
    kept = handoff.trace.get("deals", [])
    if not kept:
        return
    former = User.objects.in_bulk([one["from"] for one in kept if one["from"]])
    for one in kept:
        to = former.get(one["from"])
        give_back(deal_ids=[one["deal"]], by=handoff.rep, to=to, actor=actor, now=now)
    handoff.trace = {
        name: said for name, said in handoff.trace.items() if name != "deals"
    }
    handoff.save(update_fields=["trace"])
    back = Deal.objects.filter(pk__in=[one["deal"] for one in kept])
    title = _(
        "{actor} took the acceptance of {lead} back: the open deal is yours again"
    )
    _tell_owners(list(back.select_related("owner")), handoff, title, actor, now)


def _tell_owners(
    deals: Sequence[Deal], handoff: Handoff, title: str, actor: User, now: datetime
) -> None:
    """Tell each of those who are shown as owners of these; never whoever did it."""
    names_by_owner: defaultdict[int, list[str]] = defaultdict(list)
    for deal in deals:
        if deal.owner_id not in (None, actor.pk):
            names_by_owner[deal.owner_id].append(str(deal))
    lead = handoff.lead
    said = title.format(actor=actor, lead=notices.named(lead))
    about = [lead.role_and_company, notices.score(handoff), notices.why_now(handoff)]
    news = [
        News(
            person_id=person_id,
            kind=NotificationKind.HANDOFF_MOVED,
            event=f"handoff {handoff.pk} deals {now.isoformat()}",
            title=said,
            lines=tuple(filter(None, [*about, *names])),
            path=reverse("leads:detail", args=[lead.pk]),
            lead_id=lead.pk,
        )
        for person_id, names in names_by_owner.items()
    ]
    notifications.notify(news=news, now=now)


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
