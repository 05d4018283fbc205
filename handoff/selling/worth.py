"""What a lead in a stage is worth: what those that entered it long ago have brought.

The cohort is that of the expected value in the report of revenue.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, DecimalField, ExpressionWrapper, F, Sum, Value
from django.db.models.functions import Coalesce

from handoff.models import Deal, StageWorth
from leads.choices import Stage
from leads.models import StageChange

STAGES = (
    *(Stage.NEW, Stage.IQL, Stage.MQL, Stage.SQL),
    *(Stage.ACCEPTED, Stage.RECYCLED),
)
# Leads that entered in this time, but long enough ago to have ended.
COHORT_FROM, COHORT_TO = timedelta(days=730), timedelta(days=180)
COUNTED_EVERY = timedelta(hours=1)
# A mean of fewer says nothing.
LEAST_ENTERED = 20
MONEY = DecimalField(max_digits=36, decimal_places=10)


def count_again(*, now: datetime) -> int:
    """Count what is older than an hour; how many stages were counted."""
    fresh = StageWorth.objects.filter(counted_at__gt=now - COUNTED_EVERY)
    known = set(fresh.values_list("stage", flat=True))
    for stage in (old := [stage for stage in STAGES if stage not in known]):
        _count(stage, now)
    return len(old)


def of_a_lead() -> dict[str, StageWorth]:
    """By stage what its leads have brought; a stage with too few is left out."""
    enough = StageWorth.objects.filter(entered__gte=LEAST_ENTERED)
    return {one.stage: one for one in enough}


def expected_cents(worth: StageWorth, *, leads: int) -> int:
    """What so many leads may bring, in cents."""
    return worth.cents * leads // worth.entered


def _count(stage: Stage, now: datetime) -> None:
    entries = StageChange.objects.filter(
        to_stage=stage,
        is_undone=False,
        at__gte=now - COHORT_FROM,
        at__lt=now - COHORT_TO,
    )
    entered = entries.order_by().aggregate(n=Count("lead", distinct=True))["n"]
    won = Deal.objects.filter(
        won_at__isnull=False, lead__in=entries.order_by().values("lead")
    )
    amount = F("amount") * Coalesce(F("close_rate"), Value(Decimal(1)))
    sums = won.order_by().aggregate(
        leads=Count("lead", distinct=True), sum=Sum(ExpressionWrapper(amount, MONEY))
    )
    StageWorth.objects.update_or_create(
        stage=stage,
        defaults={
            "entered": entered,
            "won": sums["leads"],
            "cents": round((sums["sum"] or Decimal(0)) * 100),
            "counted_at": now,
        },
    )
