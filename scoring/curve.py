"""A score through time, from what counted: pure calculation, seconds since 1970."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scoring import decay
from scoring.decay import Rates, Sums

# Where penalties fade beside points, the instant is approached in so many looks.
MOST_LOOKS = 100


@dataclass(frozen=True)
class Impulse:
    """Points that count from an instant on; `speed` is how they fade."""

    at: float
    points: float
    speed: str

    def worth(self, rates: Rates, at: float) -> float:
        """What is left of them at an instant that is not before their own."""
        rate = getattr(rates, self.speed, 0.0)
        return self.points * math.exp(-rate * (at - self.at))


@dataclass(frozen=True)
class Change:
    """From one instant to another: then, what was gained, what faded, now.

    `then + gained - faded` is `now`, all before the floor at 0.
    """

    then: float
    gained: float
    gains: int
    faded: float
    now: float


def level(impulses: Iterable[Impulse], rates: Rates, at: float) -> float:
    """The unfloored points at an instant."""
    return sum(one.worth(rates, at) for one in impulses if one.at <= at)


def levels(
    impulses: Sequence[Impulse], rates: Rates, instants: Sequence[float]
) -> list[float]:
    """The points at each instant, floored at 0; both come in the order of time."""
    found, coming, last = [], 0, instants[0] if instants else 0.0
    held = dict.fromkeys(("never", "fast", "medium", "slow"), 0.0)
    for at in instants:
        for speed, rate in vars(rates).items():
            held[speed] *= math.exp(-rate * (at - last))
        while coming < len(impulses) and impulses[coming].at <= at:
            one = impulses[coming]
            held[one.speed] += one.worth(rates, at)
            coming += 1
        last = at
        found.append(max(0.0, sum(held.values())))
    return found


def change(
    impulses: Sequence[Impulse], rates: Rates, *, since: float, now: float
) -> Change:
    """What happened to the points between two instants."""
    then = level(impulses, rates, since)
    kept = sum(one.worth(rates, now) for one in impulses if one.at <= since)
    gains = [one.worth(rates, now) for one in impulses if since < one.at <= now]
    return Change(then, sum(gains), len(gains), then - kept, kept + sum(gains))


def sums(impulses: Iterable[Impulse], rates: Rates, at: float) -> Sums:
    """The points by speed, carried to this instant."""
    held = dict.fromkeys(("never", "fast", "medium", "slow"), 0.0)
    for one in impulses:
        if one.at <= at:
            held[one.speed] += one.worth(rates, at)
    return Sums(**held)


def seconds_until_under(*, limit: float, sums: Sums, rates: Rates) -> float | None:
    """In how many seconds the points fall under the limit if nothing happens.

    None: not in ten years. Penalties fade too, so each look begins where the last one
    held them.
    """
    seconds = 0.0
    for _look in range(MOST_LOOKS):
        more = decay.seconds_until_under(
            limit=limit, sums=sums, rates=rates, seconds=seconds
        )
        if more is None or seconds + more > decay.TEN_YEARS:
            return None
        seconds += more
        if more < 1:
            break
    return seconds
