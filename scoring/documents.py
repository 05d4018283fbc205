"""A scoring model as a JSON document: how models travel.

The shape is told in docs/scoring-model.md. What is written is read back exactly.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from leads import conditions
from leads.choices import GRADES, ActivityKind, Stage
from leads.conditions import ConditionError
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

Choice = TypeVar("Choice", bound=TextChoices)


class DocumentError(Exception):
    """The document is no scoring model; `path` is where, such as `rules[3].points`."""

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        self.message = message
        super().__init__(f"{path}: {message}" if path else message)


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
    root = _Node(document, "")
    given = root.members(
        "format", "name", "half_lives", "band_limits", "rules", "criteria", "gates"
    )
    if given["format"].value != FORMAT:
        given["format"].refuse(_("expected “{format}”").format(format=FORMAT))
    half_lives = given["half_lives"].members(*SPEEDS)
    return ModelValues(
        settings=SettingsValues(
            name=given["name"].text(),
            band_limits=_read_bands(given["band_limits"]),
            **{f"half_life_{one}": half_lives[one].half_life() for one in SPEEDS},
        ),
        rules=[_read_rule(node) for node in given["rules"].items()],
        criteria=[_read_criterion(node) for node in given["criteria"].items()],
        gates=_read_gates(given["gates"]),
    )


def read_line(document: Any) -> LineValues:
    """The rule or criterion that `write_line` wrote. Raises: DocumentError."""
    node = _Node(document, "")
    is_rule = isinstance(document, Mapping) and "kind" in document
    return _read_rule(node) if is_rule else _read_criterion(node)


@dataclass(frozen=True)
class _Node:
    """One value of the document, and where it stands."""

    value: Any
    path: str

    def refuse(self, message: str) -> NoReturn:
        raise DocumentError(self.path, message)

    def members(self, *required: str, **optional: Any) -> dict[str, "_Node"]:
        """The members of an object; those that are missing have their default."""
        if not isinstance(self.value, Mapping):
            self.refuse(_("not an object"))
        known = {*required, *optional}
        for name in self.value:
            if name not in known:
                self._member(name).refuse(_("not expected here"))
        for name in required:
            if name not in self.value:
                self._member(name).refuse(_("missing"))
        found = {**optional, **self.value}
        return {name: _Node(found[name], self._member(name).path) for name in found}

    def _member(self, name: str) -> "_Node":
        return _Node(None, f"{self.path}.{name}" if self.path else str(name))

    def items(self) -> list["_Node"]:
        if not isinstance(self.value, list):
            self.refuse(_("not a list"))
        if len(self.value) > values.MOST_LINES:
            self.refuse(_("more than {most}").format(most=values.MOST_LINES))
        return [
            _Node(one, f"{self.path}[{index}]") for index, one in enumerate(self.value)
        ]

    def number(self, low: float, high: float) -> float:
        is_number = isinstance(self.value, int | float) and self.value is not True
        if not is_number or self.value is False or not math.isfinite(self.value):
            self.refuse(_("not a number"))
        if not low <= self.value <= high:
            message = _("not from {low} to {high}")
            self.refuse(message.format(low=f"{low:g}", high=f"{high:g}"))
        return float(self.value)

    def points(self) -> float:
        return self.number(-values.MOST_POINTS, values.MOST_POINTS)

    def half_life(self) -> float:
        return self.number(SHORTEST_HALF_LIFE, values.LONGEST_HALF_LIFE)

    def count(self) -> int:
        if not isinstance(self.value, int):
            self.refuse(_("not a whole number"))
        return int(self.number(1, values.MOST_CAP))

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            self.refuse(_("not a text"))
        if len(self.value) > values.LONGEST_NAME:
            self.refuse(_("longer than {most}").format(most=values.LONGEST_NAME))
        if not self.value.isprintable():
            self.refuse(_("holds characters that cannot be shown"))
        return self.value.strip()

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            self.refuse(_("not true or false"))
        return self.value

    def choice(self, choices: type[Choice]) -> Choice:
        if self.value not in choices.values:
            known = ", ".join(choices.values)
            self.refuse(_("not one of {known}").format(known=known))
        return choices(self.value)

    def tree(self, subject: str) -> Mapping[str, Any]:
        if not isinstance(self.value, Mapping):
            self.refuse(_("not an object"))
        try:
            conditions.validate(self.value, subject)
        except ConditionError as error:
            path = f"{self.path}.{error.path}" if error.path else self.path
            raise DocumentError(path, error.message) from error
        return self.value


def _read_rule(node: _Node) -> RuleValues:
    given = node.members(
        "name", "kind", "points", "speed",
        conditions={}, cap=None, effect=Effect.NONE, is_on=True,
    )  # fmt: skip
    count, period, scope = _read_cap(given["cap"])
    return RuleValues(
        name=given["name"].text(),
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
        name=given["name"].text(),
        group=given["group"].choice(CriterionGroup),
        conditions=given["conditions"].tree("lead"),
        points=given["points"].points(),
        effect=given["effect"].choice(Effect),
        is_on=given["is_on"].flag(),
    )


def _read_bands(node: _Node) -> list[float]:
    limits = [one.number(0, values.MOST_FIT) for one in node.items()]
    if problem := values.band_problem(limits):
        node.refuse(problem)
    return limits


def _read_gates(node: _Node) -> list[GateValues]:
    found: dict[Stage, tuple[_Node, GateValues]] = {}
    for one in node.items():
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
