"""A scoring model as a JSON document: how models travel.

The shape is told in docs/scoring-model.md. What is written is read back exactly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.utils.translation import gettext as _

from leads.choices import GRADES, ActivityKind, Stage
from leads.json_nodes import DocumentError, Node
from scoring import values
from scoring.choices import CapPeriod, CapScope, CriterionGroup, Effect, Speed
from scoring.models import SHORTEST_HALF_LIFE
from scoring.values import (
    CriterionValues,
    GateValues,
    LineValues,
    ModelValues,
    RuleValues,
    SettingsValues,
)

FORMAT = "baton-scoring-model/1"
SPEEDS = ("fast", "medium", "slow")


def write(model: ModelValues) -> dict[str, Any]:
    """The document of a model."""
    settings = model.settings
    return {
        "format": FORMAT,
        "name": settings.name,
        "half_lives": {
            speed: getattr(settings, f"half_life_{speed}") for speed in SPEEDS
        },
        "band_limits": list(settings.band_limits),
        "rules": [write_line(rule) for rule in model.rules],
        "criteria": [write_line(criterion) for criterion in model.criteria],
        "gates": [
            {
                "stage": gate.stage,
                "engagement": gate.engagement,
                "grade": GRADES[gate.grade],
                "leave_engagement": gate.leave_engagement,
            }
            for gate in model.gates
        ],
    }


def write_line(line: LineValues) -> dict[str, Any]:
    """The part of a document that is one rule or one criterion."""
    if isinstance(line, CriterionValues):
        return dict(vars(line))
    plain = dict(vars(line))
    count, period, scope = (
        plain.pop(f"cap_{part}") for part in ("count", "period", "scope")
    )
    cap = {"count": count, "period": period, "scope": scope} if count else None
    return {**plain, "cap": cap}


def read(document: Any) -> ModelValues:
    """The model that a document tells.

    Raises:
        DocumentError: with the path to the culprit, and why.
    """
    root = _Node(document)
    given = root.members(
        "format", "name", "half_lives", "band_limits", "rules", "criteria", "gates"
    )
    if given["format"].value != FORMAT:
        given["format"].refuse(_("expected “{format}”").format(format=FORMAT))
    half_lives = given["half_lives"].members(*SPEEDS)
    return ModelValues(
        settings=SettingsValues(
            name=given["name"].name(),
            band_limits=_read_bands(given["band_limits"]),
            **{f"half_life_{one}": half_lives[one].half_life() for one in SPEEDS},
        ),
        rules=[_read_rule(node) for node in given["rules"].lines()],
        criteria=[_read_criterion(node) for node in given["criteria"].lines()],
        gates=_read_gates(given["gates"]),
    )


def read_line(document: Any) -> LineValues:
    """The rule or criterion that `write_line` wrote. Raises: DocumentError."""
    node = _Node(document)
    is_rule = isinstance(document, Mapping) and "kind" in document
    return _read_rule(node) if is_rule else _read_criterion(node)


@dataclass(frozen=True)
class _Node(Node):
    """One value of the document, and where it stands."""

    def lines(self) -> list[Self]:
        return self.items(most=values.MOST_LINES)

    def points(self) -> float:
        return self.number(-values.MOST_POINTS, values.MOST_POINTS)

    def half_life(self) -> float:
        return self.number(SHORTEST_HALF_LIFE, values.LONGEST_HALF_LIFE)

    def count(self) -> int:
        if not isinstance(self.value, int):
            self.refuse(_("not a whole number"))
        return int(self.number(1, values.MOST_CAP))

    def name(self) -> str:
        return self.text(longest=values.LONGEST_NAME)


def _read_rule(node: _Node) -> RuleValues:
    given = node.members(
        "name", "kind", "points", "speed",
        conditions={}, cap=None, effect=Effect.NONE, is_on=True,
    )  # fmt: skip
    count, period, scope = _read_cap(given["cap"])
    return RuleValues(
        name=given["name"].name(),
        kind=given["kind"].choice(ActivityKind),
        conditions=given["conditions"].tree("activity"),
        points=given["points"].points(),
        speed=given["speed"].choice(Speed),
        cap_count=count,
        cap_period=period,
        cap_scope=scope,
        effect=given["effect"].choice(Effect),
        is_on=given["is_on"].flag(),
    )


def _read_cap(node: _Node) -> tuple[int | None, CapPeriod, CapScope]:
    if node.value is None:
        return None, CapPeriod.EVER, CapScope.ALL
    given = node.members("count", "period", scope=CapScope.ALL)
    return (
        given["count"].count(),
        given["period"].choice(CapPeriod),
        given["scope"].choice(CapScope),
    )


def _read_criterion(node: _Node) -> CriterionValues:
    given = node.members(
        "name", "group", "conditions", "points", effect=Effect.NONE, is_on=True
    )
    if given["conditions"].value == {}:
        given["conditions"].refuse(_("empty: it would hold for every lead"))
    return CriterionValues(
        name=given["name"].name(),
        group=given["group"].choice(CriterionGroup),
        conditions=given["conditions"].tree("lead"),
        points=given["points"].points(),
        effect=given["effect"].choice(Effect),
        is_on=given["is_on"].flag(),
    )


def _read_bands(node: _Node) -> list[float]:
    limits = [one.number(0, values.MOST_FIT) for one in node.lines()]
    if problem := values.band_problem(limits):
        node.refuse(problem)
    return limits


def _read_gates(node: _Node) -> list[GateValues]:
    found: dict[Stage, tuple[_Node, GateValues]] = {}
    for one in node.lines():
        given = one.members("stage", "engagement", "grade", "leave_engagement")
        stage = given["stage"].choice(Stage)
        if stage not in values.GATED or stage in found:
            given["stage"].refuse(_("expected iql, mql and sql, once each"))
        if given["grade"].value not in GRADES:
            given["grade"].refuse(
                _("not one of {known}").format(known=", ".join(GRADES))
            )
        found[stage] = (
            one,
            GateValues(
                stage=stage,
                engagement=given["engagement"].number(0, values.MOST_ENGAGEMENT),
                grade=GRADES.index(given["grade"].value),
                leave_engagement=given["leave_engagement"].number(
                    0, values.MOST_ENGAGEMENT
                ),
            ),
        )
    if len(found) < len(values.GATED):
        node.refuse(_("expected iql, mql and sql, once each"))
    gates = [found[stage][1] for stage in values.GATED]
    for problem in values.gate_problems(gates):
        path = f"{found[problem.stage][0].path}.{problem.field}"
        raise DocumentError(path, problem.message)
    return gates
