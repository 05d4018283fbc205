"""Fit: points for who the lead is, as SQL over leads and their companies."""

import json
from collections.abc import Sequence
from functools import lru_cache

from django.db.models import (
    Case,
    Expression,
    F,
    FloatField,
    IntegerField,
    Q,
    Value,
    When,
)

from leads import conditions
from leads.models import Lead
from scoring.choices import Effect
from scoring.models import FitCriterion, ScoringModel
from scoring.sql import Leads, Sql, compose, greatest, least, number

MOST_FIT = 100.0

# Materialized, or every use of the points would match all criteria again.
_FIT = """facts AS MATERIALIZED ({compiled} AND {in_question}),
fit AS MATERIALIZED (
    SELECT lead_id, is_barred, is_promoted,
        {least}({greatest}(CAST(points AS double precision), {none}), {most}) AS points
    FROM facts
)"""


def criteria_of(model: ScoringModel) -> list[FitCriterion]:
    """The criteria of a model that are in use, in their order."""
    return list(model.criteria.filter(is_on=True).order_by("position"))


def fit_relation(
    model: ScoringModel,
    leads: Leads,
    *,
    criteria: Sequence[FitCriterion] | None = None,
) -> Sql:
    """`fit` for WITH: points (0 to 100), and 1 where a criterion bars or promotes.

    criteria: the `criteria_of` the model, where the caller has them.
    """
    said = criteria_of(model) if criteria is None else criteria
    signature = json.dumps([[it.conditions, it.points, it.effect] for it in said])
    return compose(
        _FIT,
        compiled=_compiled_criteria(signature),
        in_question=leads.sql('"leads_lead"."id"'),
        least=least(),
        greatest=greatest(),
        none=number(0.0),
        most=number(MOST_FIT),
    )


def grade_case(model: ScoringModel, points: str) -> Sql:
    """The index of the grade whose limit the points reach; 0 below the first."""
    limits = sorted(model.band_limits)
    whens = "".join(
        f" WHEN {points} >= %s THEN {grade}" for grade in range(len(limits), 0, -1)
    )
    text = f"CASE{whens} ELSE 0 END" if limits else "0"
    return Sql(text, tuple(float(limit) for limit in reversed(limits)))


@lru_cache(maxsize=32)
def _compiled_criteria(signature: str) -> Sql:
    """Keyed by what the criteria say, so that a text is never out of date."""
    points: list[Expression] = [Value(0.0, output_field=FloatField())]
    with_effect: dict[str, list[Q]] = {Effect.DISQUALIFY: [], Effect.FAST_TRACK: []}
    for tree, worth, effect in json.loads(signature):
        is_matched = conditions.compile_q(tree, "lead") or Q(pk__gt=0)
        points.append(_worth(is_matched, worth))
        with_effect.get(effect, []).append(is_matched)
    total = points[0]
    for more in points[1:]:
        total = total + more
    leads = Lead.objects.filter(pk__gt=0).order_by()
    rows = leads.annotate(
        lead_id=F("pk"),
        points=total,
        is_barred=_any(with_effect[Effect.DISQUALIFY]),
        is_promoted=_any(with_effect[Effect.FAST_TRACK]),
    )
    text, params = rows.values_list(
        "lead_id", "points", "is_barred", "is_promoted"
    ).query.sql_with_params()
    return Sql(text, tuple(params))


def _worth(is_matched: Q, points: float) -> Case:
    return Case(
        When(is_matched, then=Value(points)),
        default=Value(0.0),
        output_field=FloatField(),
    )


def _any(matches: list[Q]) -> Case:
    whens = [When(is_matched, then=Value(1)) for is_matched in matches]
    return Case(*whens, default=Value(0), output_field=IntegerField())
