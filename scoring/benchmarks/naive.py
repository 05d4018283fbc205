"""The same score lead by lead in Python, as it is often written: to compare with."""

from collections import defaultdict
from datetime import datetime, timedelta
from math import exp
from typing import Any

from leads.models import Activity, Standing
from scoring import engagement
from scoring.models import BehaviourRule, ScoringModel


def score_each(*, model: ScoringModel, lead_ids: list[int]) -> None:
    """Score these leads one after the other, without gates, fit and falling."""
    rules = list(model.rules.order_by("position"))
    for standing in Standing.objects.filter(pk__in=lead_ids):
        sums = _sums(model, rules, standing.lead_id)
        for speed, total in sums.items():
            setattr(standing, f"s_{speed}", total)
        standing.save(update_fields=["s_never", "s_fast", "s_medium", "s_slow"])


def _sums(
    model: ScoringModel, rules: list[BehaviourRule], lead_id: int
) -> dict[str, float]:
    rates = vars(engagement.rates_of(model)) | {"never": 0.0}
    used: defaultdict[tuple[Any, ...], int] = defaultdict(int)
    sums = dict.fromkeys(rates, 0.0)
    happened = Activity.objects.filter(lead=lead_id, is_machine=False)
    for activity in happened.order_by("occurred_at", "pk"):
        rule = next((rule for rule in rules if _matches(rule, activity)), None)
        if rule is None:
            continue
        about = activity.url if rule.cap_scope == "url" else ""
        slot = (rule.pk, _period(activity.occurred_at, rule.cap_period), about)
        used[slot] += 1
        if rule.cap_count is None or used[slot] <= rule.cap_count:
            seconds = (activity.occurred_at - model.landmark).total_seconds()
            sums[rule.speed] += rule.points * exp(rates[rule.speed] * int(seconds))
    return sums


def _matches(rule: BehaviourRule, activity: Activity) -> bool:
    if rule.kind != activity.kind:
        return False
    return not rule.conditions or rule.conditions["value"] in activity.url


def _period(at: datetime, period: str) -> Any:
    day = at.date()
    starts = {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
    }
    return starts.get(period)
