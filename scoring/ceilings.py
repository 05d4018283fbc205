"""Keeping ceilings near what they bound, so that the warmest leads are found by them.

A ceiling is as old as the score. Of a lead that was hot long ago it says what it was
then, and the lead stands among the warmest wherever leads are read by it.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Expression, F, FloatField, QuerySet, Value
from django.db.models.functions import Greatest

from leads.bands import HOT, WARM
from leads.choices import Stage
from leads.models import Standing
from scoring import decay
from scoring.engagement import active_model, rates_of, seconds_since_landmark
from scoring.models import ScoringModel

# Of each lane the leads with so many highest ceilings are looked at, and again until
# none of them is too high; a call does so at most so often.
LOOKED_AT, ROUNDS = 300, 5
# A ceiling that is higher than the points by this share of them, and some, is too high.
SHARE, AND_SOME = 0.02, 0.05


def lower(*, now: datetime) -> int:
    """Lower ceilings that decay has left far behind, and count them."""
    model = active_model()
    if model is None:
        return 0
    bound = _bound(model, now)
    return sum(_lower(lane, model, bound) for lane in _lanes(model, bound))


def _lanes(model: ScoringModel, bound: Expression) -> list[QuerySet[Standing]]:
    """What is read by the ceiling: each stage, and MQLs by how warm they still are."""
    stages = [Standing.objects.filter(stage=stage) for stage in Stage]
    scored = Standing.objects.filter(stage=Stage.MQL, model_version=model.version)
    bounded = scored.annotate(bound=bound)
    return [*stages, *(bounded.filter(bound__lt=edge) for edge in (HOT, WARM))]


def _lower(lane: QuerySet[Standing], model: ScoringModel, bound: Expression) -> int:
    top, lowered = lane.order_by("-ceiling", "pk"), 0
    for _round in range(ROUNDS):
        lead_ids = list(top.values_list("pk", flat=True)[:LOOKED_AT])
        count = _write(lead_ids, model, bound)
        lowered += count
        if not count:
            break
    return lowered


@transaction.atomic
def _write(lead_ids: list[int], model: ScoringModel, bound: Expression) -> int:
    """The bound is made of the row itself, whatever was scored meanwhile."""
    stale = Standing.objects.filter(
        pk__any_of=lead_ids,
        model_version=model.version,
        ceiling__gt=bound
        + Greatest(bound, Value(0.0), output_field=FloatField()) * Value(SHARE)
        + Value(AND_SOME),
    )
    free = stale.order_by("pk").select_for_update(skip_locked=True)
    found = list(free.values_list("pk", flat=True))
    return stale.filter(pk__any_of=found).update(ceiling=bound) if found else 0


def _bound(model: ScoringModel, now: datetime) -> Expression:
    """As `decay.ceiling`, in SQL over standings that this model has scored."""
    rates = rates_of(model)
    seconds = seconds_since_landmark(model, now) - decay.CEILING_SLACK

    def most(column: str, rate: float) -> Expression:
        left = Value(
            decay.factor(rate=rate, seconds=seconds), output_field=FloatField()
        )
        positive = Greatest(F(column), Value(0.0), output_field=FloatField())
        return positive * left

    return (
        F("s_never")
        + most("s_fast", rates.fast)
        + most("s_medium", rates.medium)
        + most("s_slow", rates.slow)
    )
