"""How long many waited, some of them still: those are counted, never dropped."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self

from reports.estimates import Estimate, waiting_times, wilson

# Seconds, and whether something ended the wait then; it goes on otherwise.
Wait = tuple[float, bool]


@dataclass(frozen=True)
class Waits:
    """The seconds of the waits that are over, and of the others; both in order."""

    over: list[float]
    going: list[float]

    @classmethod
    def of(cls, waits: Iterable[Wait]) -> Self:
        over: list[float] = []
        going: list[float] = []
        for seconds, is_over in waits:
            (over if is_over else going).append(seconds)
        return cls(sorted(over), sorted(going))

    @classmethod
    def together(cls, parts: Iterable["Waits"]) -> Self:
        known = list(parts)
        return cls(
            sorted(chain.from_iterable(part.over for part in known)),
            sorted(chain.from_iterable(part.going for part in known)),
        )

    @property
    def n(self) -> int:
        return len(self.over) + len(self.going)

    def values(self, target_seconds: int) -> dict[str, Any]:
        """What a row of a table tells of them."""
        median, p75, p90 = waiting_times(ended=self.over, censored=self.going)
        return {
            "n": self.n,
            "over": len(self.over),
            "open": len(self.going),
            "median": median,
            "p75": p75,
            "p90": p90,
            "within": self.within(target_seconds),
        }

    def within(self, target_seconds: int) -> Estimate:
        """The share that ended in time, of those of which that can be said."""
        hits = bisect_right(self.over, target_seconds)
        undecided = bisect_right(self.going, target_seconds)
        n = self.n - undecided
        return wilson(hits=hits, n=n, undecided=undecided)

    def up_to(self, limits: Mapping[str, int]) -> dict[str, int]:
        """Key → how many ended within its seconds, and not within the ones before."""
        found, before = {}, 0
        for key, seconds in limits.items():
            count = bisect_right(self.over, seconds)
            found[key], before = count - before, count
        return found
