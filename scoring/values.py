"""A scoring model as plain values: what is checked, copied, compared and exported."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _

from leads.choices import ActivityKind, Stage
from scoring.choices import CapPeriod, CapScope, CriterionGroup, Effect, Speed
from scoring.models import (
    BehaviourRule,
    FitCriterion,
    ScoringModel,
)

MOST_POINTS = 1_000.0
# Ten years, in days, is as good as never.
LONGEST_HALF_LIFE = 3_650.0
MOST_ENGAGEMENT = 100_000.0
MOST_FIT = 100.0
MOST_CAP = 10_000
MOST_LINES = 200
LONGEST_NAME = 100
GATED = (Stage.IQL, Stage.MQL, Stage.SQL)
BANDS = 12


@dataclass(frozen=True)
class RuleValues:
    """A behaviour rule; `cap_count` None is without a cap."""

    name: str
    kind: ActivityKind
    conditions: Mapping[str, Any]
    points: float
    speed: Speed
    cap_count: int | None
    cap_period: CapPeriod
    cap_scope: CapScope
    effect: Effect
    is_on: bool


@dataclass(frozen=True)
class CriterionValues:
    """A fit criterion."""

    name: str
    group: CriterionGroup
    conditions: Mapping[str, Any]
    points: float
    effect: Effect
    is_on: bool


@dataclass(frozen=True)
class GateValues:
    """What a stage asks for; `grade` is an index into `leads.choices.GRADES`."""

    stage: Stage
    engagement: float
    grade: int
    leave_engagement: float


@dataclass(frozen=True)
class SettingsValues:
    """The name, the half-lives in days, and the least fit of D- to A+."""

    name: str
    half_life_fast: float
    half_life_medium: float
    half_life_slow: float
    band_limits: list[float]


@dataclass(frozen=True)
class ModelValues:
    """A whole version; rules and criteria in their order, gates from IQL to SQL."""

    settings: SettingsValues
    rules: list[RuleValues]
    criteria: list[CriterionValues]
    gates: list[GateValues]


LineValues = RuleValues | CriterionValues
Line = BehaviourRule | FitCriterion
Kind = TypeVar("Kind")


def of_row(kind: type[Kind], row: Model) -> Kind:
    """The values of that kind as the row holds them."""
    return kind(**{one.name: getattr(row, one.name) for one in fields(kind)})  # type: ignore[arg-type]


def of_line(line: Line) -> LineValues:
    """The values of a rule or a criterion."""
    if isinstance(line, BehaviourRule):
        return of_row(RuleValues, line)
    return of_row(CriterionValues, line)


def of_model(model: ScoringModel) -> ModelValues:
    """All that a version says."""
    gates = [of_row(GateValues, gate) for gate in model.gates.all()]
    return ModelValues(
        settings=of_row(SettingsValues, model),
        rules=[of_row(RuleValues, one) for one in model.rules.order_by("position")],
        criteria=[
            of_row(CriterionValues, one) for one in model.criteria.order_by("position")
        ],
        gates=sorted(gates, key=lambda gate: GATED.index(Stage(gate.stage))),
    )


def fingerprint(values: Any) -> str:
    """Tells whether values are still those that somebody was shown."""
    if isinstance(values, list):
        return _digest([vars(one) for one in values])
    return _digest(vars(values))


def _digest(plain: Any) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class GateProblem:
    """What is wrong with the gate of one stage, and in which of its fields."""

    stage: Stage
    field: str
    message: str


def gate_problems(gates: Sequence[GateValues]) -> list[GateProblem]:
    """Gates rise from IQL to SQL, and each is left no higher than it is reached."""
    problems = []
    by_stage = {gate.stage: gate for gate in gates}
    ordered = [by_stage[stage] for stage in GATED if stage in by_stage]
    for gate in ordered:
        if gate.leave_engagement > gate.engagement:
            message = _("Left no higher than it is reached: at most {most:g}.")
            problems.append(
                GateProblem(
                    gate.stage,
                    "leave_engagement",
                    message.format(most=gate.engagement),
                )
            )
    for lower, higher in pairwise(ordered):
        for field in ("engagement", "grade"):
            if getattr(higher, field) < getattr(lower, field):
                message = _("Not under that of {stage}, the stage before.").format(
                    stage=Stage(lower.stage).label
                )
                problems.append(GateProblem(higher.stage, field, message))
    return problems


def band_problem(limits: Sequence[float]) -> str:
    """Why these cannot be the limits of the grades; empty where they can."""
    if len(limits) != BANDS:
        return _("There are {most} limits, from D- to A+.").format(most=BANDS)
    if any(not 0 <= limit <= MOST_FIT for limit in limits):
        return _("Each limit is from 0 to 100.")
    if any(low >= high for low, high in pairwise(limits)):
        return _("Each limit is higher than the one before.")
    return ""
