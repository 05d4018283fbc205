"""Whose deals are: the open ones of a lead go with it from rep to rep.

Given away at work, a lead takes along those of the rep who had it, or of nobody; a deal
that a colleague keeps on somebody else's lead stays the colleague's. Accepted anew, it
takes all along: they are left from an earlier cycle, and only its rep can work on them.
What is won or lost stays with whoever closed it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import prefetch_related_objects
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
    _give([(deal, to) for deal in going], actor, now)
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
    going = given.select_related("owner").order_by("pk")
    _give([(deal, to) for deal in going], actor, now)


def go_along(*, handoffs: Sequence[Handoff], actor: User | None, now: datetime) -> None:
    """Give the open deals of leads that are accepted to their reps; tell the owners.

    Of each lead there is one hand-off; one without a rep takes no deal along. Without
    an actor sales has sold already. The traces keep who had each, for `come_back`. The
    caller has locked the standings.
    """
    by_lead_id = {one.lead_id: one for one in handoffs if one.rep_id}
    of_leads = Deal.objects.open().filter(lead__any_of=list(by_lead_id))
    going = [
        deal
        for deal in of_leads.select_related("owner").order_by("pk")
        if deal.owner_id != by_lead_id[deal.lead_id].rep_id
    ]
    if not going:
        return
    going_by_lead_id = defaultdict(list)
    for deal in going:
        going_by_lead_id[deal.lead_id].append(deal)
    for lead_id, deals in going_by_lead_id.items():
        kept = [{"deal": deal.pk, "from": deal.owner_id} for deal in deals]
        handoff = by_lead_id[lead_id]
        handoff.trace = {**handoff.trace, "deals": kept}
    moved = [by_lead_id[lead_id] for lead_id in going_by_lead_id]
    bulk.update_many(moved, fields=["trace"])
    prefetch_related_objects(moved, "rep", "lead__account")
    _give([(deal, by_lead_id[deal.lead_id].rep) for deal in going], actor, now)
    title = _("{actor} accepted {lead}: your open deal goes along")
    if actor is None:
        title = _("Sales sells to {lead} already: your open deal goes to {rep}")
    _tell_owners(
        [(by_lead_id[deal.lead_id], deal) for deal in going], title, actor, now
    )


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
    _tell_owners([(handoff, deal) for deal in back], title, actor, now)


def _tell_owners(
    deals: Sequence[tuple[Handoff, Deal]],
    title: str,
    actor: User | None,
    now: datetime,
) -> None:
    """Tell each of those who are shown as owners of these; never whoever did it."""
    of_whom: defaultdict[tuple[Handoff, int], list[str]] = defaultdict(list)
    for handoff, deal in deals:
        if deal.owner_id is not None and (actor is None or deal.owner_id != actor.pk):
            of_whom[handoff, deal.owner_id].append(str(deal))
    news = [
        News(
            person_id=person_id,
            kind=NotificationKind.HANDOFF_MOVED,
            event=f"handoff {handoff.pk} deals {now.isoformat()}",
            title=title.format(
                actor=actor, lead=notices.named(handoff.lead), rep=handoff.rep
            ),
            lines=tuple(filter(None, [*_about(handoff), *names])),
            path=reverse("leads:detail", args=[handoff.lead_id]),
            lead_id=handoff.lead_id,
        )
        for (handoff, person_id), names in of_whom.items()
    ]
    notifications.notify(news=news, now=now)


def _about(handoff: Handoff) -> list[str]:
    lead = handoff.lead
    return [lead.role_and_company, notices.score(handoff), notices.why_now(handoff)]


def _give(
    deals: Sequence[tuple[Deal, User | None]], actor: User | None, now: datetime
) -> None:
    """Make each deal this person's; its owner and version are as they were read."""
    if not deals:
        return
    rows = [(deal.pk, to.pk if to else None, deal.version + 1) for deal, to in deals]
    bulk.update(Deal, ["owner_id", "version"], rows)
    bulk.insert_many(
        [
            DealChange(
                deal=deal,
                deed=DealDeed.CHANGED,
                actor=actor,
                at=now,
                changes={"owner": [str(deal.owner or ""), str(to or "")]},
            )
            for deal, to in deals
        ]
    )
