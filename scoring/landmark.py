"""The landmark of the active model: moved before sums carried to it outgrow a float."""

import math
from copy import copy
from datetime import datetime

from django.db import transaction
from django.db.models import Case, Expression, F, FloatField, Q, Value, When

from leads import bells
from leads.models import Standing
from scoring import decay, engagement
from scoring.choices import ModelStatus
from scoring.models import ScoringModel

# In e-folds of the fastest speed, 2^577. The ledger is exact up to e^600, so that with
# a half-life of a day there are 288 days to carry it.
MOST_EFOLDS = 400.0


def carried(model: ScoringModel, *, to: datetime) -> ScoringModel:
    """The model with another landmark, not saved: to read a ledger far from its own."""
    nearer = copy(model)
    nearer.landmark = to.replace(microsecond=0)
    return nearer


def carry(*, now: datetime) -> bool:
    """Move the active model's landmark to now if it lies too far back; a duty.

    The sums are multiplied in the transaction that moves it, so every page shows the
    same engagement before and after. Every lead is owed a rescore by it too, which puts
    right what was written meanwhile by somebody who had read the old landmark.
    """
    model = engagement.active_model()
    if model is None or not _is_far(model, now):
        return False
    with transaction.atomic():
        active = ScoringModel.objects.select_for_update()
        model = active.filter(status=ModelStatus.ACTIVE).first()
        if model is None or not _is_far(model, now):
            return False
        _move(model, now)
    return True


def _is_far(model: ScoringModel, now: datetime) -> bool:
    fastest = max(vars(engagement.rates_of(model)).values())
    seconds = engagement.seconds_since_landmark(model, now)
    return bool(fastest * seconds > MOST_EFOLDS)


def _move(model: ScoringModel, now: datetime) -> None:
    seconds = engagement.seconds_since_landmark(model, now)
    rates = vars(engagement.rates_of(model))
    Standing.objects.filter(model_version=model.version).update(
        stale_seq=F("stale_seq") + 1,
        **{
            f"s_{speed}": _faded(speed, rate * seconds) for speed, rate in rates.items()
        },
    )
    model.landmark = now.replace(microsecond=0)
    model.save(update_fields=["landmark"])
    bells.ring("standings_stale")


def _faded(speed: str, efolds: float) -> Expression:
    """What is left of a sum; nothing where a float could not hold it."""
    if efolds > decay.MOST_EXPONENT:
        return Value(0.0, output_field=FloatField())
    left = math.exp(-efolds)
    column, least = f"s_{speed}", decay.NOTHING / left
    counts = Q(**{f"{column}__gt": least}) | Q(**{f"{column}__lt": -least})
    return Case(
        When(counts, then=F(column) * Value(left, output_field=FloatField())),
        default=Value(0.0),
        output_field=FloatField(),
    )
