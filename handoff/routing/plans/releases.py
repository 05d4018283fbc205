"""A version of the plan as routing asks it."""

from dataclasses import dataclass, field

from handoff.choices import Strategy
from handoff.models import RoutingPlan, RoutingRule
from handoff.routing.plans import values
from handoff.routing.plans.values import SettingsValues
from leads.models import Team
from scoring.choices import ModelStatus


@dataclass(frozen=True)
class Release:
    """What decides: `rules` are those in use, in order, and `team` takes the rest.

    `version` is 0 where the workspace has no plan. Without a `team` a lead that no rule
    names is not offered.
    """

    version: int
    prefers_owner: bool
    joins_colleague: bool
    cool_off_days: int
    team: Team | None
    strategy: Strategy
    rules: list[RoutingRule] = field(default_factory=list)

    @property
    def team_ids(self) -> set[int]:
        """The teams in which it may be somebody's turn."""
        teams = [rule.team for rule in self.rules] + [self.team]
        teams += [
            rule.rep.team for rule in self.rules if rule.rep and rule.has_stand_in
        ]
        return {team.pk for team in teams if team is not None}


def in_force() -> Release:
    """The active version; without one what a workspace does that has no plan."""
    plans = RoutingPlan.objects.select_related("default_team")
    plan = plans.filter(status=ModelStatus.ACTIVE).first()
    return of_plan(plan) if plan else _release(0, values.FIRST.settings, [])


def of_plan(plan: RoutingPlan) -> Release:
    """The release that a version is, or would be."""
    rules = list(values.rules_of(plan).filter(is_on=True))
    return _release(plan.version, values.of_row(SettingsValues, plan), rules)


def _release(version: int, said: SettingsValues, rules: list[RoutingRule]) -> Release:
    return Release(
        version=version,
        prefers_owner=said.prefers_owner,
        joins_colleague=said.joins_colleague,
        cool_off_days=said.cool_off_days,
        team=said.default_team or Team.objects.filter(is_default=True).first(),
        strategy=Strategy(said.default_strategy),
        rules=rules,
    )
