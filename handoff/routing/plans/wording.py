"""What a routing plan says, in words that people read."""

from django.utils.translation import gettext as _

from handoff.choices import Strategy
from handoff.models import RoutingPlan, RoutingRule
from handoff.routing.condition_fields import SUBJECT
from handoff.routing.plans.values import RuleValues, SettingsValues
from leads import conditions
from leads.conditions import ConditionError
from leads.models import Team
from scoring.wording import Facts


def tree(rule: RoutingRule | RuleValues) -> str:
    """The conditions; those that no longer hold together are called so."""
    try:
        conditions.validate(rule.conditions, SUBJECT)
    except ConditionError as error:
        return _("Unreadable: {why}").format(why=error.message)
    return conditions.describe(rule.conditions, SUBJECT)


def goal(rule: RoutingRule | RuleValues) -> str:
    """Where a rule leads: “Enterprise, by turns” or “Kenji Mori”."""
    if rule.strategy == Strategy.NAMED:
        name = str(rule.rep or _("a rep who is gone"))
        if not rule.has_stand_in:
            return name
        return _("{rep}, or else the team by turns").format(rep=name)
    return to_team(rule.team, Strategy(rule.strategy))


def to_team(team: Team | None, strategy: Strategy) -> str:
    name = str(team or _("a team that is gone"))
    return f"{name}, {how(strategy)}"


def how(strategy: Strategy) -> str:
    """How it is chosen in a team, to be said after its name."""
    phrases = {
        Strategy.TURNS: _("by turns"),
        Strategy.LEAST_LOADED: _("whoever has the most room"),
        Strategy.NAMED: _("one rep"),
    }
    return phrases[strategy]


def default_goal(said: SettingsValues | RoutingPlan, marked: Team | None = None) -> str:
    """Where leads go that no rule names; `marked` is the default team now, if known."""
    strategy = Strategy(said.default_strategy)
    if said.default_team is not None:
        return to_team(said.default_team, strategy)
    name = _("the default team")
    if marked is not None:
        name = _("the default team {team}").format(team=marked)
    return f"{name}, {how(strategy)}"


def facts_of_rule(rule: RuleValues) -> Facts:
    """Everything that a rule says."""
    return {
        _("Name"): rule.name,
        _("Conditions"): tree(rule),
        _("Goes to"): goal(rule),
        _("In use"): yes_or_no(rule.is_on),
    }


def facts_of_settings(said: SettingsValues) -> Facts:
    """The name, what comes before the rules, and what after."""
    return {
        _("Name"): said.name,
        _("First the rep who owns the company"): yes_or_no(said.prefers_owner),
        _("Then the rep who works with the company"): yes_or_no(said.joins_colleague),
        _("Not again to who rejected it, days"): str(said.cool_off_days),
        _("What no rule names goes to"): default_goal(said),
    }


def yes_or_no(is_so: bool) -> str:
    return _("yes") if is_so else _("no")


def title(rule: RuleValues) -> str:
    """What a history calls a rule."""
    return _("Rule “{name}”").format(name=rule.name)
