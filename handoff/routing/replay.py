"""Hand-offs of a time that is over under a version of the plan; nothing is written."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handoff.choices import RoutedBy
from handoff.models import Handoff, RoutingPlan
from handoff.routing import past, placing, refusals
from handoff.routing.floor import Place
from handoff.routing.knowledge import Knowledge
from handoff.routing.past import Colleague, Past
from handoff.routing.plans import matching, releases, staff
from handoff.routing.plans.matching import Match
from handoff.routing.plans.releases import Release
from handoff.sla.expiries import Expiry
from leads.models import Lead, Rep, User

# So many hand-offs are replayed, the latest of the period.
MOST = 2_000
# What no rule decides stays as it was.
_BESIDE_THE_RULES = (RoutedBy.SENT_BACK, RoutedBy.EXPIRED)


@dataclass(frozen=True)
class Row:
    """One hand-off: who got it (`was`), and its `place` under the version, if any."""

    handoff: Handoff
    was: User | None
    place: Place | None

    @property
    def would(self) -> User | None:
        return self.place.rep.user if self.place and self.place.rep else None

    @property
    def is_same(self) -> bool:
        if self.was or self.would:
            return self.was == self.would
        return self.place is not None and self.place.team == self.handoff.team


@dataclass(frozen=True)
class Load:
    """How many leads a person got in the period, and would have got."""

    person: User
    rep: Rep | None
    was: int
    would: int

    @property
    def difference(self) -> int:
        return self.would - self.was

    @property
    def signed(self) -> str:
        """The difference with its sign, which for a loss is no hyphen."""
        if not self.difference:
            return "0"
        return f"{self.difference:+}".replace("-", "\N{MINUS SIGN}")


@dataclass(frozen=True)
class Replay:
    """`rows` are oldest first; `total` counts also those too many to replay."""

    since: datetime
    until: datetime
    total: int
    rows: list[Row]
    loads: list[Load]

    @property
    def changed(self) -> list[Row]:
        return [row for row in self.rows if not row.is_same]

    @property
    def without_rep(self) -> list[Row]:
        return [row for row in self.rows if row.would is None]

    @property
    def without_rep_before(self) -> int:
        return sum(row.was is None for row in self.rows)

    @property
    def is_partial(self) -> bool:
        return self.total > len(self.rows)


def replay(*, plan: RoutingPlan, since: datetime, until: datetime) -> Replay:
    """Route the hand-offs of the period again, in their order, by this version.

    Leads and reps are taken as they are today, absences and decisions as they were; the
    turns begin level. Three queries more for each version, whatever the period.
    """
    found = Handoff.objects.filter(routed_at__gte=since, routed_at__lt=until)
    latest = found.order_by("-routed_at", "-pk").defer("brief")
    handoffs = list(latest.select_related("lead__account", "team")[:MOST])[::-1]
    begins = handoffs[0].routed_at if len(handoffs) == MOST else since
    release = releases.of_plan(plan)
    floor_then = past.at(begins)
    places = _places(handoffs, release, floor_then, begins)
    people = User.objects.in_bulk({_got(one) for one in handoffs} - {None})
    rows = [
        Row(one, people.get(_got(one) or 0), place)
        for one, place in zip(handoffs, places, strict=True)
    ]
    return Replay(since, until, found.count(), rows, _loads(rows, floor_then))


def _got(handoff: Handoff) -> int | None:
    """Who was given it at its routing; its rep where no trace tells."""
    chosen: int | None = handoff.trace.get("chosen", handoff.rep_id)
    return chosen


def _places(
    handoffs: Sequence[Handoff], release: Release, then: Past, since: datetime
) -> list[Place | None]:
    leads = {one.lead_id: one.lead for one in handoffs}
    there = staff.of_reps(then.sales.reps.values())
    matches = matching.match(lead_ids=list(leads), release=release, there=there)
    had = _had_before(list(leads.values()), since)
    colleagues = past.colleagues(list(leads.values()), since)
    refused = refusals.of_leads(list(leads))
    places: list[Place | None] = []
    for one in handoffs:
        before = had[one.lead_id, one.cycle]
        account_id = one.lead.account_id or 0
        known = _known(one, colleagues.get(account_id), before)
        known.refusals, known.cycle = refused, one.cycle
        then.advance(one.routed_at)
        place = _place(one, matches[one.lead_id], release, then, known)
        if place and place.rep:
            user_id = place.rep.user_id
            before.add(user_id)
            then.hold(user_id, one.decided_at)
            colleagues[account_id] = user_id, past.ends_at(one.status, one.decided_at)
        places.append(place)
    return places


def _known(
    handoff: Handoff, colleague: Colleague | None, before: set[int]
) -> Knowledge:
    """What was known of one lead: who had its company then, and who had it before."""
    rep_by_account_id = {}
    if colleague and handoff.lead.account_id:
        user_id, until = colleague
        if until is None or until > handoff.routed_at:
            rep_by_account_id[handoff.lead.account_id] = user_id
    had = Expiry(frozenset(before), None, goes_to_pool=False)
    return Knowledge(rep_by_account_id, {}, {handoff.lead_id: had})


def _place(
    handoff: Handoff, match: Match, release: Release, then: Past, known: Knowledge
) -> Place | None:
    routed_by = handoff.trace.get("routed_by")
    if routed_by in _BESIDE_THE_RULES and handoff.team:
        return Place(handoff.team, None, RoutedBy(routed_by))
    return placing.place(
        handoff.lead,
        match=match,
        release=release,
        sales=then.sales,
        known=known,
        now=handoff.routed_at,
    )


def _had_before(
    leads: Sequence[Lead], since: datetime
) -> defaultdict[tuple[int, int], set[int]]:
    """By lead and cycle: who had it before the period begins, so gets it no more."""
    before = Handoff.objects.filter(lead__in=leads, routed_at__lt=since)
    had: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    rows = before.exclude(rep=None).order_by()
    for lead_id, cycle, rep_id in rows.values_list("lead", "cycle", "rep"):
        had[lead_id, cycle].add(rep_id)
    return had


def _loads(rows: Sequence[Row], then: Past) -> list[Load]:
    """Every rep of today and whoever got one, by team and name."""
    was = Counter(row.was for row in rows if row.was)
    would = Counter(row.would for row in rows if row.would)
    reps = then.sales.reps
    people = {rep.user for rep in reps.values()} | {*was, *would}
    loads = [
        Load(person, reps.get(person.pk), was[person], would[person])
        for person in people
    ]
    return sorted(
        loads,
        key=lambda load: (load.rep.team.name if load.rep else "~", str(load.person)),
    )
