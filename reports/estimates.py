"""How sure a share is, and how long things take when some are not over yet."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf, sqrt

# Two-sided 95 %.
Z = 1.959963984540054
# Below this a share says more about chance than about the leads. Source: KPIS 2.
SMALLEST_N = 20


@dataclass(frozen=True)
class Estimate:
    """A share with its 95 % interval, each 0.0 to 1.0; `n` is what it is a share of.

    `is_provisional` marks an estimate in which some of the n had less time than the
    others; it then holds for the first `days` days. Beside the n stand `undecided`, of
    which it cannot be said yet whether they count.
    """

    share: float
    low: float
    high: float
    n: int
    is_provisional: bool = False
    days: int | None = None
    undecided: int = 0

    @property
    def is_shown(self) -> bool:
        return self.n >= SMALLEST_N

    @property
    def document(self) -> dict[str, float | None]:
        """The share, its bounds and the n as JSON has them; of fewer than 20 the n."""
        told = {"share": self.share, "low": self.low, "high": self.high}
        return {**(told if self.is_shown else dict.fromkeys(told)), "n": self.n}

    @property
    def at_least(self) -> "Estimate":
        """What it comes to if none of the undecided counts."""
        return wilson(hits=self._hits, n=self.n + self.undecided)

    @property
    def at_most(self) -> "Estimate":
        """What it comes to if all of the undecided count."""
        return wilson(hits=self._hits + self.undecided, n=self.n + self.undecided)

    @property
    def _hits(self) -> int:
        return round(self.share * self.n)


def wilson(*, hits: int, n: int, undecided: int = 0) -> Estimate:
    """The share of hits among n with the Wilson score interval; 0 to 1 for n = 0.

    Source: Wilson 1927, Journal of the American Statistical Association 22.
    """
    if n == 0:
        return Estimate(share=0.0, low=0.0, high=1.0, n=0, undecided=undecided)
    share = hits / n
    spread = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    centre = share + Z * Z / (2 * n)
    scale = 1 + Z * Z / n
    low = 0.0 if hits == 0 else (centre - spread) / scale
    high = 1.0 if hits == n else (centre + spread) / scale
    return Estimate(share=share, low=low, high=high, n=n, undecided=undecided)


def kaplan_meier(*, events: Mapping[int, int], censored: Mapping[int, int]) -> Estimate:
    """The share that would convert if all had been watched as long as the oldest.

    events: day of the conversion → how many; censored: day up to which the others
    were watched → how many. Of the same day, conversions come first. The interval is
    Greenwood's, cut to 0 to 1. Where nobody converted or everybody did, that one has no
    doubt at all, so there it is Wilson's: of those watched longest, or of those who
    converted. Without anybody at all it is 0 to 1.

    Source: Kaplan and Meier 1958; Greenwood 1926.
    """
    at_risk = n = sum(events.values()) + sum(censored.values())
    longest = 0
    days = sorted({*events, *censored})
    remaining, variance = 1.0, 0.0
    for day in days:
        longest, converted = at_risk, events.get(day, 0)
        if converted:
            remaining *= 1 - converted / at_risk
            left = at_risk - converted
            variance += converted / (at_risk * left) if left else 0.0
        at_risk -= converted + censored.get(day, 0)
    spread = Z * remaining * sqrt(variance)
    share = 1 - remaining
    low, high = max(0.0, share - spread), min(1.0, share + spread)
    if share == 0:
        high = wilson(hits=0, n=longest).high
    elif share == 1:
        hits = sum(events.values())
        low = wilson(hits=hits, n=hits).low
    return Estimate(
        share=share,
        low=low,
        high=high,
        n=n,
        is_provisional=True,
        days=days[-1] if days else 0,
    )


def waiting_times(
    *,
    ended: Sequence[float],
    censored: Sequence[float],
    shares: Sequence[float] = (0.5, 0.75, 0.9),
) -> list[float | None]:
    """The times within which these shares of all, lowest first, would have ended.

    ended: how long each waited; censored: how long the others have waited, which are
    not dropped; both in order. Of the same time, ends come first. `inf` is a share that
    was not reached, None stands where nobody waited at all. Without anything censored
    they are the order statistics.

    Source: Kaplan and Meier 1958.
    """
    n = len(ended) + len(censored)
    found: list[float | None] = [inf if n else None] * len(shares)
    remaining, number, place = 1.0, 0, 0
    while number < len(ended) and place < len(shares):
        left = bisect_left(censored, ended[number])
        at_risk = n - number - left
        # Until the next one is censored k ends leave (at_risk - k) / at_risk of them:
        # the product of (at_risk - 1) / at_risk, (at_risk - 2) / (at_risk - 1), ...
        until = len(ended)
        if left < len(censored):
            until = bisect_right(ended, censored[left], lo=number)
        while place < len(shares):
            # A product of fractions is a hair off what it stands for.
            wanted = 1 - (1 - shares[place] + 1e-9) / remaining
            ends = max(1, ceil(wanted * at_risk))
            if number + ends > until:
                break
            found[place] = ended[number + ends - 1]
            place += 1
        remaining *= (at_risk - (until - number)) / at_risk
        number = until
    return found


def quantiles(
    *, counts: Mapping[int, int] | Mapping[float, int], shares: Sequence[float]
) -> list[float | None]:
    """The smallest values that these shares of all are not above; None of nothing.

    counts: value → how often it was seen.
    """
    n, ordered = sum(counts.values()), sorted(counts.items())
    found: list[float | None] = []
    for share in shares:
        seen, answer = 0, None
        for value, count in ordered:
            seen += count
            # A share of n is a hair off a whole number at times.
            if seen >= share * n - 1e-9:
                answer = value
                break
        found.append(answer)
    return found
