"""Whose turn it is: a weighted round robin over the reps of a team.

A rep of weight 2 is given two leads for each one of a rep of weight 1, and after any
number of leads nobody is a whole lead away from the share.
Source: M. L. Balinski, H. P. Young, *The Quota Method of Apportionment*, 1975.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    `given_today` those of this day where the rep works. `catches_up` is of an
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
    def room(self) -> int:
        """How many more the rep may be given now; below 0 for one who is overfull."""
        left = self.capacity - self.waiting
        if self.capacity_per_day is None:
            return left
        return min(left, self.capacity_per_day - self.given_today)

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
    for name, word, served in (
        ("country", wanted.country, serves.countries),
        ("language", wanted.language, serves.languages),
        ("industry", wanted.industry, serves.industries),
    ):
        if word and served and word not in served:
            return name
    return ""


def look_at(
    candidates: Collection[Candidate],
    *,
    barred: Mapping[int, str] = NOBODY,
    wanted: Wanted = ANYBODY,
) -> dict[int, str]:
    """By person why the rep does not get the lead, empty for those who can take it.

    The words of `why_skipped`, and `off_hours` while a colleague is at work.
    """
    why = {one.user_id: why_skipped(one, barred, wanted) for one in candidates}
    can = [one for one in candidates if not why[one.user_id]]
    if any(one.is_at_work for one in can):
        why |= {one.user_id: "off_hours" for one in can if not one.is_at_work}
    return why


def choose(able: Sequence[Candidate]) -> Candidate | None:
    """Of reps who can all take the lead the one whose turn it is."""
    turns = sum(one.assigned for one in able)
    weights = sum(one.weight for one in able)
    # Whoever has had the share of this turn already would get more than the quota.
    within = [one for one in able if one.assigned * weights < (turns + 1) * one.weight]
    return min(within, key=lambda one: one.turn, default=None)


def most_room(able: Sequence[Candidate]) -> Candidate | None:
    """Of reps who can all take the lead the one with the most free capacity."""
    return min(able, key=lambda one: one.fullness, default=None)


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
