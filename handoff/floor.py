"""The sales floor as one round of routing sees it: who is there, and whose turn it is.

Loaded once a round and written back once, so that a lead costs no query of its own.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count

from handoff import turns
from handoff.choices import RoutedBy
from handoff.models import Handoff, Seat
from handoff.turns import Candidate
from leads.models import Rep, Team


@dataclass
class Floor:
    """Reps by the id of their person; candidates only of the default team."""

    team: Team | None
    reps: dict[int, Rep]
    candidates: dict[int, Candidate] = field(default_factory=dict)
    seats: dict[int, Seat] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where one lead goes; without a rep it goes to the pool of the team."""

    team: Team
    rep: Rep | None
    routed_by: RoutedBy
    candidates: list[dict[str, Any]] = field(default_factory=list)

    @property
    def trace(self) -> dict[str, Any]:
        return {
            "routed_by": self.routed_by.value,
            "team": self.team.name,
            "chosen": self.rep.user_id if self.rep else None,
            "candidates": self.candidates,
        }


def load() -> Floor:
    """The floor now; the seats of the default team are locked until the commit."""
    team = Team.objects.filter(is_default=True).first()
    active = Rep.objects.filter(user__is_active=True).select_related("user", "team")
    floor = Floor(team, {rep.user_id: rep for rep in active})
    if team is None:
        return floor
    held = Seat.objects.filter(rep__team=team).order_by("pk").select_for_update()
    seats = {seat.rep_id: seat for seat in held}
    pending = Handoff.objects.pending().exclude(rep=None).order_by().values("rep")
    waiting = dict(pending.annotate(n=Count("pk")).values_list("rep", "n"))
    members = [rep for rep in floor.reps.values() if rep.team_id == team.pk]
    for rep in members:
        if rep.pk in seats:
            floor.seats[rep.user_id] = seats[rep.pk]
            floor.candidates[rep.user_id] = _candidate(rep, seats[rep.pk], waiting)
    for rep in members:
        if rep.pk not in seats:
            level = turns.joining_count(rep.weight, floor.candidates.values())
            seat, _ = Seat.objects.get_or_create(rep=rep, defaults={"assigned": level})
            floor.seats[rep.user_id] = seat
            floor.candidates[rep.user_id] = _candidate(rep, seat, waiting)
    return floor


def _candidate(rep: Rep, seat: Seat, waiting: dict[int, int]) -> Candidate:
    return Candidate(
        user_id=rep.user_id,
        name=str(rep.user),
        weight=rep.weight,
        assigned=seat.assigned,
        last_assigned_at=seat.last_assigned_at,
        waiting=waiting.get(rep.user_id, 0),
        capacity=rep.capacity,
        is_available=rep.is_available,
    )


def available_rep(
    floor: Floor, user_id: int | None, misrouted: Collection[int]
) -> Rep | None:
    """The rep of this person, if at work and not one who sent the lead back."""
    rep = floor.reps.get(user_id) if user_id else None
    if rep is None or not rep.is_available or rep.user_id in misrouted:
        return None
    return rep


def count_waiting(floor: Floor, rep: Rep) -> None:
    """Count a lead that a rep got out of turn, so that capacity holds."""
    candidate = floor.candidates.get(rep.user_id)
    if candidate is not None:
        floor.candidates[rep.user_id] = turns.take_lead(candidate)


def give_in_turn(
    floor: Floor, team: Team, *, misrouted: Collection[int], now: datetime
) -> Place:
    """Give one lead to the rep whose turn it is, or to the pool of the team."""
    seen = [_line(one, misrouted) for one in floor.candidates.values()]
    chosen = turns.choose(floor.candidates.values(), misrouted=misrouted)
    if chosen is None:
        return Place(team, None, RoutedBy.NOBODY_FREE, seen)
    floor.candidates[chosen.user_id] = turns.take_turn(chosen, now=now)
    return Place(team, floor.reps[chosen.user_id], RoutedBy.TURN, seen)


def _line(candidate: Candidate, misrouted: Collection[int]) -> dict[str, Any]:
    return {
        "user": candidate.user_id,
        "name": candidate.name,
        "assigned": candidate.assigned,
        "weight": candidate.weight,
        "ratio": round(candidate.ratio, 3),
        "waiting": candidate.waiting,
        "capacity": candidate.capacity,
        "skipped": turns.why_skipped(candidate, misrouted),
    }


def write_turns(floor: Floor) -> None:
    """Write the seats back.

    The count of a rep who is away is kept level with the lowest of the others, so that
    nobody comes back to a flood of leads.
    """
    changed = []
    for user_id, seat in floor.seats.items():
        candidate = floor.candidates[user_id]
        assigned = candidate.assigned
        if not candidate.is_available:
            others = floor.candidates.values()
            assigned = max(assigned, turns.joining_count(candidate.weight, others))
        if assigned != seat.assigned:
            seat.assigned = assigned
            seat.last_assigned_at = candidate.last_assigned_at
            changed.append(seat)
    Seat.objects.bulk_update(changed, ["assigned", "last_assigned_at"])
