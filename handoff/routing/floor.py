"""The sales floor as one round of routing sees it: who is there, and whose turn it is.

Loaded once a round and written back once, so that a lead costs no query of its own.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from handoff.choices import RoutedBy
from handoff.models import Handoff, Seat
from handoff.querysets import HandoffQuerySet
from handoff.routing import absences, turns
from handoff.routing.turns import ANYBODY, Candidate, Serves, Wanted
from handoff.sla import calendars
from handoff.sla.calendars import Calendars
from leads.models import Rep, Team


@dataclass
class Floor:
    """Reps by the id of their person; seats only of the default team."""

    team: Team | None
    reps: dict[int, Rep]
    candidates: dict[int, Candidate] = field(default_factory=dict)
    seats: dict[int, Seat] = field(default_factory=dict)

    def members(self) -> Iterator[Candidate]:
        """Those who take turns."""
        return (self.candidates[user_id] for user_id in self.seats)


@dataclass(frozen=True)
class Place:
    """Where one lead goes; without a rep it goes to the pool of the team.

    `passed_over` are the reps who know its company and could not take it.
    """

    team: Team
    rep: Rep | None
    routed_by: RoutedBy
    candidates: list[dict[str, Any]] = field(default_factory=list)
    passed_over: list[dict[str, Any]] = field(default_factory=list)

    @property
    def trace(self) -> dict[str, Any]:
        return {
            "routed_by": self.routed_by.value,
            "team": self.team.name,
            "chosen": self.rep.user_id if self.rep else None,
            "candidates": self.candidates,
            "passed_over": self.passed_over,
        }


def load(*, now: datetime) -> Floor:
    """The floor now; the seats of the default team are locked until the commit."""
    team = Team.objects.filter(is_default=True).first()
    active = Rep.objects.filter(user__is_active=True).select_related("user", "team")
    floor = Floor(team, {rep.user_id: rep for rep in active})
    seen = _Seen(
        waiting=_count_by_rep(Handoff.objects.pending()),
        given_today=_count_by_rep(Handoff.objects.filter(assigned_at__gte=_day(now))),
        absences=dict(absences.of(now=now).values_list("rep", "catches_up")),
        calendars=calendars.load(),
        now=now,
    )
    held = Seat.objects.filter(rep__team=team).order_by("pk").select_for_update()
    seats = {seat.rep_id: seat for seat in held} if team else {}
    others = Seat.objects.exclude(rep__team=team) if team else Seat.objects.all()
    known = {seat.rep_id: seat for seat in others} | seats
    for rep in floor.reps.values():
        floor.candidates[rep.user_id] = _candidate(rep, known.get(rep.pk), seen)
        if rep.pk in seats:
            floor.seats[rep.user_id] = seats[rep.pk]
    for rep in floor.reps.values():
        if team and rep.team_id == team.pk and rep.pk not in seats:
            level = turns.joining_count(rep.weight, floor.members())
            seat, _ = Seat.objects.get_or_create(rep=rep, defaults={"assigned": level})
            floor.seats[rep.user_id] = seat
            floor.candidates[rep.user_id] = _candidate(rep, seat, seen)
    return floor


@dataclass(frozen=True)
class _Seen:
    """What is known of all reps, by the id of the person or of the rep."""

    waiting: dict[int, int]
    given_today: dict[int, int]
    absences: dict[int, bool]
    calendars: Calendars
    now: datetime


def _count_by_rep(handoffs: HandoffQuerySet) -> dict[int, int]:
    counted = handoffs.exclude(rep=None).order_by().values("rep")
    return dict(counted.annotate(n=Count("pk")).values_list("rep", "n"))


def _day(now: datetime) -> datetime:
    """Where the day of the workspace began."""
    local = timezone.localtime(now, timezone.get_default_timezone())
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _candidate(rep: Rep, seat: Seat | None, seen: _Seen) -> Candidate:
    seat = seat or Seat(rep=rep)
    hours = seen.calendars.of(team_id=rep.team_id, user_id=rep.user_id)
    return Candidate(
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
            countries=frozenset(seat.countries),
            languages=frozenset(seat.languages),
            industries=frozenset(seat.industries),
        ),
    )


def give_out_of_turn(
    floor: Floor, known: Mapping[int, RoutedBy], *, misrouted: Collection[int]
) -> Place | None:
    """Give one lead to the first of these people who can take it, or to nobody.

    `known` are people on the floor by their id, each with why the lead is theirs.
    """
    for user_id, routed_by in known.items():
        candidate = floor.candidates[user_id]
        if not turns.why_skipped(candidate, misrouted):
            floor.candidates[user_id] = turns.take_lead(candidate)
            rep = floor.reps[user_id]
            return Place(rep.team, rep, routed_by)
    return None


def passed_over(
    floor: Floor, known: Mapping[int, RoutedBy], *, misrouted: Collection[int]
) -> list[dict[str, Any]]:
    """Those of these people who cannot take the lead, as lines of its trace."""
    lines = [
        {**_line(floor.candidates[user_id], misrouted), "known_by": known_by.value}
        for user_id, known_by in known.items()
    ]
    return [line for line in lines if line["skipped"]]


def give_in_turn(
    floor: Floor,
    team: Team,
    *,
    misrouted: Collection[int],
    wanted: Wanted,
    now: datetime,
) -> Place:
    """Give one lead to the rep whose turn it is, or to the pool of the team."""
    members = list(floor.members())
    able = {
        one.user_id for one in turns.able(members, misrouted=misrouted, wanted=wanted)
    }
    seen = [_line(one, misrouted, wanted) for one in members]
    for line in seen:
        if not line["skipped"] and line["user"] not in able:
            line["skipped"] = "off_hours"
    chosen = turns.choose(members, misrouted=misrouted, wanted=wanted)
    if chosen is None:
        return Place(team, None, RoutedBy.NOBODY_FREE, seen)
    floor.candidates[chosen.user_id] = turns.take_turn(chosen, now=now)
    return Place(team, floor.reps[chosen.user_id], RoutedBy.TURN, seen)


def _line(
    candidate: Candidate, misrouted: Collection[int], wanted: Wanted = ANYBODY
) -> dict[str, Any]:
    return {
        "user": candidate.user_id,
        "name": candidate.name,
        "assigned": candidate.assigned,
        "weight": candidate.weight,
        "ratio": round(candidate.ratio, 3),
        "waiting": candidate.waiting,
        "capacity": candidate.capacity,
        "skipped": turns.why_skipped(candidate, misrouted, wanted),
    }


def write_turns(floor: Floor) -> None:
    """Write the seats back.

    The count of a rep who is away is kept level with the lowest of the others, so that
    nobody comes back to a flood of leads; unless the rep is to catch up.
    """
    changed = []
    for user_id, seat in floor.seats.items():
        candidate = floor.candidates[user_id]
        assigned = candidate.assigned
        if not candidate.is_available and not candidate.catches_up:
            level = turns.joining_count(candidate.weight, floor.members())
            assigned = max(assigned, level)
        if assigned != seat.assigned:
            seat.assigned = assigned
            seat.last_assigned_at = candidate.last_assigned_at
            changed.append(seat)
    Seat.objects.bulk_update(changed, ["assigned", "last_assigned_at"])
