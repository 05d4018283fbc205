"""Amounts of deals in cents of the workspace's currency."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal


def cents(amount: Decimal | None, rate: Decimal | None) -> int:
    """The amount at the rate of its close; without a rate as it is, unknown is 0."""
    if amount is None:
        return 0
    worth = 100 * amount * (rate if rate is not None else 1)
    return int(worth.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def mean(values: Sequence[int]) -> int | None:
    """The mean in whole cents; None of nothing."""
    return round(sum(values) / len(values)) if values else None
