"""Whose turn it is: a weighted round robin over the reps of a team.

A rep of weight 2 is given two leads for each one of a rep of weight 1, and after any
number of leads nobody is a whole lead away from the share.
Source: M. L. Balinski, H. P. Young, *The Quota Method of Apportionment*, 1975.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import ceil
from types import MappingProxyType

NOBODY: Mapping[int, str] = MappingProxyType({})
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Wanted:
    """What a lead asks of its rep, in folded words; "" where nobody knows."""

    country: str = ""
    language: str = ""
    industry: str = ""


ANYBODY = Wanted()


@dataclass(frozen=True)
class Serves:
    """Whom a rep serves, in folded words; an empty set serves everybody."""

    countries: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    industries: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Candidate:
    """One rep as the round robin sees it.

    `assigned` counts the turns so far, `waiting` the hand-offs not yet decided,
    `given_today` those of this day in the workspace's zone. `catches_up` is of an
    absence after which the rep gets the missed turns.
    """

    user_id: int
    name: str
    weight: int
    assigned: int
    last_assigned_at: datetime | None
    waiting: int
    capacity: int
    is_available: bool
    given_today: int = 0
    capacity_per_day: int | None = None
    is_at_work: bool = True
    catches_up: bool = False
    serves: Serves = Serves()

    @property
    def ratio(self) -> float:
        return self.assigned / self.weight

    @property
    def fullness(self) -> tuple[int, datetime, int]:
        """Who sorts first has the most room, then the longest without a turn."""
        return (
            self.waiting - self.capacity,
            self.last_assigned_at or NEVER,
            self.user_id,
        )

    @property
    def turn(self) -> tuple[float, datetime, int]:
        """Who sorts first is next: the least for the weight, then the longest since."""
        after = (self.assigned + 1) / self.weight
        return after, self.last_assigned_at or NEVER, self.user_id


def why_skipped(
    candidate: Candidate, barred: Mapping[int, str], wanted: Wanted = ANYBODY
) -> str:
    """One word; empty for a rep who can take the lead.

    `away`, `full`, `full_today`, `country`, `language`, `industry`, or the word of
    `barred`: of people who do not get this lead, `misrouted` or `said_no`.
    """
    if not candidate.is_available:
        return "away"
    if candidate.user_id in barred:
        return barred[candidate.user_id]
    if candidate.waiting >= candidate.capacity:
        return "full"
    most = candidate.capacity_per_day
    if most is not None and candidate.given_today >= most:
        return "full_today"
    return _unserved(candidate.serves, wanted)


def _unserved(serves: Serves, wanted: Wanted) -> str:
    asked = {
        "country": (wanted.country, serves.countries),
        "language": (wanted.language, serves.languages),
        "industry": (wanted.industry, serves.industries),
    }
    for name, (word, served) in asked.items():
        if word and served and word not in served:
            return name
    return ""


def able(
    candidates: Iterable[Candidate],
    *,
    barred: Mapping[int, str] = NOBODY,
    wanted: Wanted = ANYBODY,
) -> list[Candidate]:
    """Who can take the lead: those at work now, and where nobody is, the others."""
    can = [one for one in candidates if not why_skipped(one, barred, wanted)]
    return [one for one in can if one.is_at_work] or can


def choose(
    candidates: Iterable[Candidate],
    *,
    barred: Mapping[int, str] = NOBODY,
    wanted: Wanted = ANYBODY,
) -> Candidate | None:
    """The rep whose turn it is, or None when nobody can take the lead."""
    found = able(candidates, barred=barred, wanted=wanted)
    turns, weights = (
        sum(one.assigned for one in found),
        sum(one.weight for one in found),
    )
    # Whoever has had the share of this turn already would get more than the quota.
    within = [one for one in found if one.assigned * weights < (turns + 1) * one.weight]
    return min(within, key=lambda one: one.turn, default=None)


def most_room(
    candidates: Iterable[Candidate],
    *,
    barred: Mapping[int, str] = NOBODY,
    wanted: Wanted = ANYBODY,
) -> Candidate | None:
    """The rep with the most free capacity, or None when nobody can take the lead."""
    found = able(candidates, barred=barred, wanted=wanted)
    return min(found, key=lambda one: one.fullness, default=None)


def take_lead(candidate: Candidate) -> Candidate:
    """The same rep after being given a lead out of turn, such as a colleague's."""
    return replace(
        candidate,
        waiting=candidate.waiting + 1,
        given_today=candidate.given_today + 1,
    )


def take_turn(candidate: Candidate, *, now: datetime) -> Candidate:
    """The same rep after being given a lead in turn."""
    turn = candidate.assigned + 1
    return replace(take_lead(candidate), assigned=turn, last_assigned_at=now)


def joining_count(weight: int, candidates: Iterable[Candidate]) -> int:
    """The turns with which a rep joins a team, level with whoever had the fewest.

    A new rep, or one who was away, would otherwise get every lead until the count of
    the others is reached.
    """
    ratios = [one.ratio for one in candidates if one.is_available]
    return ceil(min(ratios, default=0) * weight)
