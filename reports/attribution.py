"""How much of a deal each touch before it earned: six models, to the cent."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

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
    """The instants of the touches in seconds, oldest first, until the deal was opened.

    qualified_at: when the lead became an SQL, None if never.
    """

    touched_at: Sequence[float]
    opened_at: float
    qualified_at: float | None = None


def weights(model: Model, journey: Journey) -> list[float]:
    """A weight a touch; they sum to 1, or there is none without a touch."""
    count = len(journey.touched_at)
    if not count:
        return []
    found = _RULES[model](journey, count)
    whole = sum(found)
    return [weight / whole for weight in found]


def shares(*, total: int, weights: Mapping[str, float]) -> dict[str, int]:
    """The whole amount shared out by weight, to the cent.

    Each key has its whole cents; what is left goes to the largest remainders, then by
    key, so that the parts always sum to the total. Without weights nothing is shared.
    """
    whole = sum(weights.values())
    if not whole:
        return {}
    exact = {key: total * weight / whole for key, weight in weights.items()}
    given = {key: int(amount) for key, amount in exact.items()}
    left = total - sum(given.values())
    if not left:
        return given
    order = sorted(exact, key=lambda key: (given[key] - exact[key], key))
    for place in range(abs(left)):
        given[order[place % len(order)]] += 1 if left > 0 else -1
    return given


def _only(place: int, count: int) -> list[float]:
    return [1.0 if number == place else 0.0 for number in range(count)]


def _ends(places: Sequence[int], end: float, count: int) -> list[float]:
    """`end` for each of the places, the rest for the others alike.

    A touch in two places has both; without others the ends share everything.
    """
    others = count - len(set(places))
    found = [(1 - end * len(places)) / others if others else 0.0] * count
    for place in places:
        found[place] = 0.0
    for place in places:
        found[place] += end
    return found


def _w(journey: Journey, count: int) -> list[float]:
    until = journey.qualified_at
    before = 0 if until is None else bisect_right(journey.touched_at, until)
    middle = max(0, before - 1)
    return _ends([0, middle, count - 1], W_ENDS, count)


def _decay(journey: Journey, count: int) -> list[float]:
    # Against the latest touch, so that no weight of an old journey becomes 0 / 0.
    latest = journey.touched_at[-1]
    half = HALF_LIFE_DAYS * DAY
    return [2.0 ** (-(latest - at) / half) for at in journey.touched_at]


_RULES: dict[Model, Callable[[Journey, int], list[float]]] = {
    Model.FIRST: lambda _journey, count: _only(0, count),
    Model.LAST: lambda _journey, count: _only(count - 1, count),
    Model.LINEAR: lambda _journey, count: [1.0] * count,
    Model.U: lambda _journey, count: _ends([0, count - 1], U_ENDS, count),
    Model.W: _w,
    Model.DECAY: _decay,
}
