"""Why a lead is ready now: the rules that brought most of its points."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from scoring import decay, engagement, ledger, matched
from scoring.choices import Speed
from scoring.ledger import Ledger
from scoring.sql import LeadIds, compose, epoch

SHOWN = 3

_GROUNDS = """WITH {chain}
SELECT lead_id, rule_id, count(*), max({seconds}), sum(weight)
FROM counted GROUP BY lead_id, rule_id"""


def strongest(
    *, lead_ids: Sequence[int], now: datetime
) -> dict[int, list[dict[str, Any]]]:
    """Up to three lines a lead, the most points first: what, how often, when last.

    The points are what is left of them now. A lead without points has no line.
    """
    model = engagement.active_model()
    if model is None:
        return {}
    opened = ledger.open_ledger(model=model, now=now)
    rules = {rule.pk: rule for rule in opened.rules}
    left = _left_by_speed(opened)
    by_lead_id: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for lead_id, rule_id, count, latest, weight in _counted(opened, lead_ids):
        rule = rules[rule_id]
        points = float(weight) * left[rule.speed]
        if points > 0:
            at = datetime.fromtimestamp(int(latest), tz=UTC).isoformat()
            line = {"what": rule.name, "count": count, "at": at, "points": points}
            by_lead_id[lead_id].append({**line, "rule": rule_id})
    return {
        lead_id: sorted(lines, key=lambda line: -line["points"])[:SHOWN]
        for lead_id, lines in by_lead_id.items()
    }


def fit_lines(*, lead_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """What gives each lead its grade: criterion and points, the weightiest first."""
    model = engagement.active_model()
    if model is None:
        return {}
    found = matched.criteria(lead_ids=lead_ids, model=model)
    return {
        lead_id: [
            {"what": one.name, "points": one.points}
            for one in sorted(criteria, key=lambda one: -abs(one.points))
        ]
        for lead_id, criteria in found.items()
    }


def _counted(opened: Ledger, lead_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    statement = compose(
        _GROUNDS,
        chain=ledger.chain(opened, LeadIds(tuple(lead_ids))),
        seconds=epoch("occurred_at"),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        return list(cursor.fetchall())


def _left_by_speed(opened: Ledger) -> dict[str, float]:
    """What is left, now, of a point that was carried to the model's landmark."""
    seconds = engagement.seconds_since_landmark(opened.model, opened.now)
    return {
        speed: decay.factor(rate=opened.rate(speed), seconds=seconds) for speed in Speed
    }
