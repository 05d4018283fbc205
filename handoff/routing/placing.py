"""Where one lead goes: to who knows its company, else where its rule says.

Nothing here reads or writes the database, so a draft is tried by the same functions.
"""

from dataclasses import replace
from datetime import datetime

from handoff.choices import RoutedBy, Strategy
from handoff.routing import floor, knowledge
from handoff.routing.floor import Asked, Floor, Place
from handoff.routing.knowledge import Knowledge
from handoff.routing.plans.matching import Match
from handoff.routing.plans.releases import Release
from leads.models import Lead, Rep, Team

# So often may a lead be sent back as misrouted before it goes to the pool.
MISROUTED_LIMIT = 3


def place(
    lead: Lead,
    *,
    match: Match,
    release: Release,
    sales: Floor,
    known: Knowledge,
    now: datetime,
) -> Place | None:
    """Where the lead goes; None when there is no team that could take it.

    The floor counts the lead with whoever gets it, and `known` who works with its
    company from now on.
    """
    sent_back = known.misrouted_by_lead_id.get(lead.pk, [])
    said_no = known.said_no(lead, days=release.cool_off_days, now=now)
    barred = dict.fromkeys(said_no, "said_no")
    barred |= {user_id: "misrouted" for user_id in sent_back if user_id}
    team = _team(match, release)
    expiry = known.expiry_by_lead_id.get(lead.pk)
    if expiry and expiry.goes_to_pool and (held := expiry.team or team):
        return _told(Place(held, None, RoutedBy.EXPIRED), match, release)
    if expiry:
        barred |= dict.fromkeys(expiry.user_ids, "misrouted")
    found = None
    if len(sent_back) < MISROUTED_LIMIT:
        asked = Asked(barred, knowledge.wanted(lead), now)
        found = _given(lead, match, release, sales, known, asked)
    elif team:
        found = _told(Place(team, None, RoutedBy.SENT_BACK), match, release)
    if found and found.rep and lead.account_id:
        known.rep_by_account_id[lead.account_id] = found.rep.user_id
    return found


def _team(match: Match, release: Release) -> Team | None:
    """Whose pool the lead waits in where nobody gets it."""
    if match.rule is None:
        return release.team
    return match.rule.rep.team if match.rule.rep else match.rule.team


def _given(
    lead: Lead,
    match: Match,
    release: Release,
    sales: Floor,
    known: Knowledge,
    asked: Asked,
) -> Place | None:
    people = _known(lead, release, sales, known)
    found, cannot = floor.give_out_of_turn(sales, people, asked)
    if found is not None:
        return replace(found, passed_over=cannot, version=release.version)
    by_rule = _by_rule(match, release, sales, asked)
    told = _told(by_rule, match, release) if by_rule else None
    return replace(told, passed_over=cannot) if told else None


def _known(
    lead: Lead, release: Release, sales: Floor, known: Knowledge
) -> dict[int, RoutedBy]:
    """The rep who owns the company, then the one who works with it already."""
    if lead.account is None:
        return {}
    people: dict[int | None, RoutedBy] = {}
    if release.prefers_owner:
        people[lead.account.owner_id] = RoutedBy.ACCOUNT_OWNER
    if release.joins_colleague:
        colleague = known.rep_by_account_id.get(lead.account.pk)
        people.setdefault(colleague, RoutedBy.COLLEAGUE)
    return {
        user_id: routed_by
        for user_id, routed_by in people.items()
        if user_id in sales.candidates
    }


def _by_rule(
    match: Match, release: Release, sales: Floor, asked: Asked
) -> Place | None:
    rule = match.rule
    team, strategy = release.team, release.strategy
    if rule is not None:
        team, strategy = rule.team, Strategy(rule.strategy)
        if rule.rep is not None:
            return _by_name(rule.rep, sales, asked, has_stand_in=rule.has_stand_in)
    if team is None:
        return None
    if strategy == Strategy.LEAST_LOADED:
        return floor.give_by_room(sales, team, asked)
    return floor.give_in_turn(sales, team, asked)


def _by_name(rep: Rep, sales: Floor, asked: Asked, *, has_stand_in: bool) -> Place:
    """To this rep, or else to the team if the rule says so, or to its pool."""
    named = floor.give_to(sales, rep, asked)
    if named.rep is not None or not has_stand_in:
        return named
    instead = floor.give_in_turn(sales, rep.team, asked)
    others = [line for line in instead.candidates if line["user"] != rep.user_id]
    return replace(instead, candidates=[*named.candidates, *others])


def _told(found: Place, match: Match, release: Release) -> Place:
    """The place with which rule led there, and which ones were skipped before it."""
    return replace(
        found,
        version=release.version,
        rule=match.rule.name if match.rule else "",
        skipped_rules=[
            {"name": rule.name, "skipped": why.value} for rule, why in match.skipped
        ],
    )
