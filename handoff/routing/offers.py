"""Giving waiting leads to reps.

Where each goes is said by `placing` and by the active version of the routing plan; what
nobody can take waits in the pool of its team.
"""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from handoff import briefs, notices, telling, unrouted
from handoff.choices import HandoffStatus
from handoff.models import Clock, Handoff
from handoff.routing import floor, knowledge, placing
from handoff.routing.floor import Floor, Place
from handoff.routing.plans import matching, releases, staff
from handoff.routing.plans.releases import Release
from handoff.sla import clocks, levels
from leads import copying, lifecycle
from leads.choices import Stage
from leads.crashpoints import crashpoint
from leads.models import Account, Campaign, Lead, Standing

BATCH = 2_000
# A call routes at most this many leads; the sweep comes back for the rest.
LIMIT = 10_000
# What differs from offer to offer; the other columns are those of any new one.
_OFFERED = (
    *("id", "lead_id", "cycle", "team_id", "rep_id"),
    *("routed_at", "assigned_at", "due_at", "brief", "trace"),
)


def owed() -> QuerySet[Standing]:
    """Leads that are sales ready and neither offered nor taken in this cycle."""
    offers = Handoff.objects.filter(lead=OuterRef("pk"))
    taken = offers.filter(status=HandoffStatus.ACCEPTED, cycle=OuterRef("cycle"))
    return Standing.objects.filter(
        ~Exists(offers.pending()), ~Exists(taken), stage=Stage.SQL
    )


def route_waiting(*, now: datetime) -> int:
    """Route what is owed, the longest waiting first, and count the hand-offs made.

    A lead that no team takes stays owed, and steps behind all others: who comes new is
    tried first, then whoever was tried least. As soon as a batch of them finds no team
    again, the others are left to the next call.
    """
    waiting = owed().order_by("times_unplaced", "stage_since", "pk")
    found = list(waiting.values_list("pk", "times_unplaced")[:LIMIT])
    made = 0
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        placed = len(route_leads(lead_ids=[pk for pk, _times in batch], now=now))
        made += placed
        crashpoint("route_after_batch")
        is_tried_again = batch[0][1] > 0
        if is_tried_again and not placed:
            break
    if made < len(found) and (count := count_without_team()):
        unrouted.tell_without_team(count=count, now=now)
    return made


def count_without_team() -> int:
    """How many leads wait because no team takes what nobody else is named for."""
    if releases.in_force().team is not None:
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
    release = releases.in_force()
    sales = floor.lock(now=now, team_ids=release.team_ids)
    placed = _places(leads, sales, release, now)
    if len(placed) < len(leads):
        unplaced = {lead.pk for lead in leads} - {lead.pk for lead, _place in placed}
        lifecycle.count_unplaced(lead_ids=sorted(unplaced))
    floor.write_turns(sales)
    lifecycle.assign_many(holders={lead.pk: place.holder for lead, place in placed})
    crashpoint("route_after_pick")
    made = _handoffs(placed, now)
    promises = levels.counted_by(sales.calendars)
    promised = clocks.promise_decisions(handoffs=made, promises=promises)
    copying.insert(Handoff, _OFFERED, map(attrgetter(*_OFFERED), made))
    copying.insert(Clock, clocks.PROMISED, clocks.rows(promised))
    notices.owe(handoffs=made)
    unrouted.tell(handoffs=made, now=now)
    telling.tell(handoffs=made)
    crashpoint("route_before_commit")
    return made


def _owed_leads(lead_ids: Sequence[int], standings: Sequence[Standing]) -> list[Lead]:
    """Those of the leads that are owed a hand-off now, in the given order."""
    waiting = owed().filter(pk__any_of=lead_ids).order_by()
    rows = Lead.objects.filter(pk__in=waiting.values("pk")).order_by()
    by_id = {lead.pk: lead for lead in rows.defer("search_text", "typed_fields")}
    # Thousands of leads share few companies and campaigns: each is read once.
    leads = by_id.values()
    accounts = Account.objects.in_bulk({lead.account_id for lead in leads} - {None})
    campaigns = Campaign.objects.in_bulk({lead.campaign_id for lead in leads} - {None})
    for lead in leads:
        lead.account = accounts.get(lead.account_id)
        lead.campaign = campaigns.get(lead.campaign_id)
    for standing in standings:
        if standing.pk in by_id:
            by_id[standing.pk].standing = standing
    return [by_id[lead_id] for lead_id in lead_ids if lead_id in by_id]


def _places(
    leads: Sequence[Lead], sales: Floor, release: Release, now: datetime
) -> list[tuple[Lead, Place]]:
    """Where each lead goes that has a place to go, in the order of the leads."""
    known = knowledge.of_leads(leads)
    there = staff.of_reps(sales.reps.values())
    ids = [lead.pk for lead in leads]
    matches = matching.match(lead_ids=ids, release=release, there=there)
    placed = []
    for lead in leads:
        place = placing.place(
            lead,
            match=matches[lead.pk],
            release=release,
            sales=sales,
            known=known,
            now=now,
        )
        if place is not None:
            placed.append((lead, place))
    return placed


def _handoffs(placed: Sequence[tuple[Lead, Place]], now: datetime) -> list[Handoff]:
    """The offers with their keys and briefs, not yet saved and without a due time."""
    brief_by_lead_id = briefs.compose(leads=[lead for lead, _ in placed], now=now)
    keys = copying.new_keys(Handoff, len(placed))
    return [
        Handoff(
            id=key,
            lead_id=lead.pk,
            cycle=lead.standing.cycle,
            team_id=place.team.pk,
            rep_id=place.rep.user_id if place.rep else None,
            routed_at=now,
            assigned_at=now if place.rep else None,
            brief=brief_by_lead_id[lead.pk],
            trace=place.trace,
        )
        for key, (lead, place) in zip(keys, placed, strict=True)
    ]
