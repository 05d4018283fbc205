"""How much of a deal each touch before it earned: six models, to the cent."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

DAY = 86_400
# A touch so many days older counts half.
HALF_LIFE_DAYS = 7
# Shares of the U and of the W model. Source: KPIS 7.
U_ENDS, W_ENDS = 0.4, 0.3


class Model(StrEnum):
    """By which rule a deal is shared out among its touches."""

    FIRST = "first"
    LAST = "last"
    LINEAR = "linear"
    U = "u"
    W = "w"
    DECAY = "decay"


@dataclass(frozen=True)
class Journey:
    """The touches before a deal was opened, oldest first.

    channels: of each touch; touched_at: its instant, in seconds. qualified_at: when the
    lead became an SQL, None if never.
    """

    channels: Sequence[str]
    touched_at: Sequence[float]
    qualified_at: float | None = None

    @cached_property
    def counts(self) -> Counter[str]:
        """Channel → how many of the touches are its own."""
        return Counter(self.channels)


def weights(model: Model, journey: Journey) -> dict[str, float]:
    """Channel → the weight of its touches; they sum to 1, or there is no touch."""
    return _RULES[model](journey) if journey.channels else {}


def shares(*, total: int, weights: Mapping[str, float]) -> dict[str, int]:
    """The whole amount shared out by weight, to the cent.

    Each key has its whole cents; what is left goes to the largest remainders, then by
    key, so that the parts always sum to the total. Without weights nothing is shared.
    """
    whole = sum(weights.values())
    if not whole:
        return {}
    if len(weights) == 1:
        return dict.fromkeys(weights, total)
    given, rests, left = {}, [], total
    for key, weight in weights.items():
        exact = total * weight / whole
        given[key] = int(exact)
        left -= given[key]
        rests.append((given[key] - exact, key))
    # The largest remainder is the most below zero.
    rests.sort()
    for place in range(abs(left)):
        _rest, key = rests[place % len(rests)]
        given[key] += 1 if left > 0 else -1
    return given


def _linear(journey: Journey) -> dict[str, float]:
    count = len(journey.channels)
    return {channel: own / count for channel, own in journey.counts.items()}


def _u(journey: Journey) -> dict[str, float]:
    return _ends(journey, [0, len(journey.channels) - 1], U_ENDS)


def _w(journey: Journey) -> dict[str, float]:
    until = journey.qualified_at
    before = 0 if until is None else bisect_right(journey.touched_at, until)
    places = [0, max(0, before - 1), len(journey.channels) - 1]
    return _ends(journey, places, W_ENDS)


def _ends(journey: Journey, places: Sequence[int], end: float) -> dict[str, float]:
    """`end` for the touch at each of the places, the rest for the others alike.

    A touch in two places has both; without others the ends share everything.
    """
    distinct = set(places)
    others = len(journey.channels) - len(distinct)
    if not others:
        end = 1 / len(places)
    each = (1 - end * len(places)) / others if others else 0.0
    found = {channel: own * each for channel, own in journey.counts.items()}
    for place in distinct:
        found[journey.channels[place]] -= each
    for place in places:
        found[journey.channels[place]] += end
    return found


def _decay(journey: Journey) -> dict[str, float]:
    # Against the latest touch, so that no weight of an old journey becomes 0 / 0.
    latest = journey.touched_at[-1]
    half = HALF_LIFE_DAYS * DAY
    found = dict.fromkeys(journey.counts, 0.0)
    for channel, at in zip(journey.channels, journey.touched_at, strict=True):
        found[channel] += 2.0 ** ((at - latest) / half)
    whole = sum(found.values())
    return {channel: weight / whole for channel, weight in found.items()}


_RULES: dict[Model, Callable[[Journey], dict[str, float]]] = {
    Model.FIRST: lambda journey: {journey.channels[0]: 1.0},
    Model.LAST: lambda journey: {journey.channels[-1]: 1.0},
    Model.LINEAR: _linear,
    Model.U: _u,
    Model.W: _w,
    Model.DECAY: _decay,
}
