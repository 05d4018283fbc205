"""The sales floor as one round of routing sees it: who is there, and whose turn it is.

Loaded once a round and written back once, so that a lead costs no query of its own.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from handoff.choices import RoutedBy
from handoff.models import Handoff, Seat
from handoff.querysets import HandoffQuerySet
from handoff.routing import absences, days, turns
from handoff.routing.turns import Candidate, Serves, Wanted
from handoff.sla import calendars
from handoff.sla.calendars import Calendars
from leads import bulk
from leads.models import Rep, Team
from leads.text import fold


@dataclass
class Floor:
    """Reps and seats by the id of their person. `team_ids` take part in the turns."""

    reps: dict[int, Rep]
    calendars: Calendars
    candidates: dict[int, Candidate] = field(default_factory=dict)
    seats: dict[int, Seat] = field(default_factory=dict)
    team_ids: Collection[int] = ()

    def members(self, team_id: int) -> Iterator[Candidate]:
        """The reps of a team."""
        for user_id, candidate in self.candidates.items():
            if self.reps[user_id].team_id == team_id:
                yield candidate


@dataclass(frozen=True)
class Asked:
    """What is asked of the rep of a lead; `barred` do not get it, each with why."""

    barred: Mapping[int, str]
    wanted: Wanted
    now: datetime


@dataclass(frozen=True)
class Place:
    """Where one lead goes; without a rep it goes to the pool of the team.

    `passed_over` are the reps who know its company and could not take it; `rule` is the
    name of the rule that led there, empty where none did.
    """

    team: Team
    rep: Rep | None
    routed_by: RoutedBy
    candidates: list[dict[str, Any]] = field(default_factory=list)
    passed_over: list[dict[str, Any]] = field(default_factory=list)
    rule: str = ""
    skipped_rules: list[dict[str, Any]] = field(default_factory=list)
    version: int = 0

    @property
    def holder(self) -> tuple[int | None, int]:
        """The ids of who owns the lead from now on, and of the team."""
        return self.rep.user_id if self.rep else None, self.team.pk

    @property
    def trace(self) -> dict[str, Any]:
        return {
            "routed_by": self.routed_by.value,
            "team": self.team.name,
            "chosen": self.rep.user_id if self.rep else None,
            "candidates": self.candidates,
            "passed_over": self.passed_over,
            "version": self.version,
            "rule": self.rule,
            "skipped_rules": self.skipped_rules,
        }


def read(*, now: datetime) -> Floor:
    """The floor now, to look at."""
    return _floor(_there(), now=now)


def lock(*, now: datetime, team_ids: Collection[int]) -> Floor:
    """The floor now; nobody else gives a lead to its reps until the commit.

    Every rep is locked, as the one who owns a company may be of any team.
    """
    held = _there().order_by("pk").select_for_update(of=("self",), no_key=True)
    reps = list(held)
    # Whoever gives a turn back writes to the seat alone.
    list(Seat.objects.order_by("pk").select_for_update().values_list("pk"))
    floor = _floor(reps, now=now)
    floor.team_ids = team_ids
    Seat.objects.bulk_create(
        seat
        for user_id, seat in floor.seats.items()
        if seat.pk is None and floor.reps[user_id].team_id in team_ids
    )
    return floor


def candidate(rep: Rep, *, now: datetime) -> Candidate:
    """One rep, who comes with the person, as routing would see the rep now."""
    return _floor([rep], now=now).candidates[rep.user_id]


def _there() -> QuerySet[Rep]:
    return Rep.objects.filter(user__is_active=True).select_related("user", "team")


def _floor(reps: Iterable[Rep], *, now: datetime) -> Floor:
    """A rep without a seat joins level with the colleagues."""
    floor = Floor({rep.user_id: rep for rep in reps}, calendars.load())
    ids = [rep.pk for rep in floor.reps.values()]
    away = absences.of(now=now).filter(rep__in=ids)
    seen = _Seen(
        waiting=_count_by_rep(Handoff.objects.pending().filter(rep__in=[*floor.reps])),
        given_today=_count_by_rep(_given_today(floor, now)),
        absences=dict(away.values_list("rep", "catches_up")),
        now=now,
    )
    by_rep_id = {seat.rep_id: seat for seat in Seat.objects.filter(rep__in=ids)}
    newcomers = []
    for rep in floor.reps.values():
        if rep.pk in by_rep_id:
            _sit_down(floor, rep, by_rep_id[rep.pk], seen)
        else:
            newcomers.append(rep)
    for rep in newcomers:
        level = turns.joining_count(rep.weight, floor.members(rep.team_id))
        _sit_down(floor, rep, Seat(rep=rep, assigned=level), seen)
    return floor


@dataclass(frozen=True)
class _Seen:
    """What is known of all reps, by the id of the person or of the rep."""

    waiting: dict[int, int]
    given_today: dict[int, int]
    absences: dict[int, bool]
    now: datetime


def _count_by_rep(handoffs: HandoffQuerySet) -> dict[int, int]:
    counted = handoffs.exclude(rep=None).order_by().values("rep")
    return dict(counted.annotate(n=Count("pk")).values_list("rep", "n"))


def _given_today(floor: Floor, now: datetime) -> HandoffQuerySet:
    """What reps were given since the day began where each of them works."""
    begun: defaultdict[datetime, list[int]] = defaultdict(list)
    for user_id, rep in floor.reps.items():
        zone = days.zone_of(rep, floor.calendars)
        begun[days.begins(days.today(now, zone), zone)].append(user_id)
    # Of nobody nothing; reps of one zone are one condition.
    today = Q(pk__in=[])
    for since, user_ids in begun.items():
        today |= Q(rep__in=user_ids, assigned_at__gte=since)
    return Handoff.objects.filter(today)


def _sit_down(floor: Floor, rep: Rep, seat: Seat, seen: _Seen) -> None:
    floor.seats[rep.user_id] = seat
    hours = floor.calendars.of(team_id=rep.team_id, user_id=rep.user_id)
    floor.candidates[rep.user_id] = Candidate(
        user_id=rep.user_id,
        name=str(rep.user),
        weight=rep.weight,
        assigned=seat.assigned,
        last_assigned_at=seat.last_assigned_at,
        waiting=seen.waiting.get(rep.user_id, 0),
        capacity=rep.capacity,
        is_available=rep.is_available and rep.pk not in seen.absences,
        given_today=seen.given_today.get(rep.user_id, 0),
        capacity_per_day=seat.capacity_per_day,
        is_at_work=hours.is_open(seen.now),
        catches_up=seen.absences.get(rep.pk, False),
        serves=Serves(
            countries=frozenset(map(fold, seat.countries)),
            languages=frozenset(map(fold, seat.languages)),
            industries=frozenset(map(fold, seat.industries)),
        ),
    )


def give_out_of_turn(
    floor: Floor, known: Mapping[int, RoutedBy], asked: Asked
) -> tuple[Place | None, list[dict[str, Any]]]:
    """Give one lead to the first of these people who can take it, or to nobody.

    `known` are people on the floor by their id, each with why the lead is theirs; who
    of them cannot take it are the lines returned beside the place.
    """
    passed_over = []
    able = []
    for user_id, known_by in known.items():
        candidate = floor.candidates[user_id]
        if why := turns.why_skipped(candidate, asked.barred):
            passed_over.append({**_line(candidate, why), "known_by": known_by.value})
        else:
            able.append(candidate)
    if not able:
        return None, passed_over
    rep = _take(floor, turns.take_lead(able[0]))
    return Place(rep.team, rep, known[rep.user_id]), passed_over


def give_in_turn(floor: Floor, team: Team, asked: Asked) -> Place:
    """Give one lead to the rep whose turn it is, or to the pool of the team."""
    able, lines = _asked(floor, team, asked)
    chosen = turns.choose(able)
    if chosen is None:
        return Place(team, None, RoutedBy.NOBODY_FREE, lines)
    rep = _take(floor, turns.take_turn(chosen, now=asked.now))
    return Place(team, rep, RoutedBy.TURN, lines)


def give_by_room(floor: Floor, team: Team, asked: Asked) -> Place:
    """Give one lead to the rep with the most room, or to the pool of the team."""
    able, lines = _asked(floor, team, asked)
    chosen = turns.most_room(able)
    if chosen is None:
        return Place(team, None, RoutedBy.NOBODY_FREE, lines)
    rep = _take(floor, turns.take_lead(chosen))
    return Place(team, rep, RoutedBy.LEAST_LOADED, lines)


def give_to(floor: Floor, rep: Rep, asked: Asked) -> Place:
    """Give one lead to this rep, or to the pool of the rep's team.

    Whom the rep serves is not asked: whoever named the rep has said it.
    """
    one = floor.candidates[rep.user_id]
    why = turns.why_skipped(one, asked.barred)
    lines = [_line(one, why)]
    if why:
        return Place(rep.team, None, RoutedBy.NOBODY_FREE, lines)
    return Place(rep.team, _take(floor, turns.take_lead(one)), RoutedBy.NAMED, lines)


def _take(floor: Floor, changed: Candidate) -> Rep:
    """Count the lead with the rep, who is returned."""
    floor.candidates[changed.user_id] = changed
    return floor.reps[changed.user_id]


def _asked(
    floor: Floor, team: Team, asked: Asked
) -> tuple[list[Candidate], list[dict[str, Any]]]:
    """The reps of the team who can take the lead, and all of them in its trace."""
    members = list(floor.members(team.pk))
    why = turns.look_at(members, barred=asked.barred, wanted=asked.wanted)
    able = [one for one in members if not why[one.user_id]]
    return able, [_line(one, why[one.user_id]) for one in members]


def _line(candidate: Candidate, skipped: str) -> dict[str, Any]:
    return {
        "user": candidate.user_id,
        "name": candidate.name,
        "assigned": candidate.assigned,
        "weight": candidate.weight,
        "ratio": round(candidate.ratio, 3),
        "waiting": candidate.waiting,
        "capacity": candidate.capacity,
        "skipped": skipped,
    }


def write_turns(floor: Floor) -> None:
    """Write the seats back of the teams that took part.

    The count of a rep who is away is kept level with the lowest of the others, so that
    nobody comes back to a flood of leads; unless the rep is to catch up.
    """
    changed = []
    for user_id, seat in floor.seats.items():
        team_id = floor.reps[user_id].team_id
        if team_id not in floor.team_ids:
            continue
        candidate = floor.candidates[user_id]
        assigned = candidate.assigned
        if not candidate.is_available and not candidate.catches_up:
            level = turns.joining_count(candidate.weight, floor.members(team_id))
            assigned = max(assigned, level)
        if assigned != seat.assigned:
            seat.assigned = assigned
            seat.last_assigned_at = candidate.last_assigned_at
            changed.append(seat)
    bulk.update_many(changed, fields=["assigned", "last_assigned_at"])
