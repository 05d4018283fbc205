"""Two versions of the routing plan, line by line."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from handoff.models import RoutingPlan
from handoff.routing.plans import values, wording
from handoff.routing.plans.values import PlanValues, RuleValues
from scoring import comparison
from scoring.comparison import Difference, Telling
from scoring.wording import differences


@dataclass(frozen=True)
class Comparison:
    """What the second version says differently from the first."""

    settings: list[list[str]]
    rules: list[Difference]

    @property
    def is_empty(self) -> bool:
        return not (self.settings or self.rules)


def compare(*, before: RoutingPlan, after: RoutingPlan) -> Comparison:
    """Compare two versions as they are now."""
    return compared(values.of_plan(before), values.of_plan(after))


def compared(before: PlanValues, after: PlanValues) -> Comparison:
    """Compare what two versions say. A rule is the same one where its name is."""
    told: Telling[RuleValues] = Telling(wording.facts_of_rule, wording.tree, _loses)
    return Comparison(
        settings=differences(
            wording.facts_of_settings(before.settings),
            wording.facts_of_settings(after.settings),
        ),
        rules=comparison.lines(before.rules, after.rules, told),
    )


def _loses(rule: RuleValues) -> list[list[str]]:
    return [[_("Goes to"), wording.goal(rule), ""]]
