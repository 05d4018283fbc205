"""Why a lead is ready now: the rules that brought most of its points."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from scoring import decay, engagement, ledger, matched
from scoring.choices import Speed
from scoring.ledger import Ledger
from scoring.sql import LeadIds, Sql, compose, epoch, joined, number

SHOWN = 3

_GROUNDS = """WITH {chain},
summed AS (
    SELECT lead_id, rule_id, count(*) AS times, max({seconds}) AS latest,
        sum(weight) * {left} AS points
    FROM counted GROUP BY lead_id, rule_id, speed
),
placed_by_points AS (
    SELECT summed.*, row_number() OVER (
        PARTITION BY lead_id ORDER BY points DESC, rule_id
    ) AS line
    FROM summed WHERE points > 0
)
SELECT lead_id, rule_id, times, latest, points
FROM placed_by_points WHERE line <= {shown} ORDER BY lead_id, line"""


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
    names = {rule.pk: rule.name for rule in opened.rules}
    by_lead_id: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for lead_id, rule_id, count, latest, points in _strongest(opened, lead_ids):
        at = datetime.fromtimestamp(int(latest), tz=UTC).isoformat()
        line = {"what": names[rule_id], "count": count, "at": at, "points": points}
        by_lead_id[lead_id].append({**line, "rule": rule_id})
    return dict(by_lead_id)


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


def _strongest(opened: Ledger, lead_ids: Sequence[int]) -> list[tuple[Any, ...]]:
    statement = compose(
        _GROUNDS,
        chain=ledger.chain(opened, LeadIds(tuple(lead_ids))),
        seconds=epoch("occurred_at"),
        left=_left(opened),
        shown=str(SHOWN),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        return list(cursor.fetchall())


def _left(opened: Ledger) -> Sql:
    """What is left, now, of a point that was carried to the model's landmark."""
    seconds = engagement.seconds_since_landmark(opened.model, opened.now)
    whens = [
        compose(
            f"WHEN '{speed}' THEN {{factor}}",
            factor=number(decay.factor(rate=opened.rate(speed), seconds=seconds)),
        )
        for speed in Speed
    ]
    return compose("CASE speed {whens} END", whens=joined(" ", whens))
