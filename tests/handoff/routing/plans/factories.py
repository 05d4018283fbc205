"""The smallest valid rows of a routing plan; a test names only what it asserts on."""

import factory

from handoff.choices import Strategy
from handoff.models import RoutingPlan, RoutingRule
from handoff.routing.plans import lifecycle
from tests.leads.factories import NOON, TeamFactory

GERMAN = {"field": "country", "operator": "is", "value": "Germany"}
LARGE = {"field": "employees", "operator": "at_least", "value": 1000}


class PlanFactory(factory.django.DjangoModelFactory):
    """A draft without rules."""

    class Meta:
        model = RoutingPlan

    version = factory.Sequence(lambda n: n + 1)
    name = "Routing"


class RuleFactory(factory.django.DjangoModelFactory):
    """Leads from Germany go to a team, by turns."""

    class Meta:
        model = RoutingRule

    plan = factory.SubFactory(PlanFactory)
    position = factory.Sequence(lambda n: n + 1)
    name = factory.Sequence(lambda n: f"Rule {n}")
    conditions = factory.LazyFunction(lambda: dict(GERMAN))
    strategy = Strategy.TURNS
    team = factory.SubFactory(TeamFactory)


def named(rep, **fields):
    """A rule that names this rep."""
    return RuleFactory(strategy=Strategy.NAMED, rep=rep, team=None, **fields)


def active(**fields):
    """A plan that decides; rules are added to it behind its back."""
    plan = PlanFactory(**fields)
    return lifecycle.activate(plan=plan, note="", actor=None, now=NOON)
