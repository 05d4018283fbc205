"""Giving waiting leads to reps.

The rep who owns the company comes first, then the one who already works with it, then
a weighted round robin over the default team; what nobody can take waits in its pool.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from handoff import briefs, notices, telling
from handoff.choices import HandoffStatus, ReasonEffect, RoutedBy
from handoff.models import Handoff
from handoff.routing import floor
from handoff.routing.floor import Floor, Place
from handoff.routing.turns import Wanted
from handoff.sla import clocks, expiries, levels
from handoff.sla.expiries import Expiry
from leads import bulk, lifecycle
from leads.choices import Stage
from leads.crashpoints import crashpoint
from leads.models import Lead, Rep, Standing, Team
from leads.text import fold

BATCH = 1_000
# A call routes at most this many leads; the sweep comes back for the rest.
LIMIT = 10_000
# So often may a lead be sent back as misrouted before it goes to the pool.
MISROUTED_LIMIT = 3
SELLING = (Stage.SQL, Stage.ACCEPTED, Stage.OPPORTUNITY)


@dataclass
class _Companies:
    """By lead or account: what routing asks about before it is anybody's turn."""

    rep_by_account_id: dict[int, int]
    misrouted_by_lead_id: dict[int, list[int | None]]
    expiry_by_lead_id: dict[int, Expiry]


def owed() -> QuerySet[Standing]:
    """Leads that are sales ready and neither offered nor taken in this cycle."""
    offers = Handoff.objects.filter(lead=OuterRef("pk"))
    taken = offers.filter(status=HandoffStatus.ACCEPTED, cycle=OuterRef("cycle"))
    return Standing.objects.filter(
        ~Exists(offers.pending()), ~Exists(taken), stage=Stage.SQL
    )


def route_waiting(*, now: datetime) -> int:
    """Route what is owed, the longest waiting first, and count the hand-offs made.

    A lead that has no place to go (there is no default team) stays owed.
    """
    waiting = owed().order_by("stage_since", "pk").values_list("pk", flat=True)
    lead_ids = list(waiting[:LIMIT])
    made = 0
    for start in range(0, len(lead_ids), BATCH):
        batch = lead_ids[start : start + BATCH]
        made += len(route_leads(lead_ids=batch, now=now))
        crashpoint("route_after_batch")
    return made


def count_without_team() -> int:
    """How many leads wait because no team takes what nobody else is named for."""
    if Team.objects.filter(is_default=True).exists():
        return 0
    return owed().count()


@transaction.atomic
def route_leads(*, lead_ids: Sequence[int], now: datetime) -> list[Handoff]:
    """Offer these leads to sales, in this order, and return the hand-offs made.

    Their standings are locked; a lead that is not owed a hand-off (any more) is left
    out, so a repeat makes none.
    """
    standings = lifecycle.locked(sorted(lead_ids))
    leads = _owed_leads(lead_ids, standings)
    if not leads:
        return []
    sales = floor.load(now=now)
    companies = _companies(leads)
    places = [(lead, _place(lead, sales, companies, now)) for lead in leads]
    placed = [(lead, place) for lead, place in places if place is not None]
    floor.write_turns(sales)
    for key, ids in _lead_ids_by_place(placed).items():
        rep, team = key
        lifecycle.assign_many(lead_ids=ids, owner=rep.user if rep else None, team=team)
    crashpoint("route_after_pick")
    brief_by_lead_id = briefs.compose(leads=[lead for lead, _ in placed], now=now)
    made = [
        _handoff(lead, place, brief_by_lead_id[lead.pk], now) for lead, place in placed
    ]
    promised = clocks.promise_decisions(handoffs=made, promises=levels.load())
    bulk.insert_many(made)
    bulk.insert_many(promised)
    notices.owe(handoffs=made)
    telling.tell(handoffs=made)
    crashpoint("route_before_commit")
    return made


def _owed_leads(lead_ids: Sequence[int], standings: Sequence[Standing]) -> list[Lead]:
    """Those of the leads that are owed a hand-off now, in the given order."""
    rows = Lead.objects.filter(pk__in=owed().filter(pk__in=lead_ids).values("pk"))
    by_id = {lead.pk: lead for lead in rows.select_related("account", "campaign")}
    for standing in standings:
        if standing.pk in by_id:
            by_id[standing.pk].standing = standing
    return [by_id[lead_id] for lead_id in lead_ids if lead_id in by_id]


def _companies(leads: Sequence[Lead]) -> _Companies:
    account_ids = {lead.account_id for lead in leads if lead.account_id}
    selling = Standing.objects.filter(
        lead__account__in=account_ids, stage__in=SELLING, owner__isnull=False
    ).order_by("stage_since")
    misrouted = Handoff.objects.filter(
        lead__in=leads,
        status=HandoffStatus.REJECTED,
        reason__effect=ReasonEffect.REROUTE,
        cycle=F("lead__standing__cycle"),
    )
    by_lead_id: defaultdict[int, list[int | None]] = defaultdict(list)
    for lead_id, rep_id in misrouted.order_by().values_list("lead", "rep"):
        by_lead_id[lead_id].append(rep_id)
    return _Companies(
        dict(selling.values_list("lead__account", "owner")),
        dict(by_lead_id),
        expiries.of_leads([lead.pk for lead in leads]),
    )


def _place(
    lead: Lead, sales: Floor, companies: _Companies, now: datetime
) -> Place | None:
    """Where the lead goes; None when there is no team that could take it."""
    sent_back = companies.misrouted_by_lead_id.get(lead.pk, [])
    misrouted = {user_id for user_id in sent_back if user_id}
    expiry = companies.expiry_by_lead_id.get(lead.pk)
    if expiry and expiry.goes_to_pool and (team := expiry.team or sales.team):
        return Place(team, None, RoutedBy.EXPIRED)
    if expiry:
        misrouted |= expiry.user_ids
    place = None
    if len(sent_back) < MISROUTED_LIMIT:
        known = _known(lead, sales, companies)
        cannot = floor.passed_over(sales, known, misrouted=misrouted)
        place = floor.give_out_of_turn(sales, known, misrouted=misrouted)
        if place is None and sales.team:
            place = floor.give_in_turn(
                sales,
                sales.team,
                misrouted=misrouted,
                wanted=_wanted(lead),
                now=now,
            )
        place = replace(place, passed_over=cannot) if place else None
    elif sales.team:
        place = Place(sales.team, None, RoutedBy.SENT_BACK)
    if place and place.rep and lead.account:
        companies.rep_by_account_id[lead.account.pk] = place.rep.user_id
    return place


def _wanted(lead: Lead) -> Wanted:
    """What the lead asks of its rep; its company speaks where the lead is silent."""
    account = lead.account
    language = lead.custom.get("language", "")
    return Wanted(
        country=fold(lead.country or (account.country if account else "")),
        language=fold(language) if isinstance(language, str) else "",
        industry=fold(account.industry if account else ""),
    )


def _known(lead: Lead, sales: Floor, companies: _Companies) -> dict[int, RoutedBy]:
    """The rep who owns the company, then the one who works with it already."""
    if lead.account is None:
        return {}
    known = {
        companies.rep_by_account_id.get(lead.account.pk): RoutedBy.COLLEAGUE,
        lead.account.owner_id: RoutedBy.ACCOUNT_OWNER,
    }
    return {
        user_id: routed_by
        for user_id, routed_by in reversed(known.items())
        if user_id in sales.candidates
    }


def _lead_ids_by_place(
    placed: Sequence[tuple[Lead, Place]],
) -> dict[tuple[Rep | None, Team], list[int]]:
    lead_ids = defaultdict(list)
    for lead, place in placed:
        lead_ids[place.rep, place.team].append(lead.pk)
    return dict(lead_ids)


def _handoff(lead: Lead, place: Place, brief: dict[str, Any], now: datetime) -> Handoff:
    return Handoff(
        lead=lead,
        cycle=lead.standing.cycle,
        team=place.team,
        rep=place.rep.user if place.rep else None,
        routed_at=now,
        assigned_at=now if place.rep else None,
        brief=brief,
        trace=place.trace,
    )
