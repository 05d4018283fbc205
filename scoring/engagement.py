"""The engagement of a lead at any instant, from its standing."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Case, Expression, F, FloatField, Q, Value, When
from django.db.models.functions import Greatest

from leads.lifecycle import Score
from leads.models import Standing
from scoring import decay
from scoring.choices import ModelStatus
from scoring.decay import Rates, Sums
from scoring.models import ScoringModel


def active_model() -> ScoringModel | None:
    """The model that decides, if there is one."""
    return ScoringModel.objects.filter(status=ModelStatus.ACTIVE).first()


def models_in_force() -> list[ScoringModel]:
    """The active model and the one that it replaced, in one query; none: no model."""
    is_active = Q(status=ModelStatus.ACTIVE)
    used = ScoringModel.objects.filter(is_active | Q(activated_at__isnull=False))
    first = Case(When(is_active, then=0), default=1)
    latest = list(used.order_by(first, F("activated_at").desc(nulls_last=True))[:2])
    return latest if latest and latest[0].status == ModelStatus.ACTIVE else []


def rates_of(model: ScoringModel) -> Rates:
    """How fast each speed of the model fades."""
    return Rates.of_half_lives(
        model.half_life_fast, model.half_life_medium, model.half_life_slow
    )


def seconds_since_landmark(model: ScoringModel, now: datetime) -> float:
    """The whole seconds from the model's landmark, as the ledger counts them."""
    return float(int(now.timestamp()) - int(model.landmark.timestamp()))


def engagement_expression(
    *, model: ScoringModel | None, now: datetime, prefix: str = ""
) -> Expression:
    """The engagement at `now`, in SQL over standings; `prefix` as in `standing__`.

    A standing that the model has not scored yet counts by the one it replaced.
    """
    unfloored = unfloored_expression(model=model, now=now, prefix=prefix)
    return Greatest(unfloored, Value(0.0), output_field=FloatField())


def unfloored_expression(
    *, model: ScoringModel | None, now: datetime, prefix: str = ""
) -> Expression:
    """As `engagement_expression`, but penalties may take it below 0: to sort by."""
    models = [model, *_replaced_by(model)] if model else []
    return expression_by(models=models, now=now, prefix=prefix)


def expression_by(
    *, models: Sequence[ScoringModel], now: datetime, prefix: str = ""
) -> Expression:
    """The unfloored sum by these models: the active and the one that it replaced."""
    if not models:
        return Value(0.0, output_field=FloatField())
    column = f"{prefix}model_version"
    return Case(
        *(
            When(
                **{column: one.version},
                then=scored_expression(model=one, now=now, prefix=prefix),
            )
            for one in models
        ),
        default=Value(0.0),
        output_field=FloatField(),
    )


def engagement_of(
    standing: Standing, *, model: ScoringModel | None, now: datetime
) -> float:
    """The engagement of one standing at `now`, 0 or more."""
    if standing.model_version is None:
        return 0.0
    if model is None or standing.model_version != model.version:
        model = ScoringModel.objects.get(version=standing.model_version)
    return decay.engagement(
        sums=Sums(
            standing.s_never, standing.s_fast, standing.s_medium, standing.s_slow
        ),
        rates=rates_of(model),
        seconds=seconds_since_landmark(model, now),
    )


def score_of(*, standing: Standing, now: datetime) -> Score:
    """What the lead scores at `now`, to be kept with a change of stage."""
    return scores_of(standings=[standing], now=now)[standing.pk]


def scores_of(*, standings: Iterable[Standing], now: datetime) -> dict[int, Score]:
    """The same for many leads, by lead."""
    model = active_model()
    return {
        standing.pk: Score(
            engagement=engagement_of(standing, model=model, now=now),
            fit=standing.fit,
            grade=standing.grade,
            model_version=standing.model_version,
        )
        for standing in standings
    }


def _replaced_by(model: ScoringModel) -> list[ScoringModel]:
    """The one model that decided before this one, if any."""
    others = ScoringModel.objects.exclude(pk=model.pk).exclude(activated_at=None)
    return list(others.order_by("-activated_at")[:1])


def scored_expression(
    *, model: ScoringModel, now: datetime, prefix: str = ""
) -> Expression:
    """The unfloored sum, for standings that this very model has scored."""
    rates, seconds = rates_of(model), seconds_since_landmark(model, now)

    def faded(column: str, rate: float) -> Expression:
        left = Value(
            decay.factor(rate=rate, seconds=seconds), output_field=FloatField()
        )
        return F(f"{prefix}{column}") * left

    return (
        F(f"{prefix}s_never")
        + faded("s_fast", rates.fast)
        + faded("s_medium", rates.medium)
        + faded("s_slow", rates.slow)
    )
