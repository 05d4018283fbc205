"""The smallest valid rows of `scoring`; a test names only what it asserts on."""

from datetime import UTC, datetime

import factory

from leads.models import Activity
from scoring.models import BehaviourRule, FitCriterion, Gate, ScoringModel
from tests.leads.factories import NOON, LeadFactory

LANDMARK = datetime(2026, 1, 1, tzinfo=UTC)


class ModelFactory(factory.django.DjangoModelFactory):
    """An active model without rules."""

    class Meta:
        model = ScoringModel

    version = factory.Sequence(lambda n: n + 1)
    name = "Test"
    status = "active"
    landmark = LANDMARK


class RuleFactory(factory.django.DjangoModelFactory):
    """Ten points for a page view that never fade, without a cap."""

    class Meta:
        model = BehaviourRule

    model = factory.SubFactory(ModelFactory)
    position = factory.Sequence(lambda n: n + 1)
    name = factory.Sequence(lambda n: f"Rule {n}")
    kind = "page_view"
    points = 10.0
    speed = "never"


class CriterionFactory(factory.django.DjangoModelFactory):
    """Sixty points for a chief."""

    class Meta:
        model = FitCriterion

    model = factory.SubFactory(ModelFactory)
    position = factory.Sequence(lambda n: n + 1)
    group = "demographic"
    name = factory.Sequence(lambda n: f"Criterion {n}")
    conditions = {"field": "title", "operator": "contains", "value": "chief"}
    points = 60.0


class GateFactory(factory.django.DjangoModelFactory):
    """MQL from 40 points and any grade, left under 25."""

    class Meta:
        model = Gate

    model = factory.SubFactory(ModelFactory)
    stage = "mql"
    engagement = 40.0
    leave_engagement = 25.0


class ActivityFactory(factory.django.DjangoModelFactory):
    """A page view at noon; the lead is not marked stale by it."""

    class Meta:
        model = Activity

    lead = factory.SubFactory(LeadFactory)
    kind = "page_view"
    occurred_at = NOON
    external_id = factory.Sequence(str)
