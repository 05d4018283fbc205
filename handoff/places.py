"""The order of rows that people put in order by hand."""

from collections.abc import Sequence
from typing import TypeVar

from handoff.models import DealReason, RejectionReason

Placed = TypeVar("Placed", DealReason, RejectionReason)


def swap(rows: Sequence[Placed], one: Placed, by: int) -> list[Placed]:
    """The rows numbered anew, with this one before (-1) or after (+1) its neighbour.

    Empty where it has no neighbour on that side, or was retired meanwhile.
    """
    order = list(rows)
    if one not in order:
        return []
    place = order.index(one)
    other = place + by
    if not 0 <= other < len(order):
        return []
    order[place], order[other] = order[other], order[place]
    for position, row in enumerate(order, start=1):
        row.position = position
    return order
