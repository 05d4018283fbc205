"""What people mean to do, at its time."""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

# Is called with the instant for which it was planned.
Deed = Callable[[datetime], None]


class Agenda:
    """Deeds by their times; those of one instant in the order in which they came."""

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, int, Deed]] = []
        self._numbers = count()

    def add(self, at: datetime, deed: Deed) -> None:
        heapq.heappush(self._waiting, (at, next(self._numbers), deed))

    def work_off(self, *, now: datetime) -> None:
        """Do what is due, and what follows from it by then."""
        while self._waiting and self._waiting[0][0] <= now:
            at, _, deed = heapq.heappop(self._waiting)
            deed(at)
