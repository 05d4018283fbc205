"""How points fade: forward decay, and the instant at which a gate is crossed.

Source: Cormode, Shkapenyuk, Srivastava, Xu: Forward Decay, ICDE 2009. Sums are carried
to the model's landmark; `seconds` counts from it. `ledger` says the same in SQL.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

SECONDS_A_DAY = 86_400
# e^-700 is the edge of a float; PostgreSQL takes an underflow for an error.
LEAST_EXPONENT = -700.0
MOST_EXPONENT = 600.0
# Amounts are multiplied by rates here, so that the edge is nearer.
LEAST_STEP_EXPONENT = -600.0
# What is less than this, of points, is nothing.
NOTHING = 1e-12
# Gates compare with this tolerance, since the order of a sum moves its last digits.
TOLERANCE = 1e-6
# After six steps no mix of speeds was found to be off by 1 ms; after five, by 0.5 s.
NEWTON_STEPS = 6
TEN_YEARS = 3_652 * SECONDS_A_DAY
# A ceiling holds for a reader who pages on at an instant up to this much earlier.
CEILING_SLACK = 3_600


@dataclass(frozen=True)
class Rates:
    """How fast each speed fades, in e-folds a second."""

    fast: float
    medium: float
    slow: float

    @classmethod
    def of_half_lives(cls, fast: float, medium: float, slow: float) -> "Rates":
        """The rates of half-lives in days."""
        return cls(
            *(math.log(2) / (days * SECONDS_A_DAY) for days in (fast, medium, slow))
        )


@dataclass(frozen=True)
class Sums:
    """The points of one lead by speed, carried to the landmark."""

    never: float
    fast: float
    medium: float
    slow: float


def weight(*, rate: float, seconds: float) -> float:
    """What one point at this instant adds to the sum of its speed."""
    exponent = rate * seconds
    if exponent < LEAST_EXPONENT:
        return 0.0
    return math.exp(min(exponent, MOST_EXPONENT))


def factor(*, rate: float, seconds: float) -> float:
    """What is left at this instant of one point at the landmark; never 0."""
    return math.exp(min(max(-rate * seconds, LEAST_EXPONENT), MOST_EXPONENT))


def unfloored(*, sums: Sums, rates: Rates, seconds: float) -> float:
    """The points at this instant, negative where penalties outweigh the rest."""
    return (
        sums.never
        + sums.fast * factor(rate=rates.fast, seconds=seconds)
        + sums.medium * factor(rate=rates.medium, seconds=seconds)
        + sums.slow * factor(rate=rates.slow, seconds=seconds)
    )


def engagement(*, sums: Sums, rates: Rates, seconds: float) -> float:
    """The points at this instant, floored at 0."""
    return max(0.0, unfloored(sums=sums, rates=rates, seconds=seconds))


def ceiling(*, sums: Sums, rates: Rates, seconds: float) -> float:
    """What the points cannot exceed from an hour earlier on, without a new activity."""
    positive = Sums(
        sums.never, max(sums.fast, 0.0), max(sums.medium, 0.0), max(sums.slow, 0.0)
    )
    return unfloored(sums=positive, rates=rates, seconds=seconds - CEILING_SLACK)


def seconds_until(
    *, need: float, amounts: Sequence[float], rates: Sequence[float]
) -> float | None:
    """In how many seconds fading amounts, all positive, have sunk to `need`.

    None: not in ten years. Newton on the logarithm of the sum, which is convex, so a
    step from 0 never passes the instant: the answer is never late.
    """
    total, seconds = sum(amounts), 0.0
    if need <= NOTHING:
        return None
    if total <= need:
        return 0.0
    for _step in range(NEWTON_STEPS):
        left = [
            amount * math.exp(max(-rate * seconds, LEAST_STEP_EXPONENT))
            for amount, rate in zip(amounts, rates, strict=True)
        ]
        slope = sum(rate * amount for amount, rate in zip(left, rates, strict=True))
        total = sum(left)
        seconds += math.log(total / need) * total / slope
    return seconds if seconds < TEN_YEARS else None


def seconds_until_under(
    *, limit: float, sums: Sums, rates: Rates, seconds: float
) -> float | None:
    """How long after `seconds` the points may first be under the limit; None: not.

    Penalties are held at their value now, so with penalties it is early, never late.
    """
    parts = _parts(sums, rates, seconds)
    held = sums.never + sum(min(part, 0.0) for part in parts)
    return seconds_until(
        need=limit - held,
        amounts=[max(part, 0.0) for part in parts],
        rates=_each(rates),
    )


def seconds_until_over(
    *, limit: float, sums: Sums, rates: Rates, seconds: float
) -> float | None:
    """How long after `seconds` fading penalties may first let the points reach it."""
    parts = _parts(sums, rates, seconds)
    held = sums.never + sum(max(part, 0.0) for part in parts)
    return seconds_until(
        need=held - limit,
        amounts=[max(-part, 0.0) for part in parts],
        rates=_each(rates),
    )


def _each(rates: Rates) -> tuple[float, float, float]:
    return rates.fast, rates.medium, rates.slow


def _parts(sums: Sums, rates: Rates, seconds: float) -> list[float]:
    amounts = (sums.fast, sums.medium, sums.slow)
    return [
        amount * factor(rate=rate, seconds=seconds)
        for amount, rate in zip(amounts, _each(rates), strict=True)
    ]
