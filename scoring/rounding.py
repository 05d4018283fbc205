"""Numbers that are shown rounded and still add up."""

from collections.abc import Sequence
from math import floor


def rounded_to_sum(values: Sequence[float], *, digits: int = 2) -> list[float]:
    """The values rounded so that they add up to their rounded sum.

    Each is off by less than one unit of the last digit: all are rounded down, and the
    units that are then missing go to the largest remainders (ties: the earlier one).
    """
    scale = 10**digits
    scaled = [value * scale for value in values]
    units = [floor(value) for value in scaled]
    missing = round(sum(scaled)) - sum(units)
    by_remainder = sorted(
        range(len(values)), key=lambda place: units[place] - scaled[place]
    )
    for place in by_remainder[:missing]:
        units[place] += 1
    return [unit / scale for unit in units]
