"""What lately moved the scores of a few leads, in one reading of the ledger."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from scoring import curve, engagement, landmark, ledger
from scoring.curve import Impulse
from scoring.models import ScoringModel
from scoring.sql import LeadIds, compose, epoch

TREND = timedelta(days=14)
STEPS = 7
WEEK = timedelta(days=7)

_COUNTED = """WITH {chain}
SELECT lead_id, {seconds}, points, speed, rule_id FROM counted
ORDER BY lead_id, occurred_at, activity_id"""


@dataclass(frozen=True)
class Reason:
    """The rule that gave most points in the last week, and how often."""

    rule: str
    times: int


@dataclass(frozen=True)
class Recent:
    """The engagement at eight instants of the last 14 days, and this week's reason."""

    levels: tuple[float, ...] = ()
    reason: Reason | None = None

    @property
    def rise(self) -> float:
        """The points won in these days; below 0 where it cooled."""
        return self.levels[-1] - self.levels[0] if self.levels else 0.0


def recent_of(
    *, lead_ids: Sequence[int], model: ScoringModel, now: datetime
) -> dict[int, Recent]:
    """By lead; who has nothing that counts is left out."""
    near = landmark.carried(model, to=now)
    opened = ledger.open_ledger(model=near, now=now)
    statement = compose(
        _COUNTED,
        chain=ledger.chain(opened, LeadIds(tuple(lead_ids))),
        seconds=epoch("occurred_at"),
    )
    rows: dict[int, list[tuple[Impulse, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        for lead_id, at, points, speed, rule_id in cursor.fetchall():
            impulse = Impulse(float(at), points, speed)
            rows.setdefault(lead_id, []).append((impulse, rule_id))
    names = {rule.pk: rule.name for rule in opened.rules}
    return {
        lead_id: _recent(model, names, lines, now) for lead_id, lines in rows.items()
    }


def _recent(
    model: ScoringModel,
    names: dict[int, str],
    lines: list[tuple[Impulse, int]],
    now: datetime,
) -> Recent:
    instants = [
        float(int((now - TREND + TREND * step / STEPS).timestamp()))
        for step in range(STEPS + 1)
    ]
    levels = curve.levels(
        [impulse for impulse, _rule in lines], engagement.rates_of(model), instants
    )
    since = (now - WEEK).timestamp()
    times: Counter[int] = Counter()
    points: defaultdict[int, float] = defaultdict(float)
    for impulse, rule_id in lines:
        if impulse.at > since and impulse.points > 0:
            times[rule_id] += 1
            points[rule_id] += impulse.points
    best = min(points, key=lambda rule_id: (-points[rule_id], rule_id), default=None)
    reason = Reason(names[best], times[best]) if best is not None else None
    return Recent(tuple(levels), reason)
