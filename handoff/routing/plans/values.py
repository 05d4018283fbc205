"""A routing plan as plain values: what is checked, copied, compared and exported."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from handoff.choices import Strategy
from handoff.models import RoutingPlan, RoutingRule
from leads.models import Rep, Team

MOST_RULES = 50
LONGEST_NAME = 100
LONGEST_COOL_OFF = 365  # days


@dataclass(frozen=True)
class RuleValues:
    """A rule: a `team`, or for a named rep the `rep`; empty where it is gone since.

    With `has_stand_in` the rep's team gets by turns what the rep cannot take.
    """

    name: str
    conditions: Mapping[str, Any]
    strategy: Strategy
    team: Team | None
    rep: Rep | None
    is_on: bool
    has_stand_in: bool = False


@dataclass(frozen=True)
class SettingsValues:
    """What holds beside the rules: what comes before them, and what after."""

    name: str
    prefers_owner: bool
    joins_colleague: bool
    cool_off_days: int
    default_team: Team | None
    default_strategy: Strategy


@dataclass(frozen=True)
class PlanValues:
    """A whole version, the rules in their order."""

    settings: SettingsValues
    rules: list[RuleValues]


# What a workspace does that has no plan yet.
FIRST = PlanValues(
    SettingsValues(
        name="Routing",
        prefers_owner=True,
        joins_colleague=True,
        cool_off_days=30,
        default_team=None,
        default_strategy=Strategy.TURNS,
    ),
    rules=[],
)

Kind = TypeVar("Kind")


def of_row(kind: type[Kind], row: Model) -> Kind:
    """The values of that kind as the row holds them."""
    return kind(**{one.name: getattr(row, one.name) for one in fields(kind)})  # type: ignore[arg-type]


def rules_of(plan: RoutingPlan) -> QuerySet[RoutingRule]:
    """The rules in their order, with the names of where they lead."""
    rules = plan.rules.select_related("team", "rep__user", "rep__team")
    return rules.order_by("position")


def of_plan(plan: RoutingPlan) -> PlanValues:
    """All that a version says."""
    return PlanValues(
        settings=of_row(SettingsValues, plan),
        rules=[of_row(RuleValues, rule) for rule in rules_of(plan)],
    )
