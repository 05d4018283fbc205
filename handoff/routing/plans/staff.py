"""Whether a rule leads anywhere: its team has reps, its rep is there."""

from collections.abc import Iterable
from dataclasses import dataclass

from handoff.choices import RuleSkipped, Strategy
from handoff.models import RoutingRule
from handoff.routing.condition_fields import SUBJECT
from handoff.routing.plans.values import RuleValues
from leads import conditions
from leads.conditions import ConditionError, Tree
from leads.models import Rep


@dataclass(frozen=True)
class Staff:
    """The reps who can be given leads at all, and the teams that have some."""

    rep_ids: frozenset[int]
    team_ids: frozenset[int]


def load() -> Staff:
    return of_reps(Rep.objects.filter(user__is_active=True))


def of_reps(reps: Iterable[Rep]) -> Staff:
    """The staff that these reps are; their people are active."""
    there = list(reps)
    return Staff(
        frozenset(rep.pk for rep in there), frozenset(rep.team_id for rep in there)
    )


def why_skipped(rule: RoutingRule | RuleValues, staff: Staff) -> RuleSkipped | None:
    """Why the rule decides nothing although it is in use; None where it does."""
    if rule.strategy == Strategy.NAMED:
        if rule.rep is None:
            return RuleSkipped.REP_GONE
        if rule.rep.pk not in staff.rep_ids:
            return RuleSkipped.REP_LEFT
    elif rule.team is None:
        return RuleSkipped.TEAM_GONE
    elif rule.team.pk not in staff.team_ids:
        return RuleSkipped.TEAM_EMPTY
    return None if is_sound(rule.conditions) else RuleSkipped.UNSOUND


def is_sound(tree: Tree) -> bool:
    """Whether these conditions can be asked; without one a rule would take all."""
    try:
        conditions.validate(tree, SUBJECT)
    except ConditionError:
        return False
    return bool(tree)
