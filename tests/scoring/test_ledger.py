from datetime import UTC, datetime, timedelta

import pytest

from leads.models import Standing
from scoring import engagement, rescoring
from tests.leads.factories import LeadFactory
from tests.scoring.factories import (
    ActivityFactory,
    CriterionFactory,
    RuleFactory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)


def test_an_activity_of_half_a_life_ago_counts_half():
    rule = RuleFactory(speed="medium", points=10)
    activity = ActivityFactory(occurred_at=NOW - timedelta(days=30))

    rescoring.rescore(lead_ids=[activity.lead_id], now=NOW)

    standing = Standing.objects.get(lead=activity.lead_id)
    now = engagement.engagement_of(standing, model=rule.model, now=NOW)
    assert now == pytest.approx(5.0)


def test_a_second_begins_when_it_is_full():
    model = RuleFactory(speed="fast", model__half_life_fast=1).model
    almost = datetime(2026, 3, 31, 11, 59, 59, 999_999, tzinfo=UTC)
    activity = ActivityFactory(occurred_at=almost)

    rescoring.rescore(lead_ids=None, now=NOW)

    standing = Standing.objects.get(lead=activity.lead_id)
    now = engagement.engagement_of(standing, model=model, now=NOW)
    assert now == pytest.approx(10 * 2 ** -(86_401 / 86_400), rel=1e-9)


def test_penalties_floor_the_score_but_not_the_sum():
    rule = RuleFactory(points=-10)
    activity = ActivityFactory()
    rescoring.rescore(lead_ids=[activity.lead_id], now=NOW)

    standing = Standing.objects.get()

    assert engagement.engagement_of(standing, model=rule.model, now=NOW) == 0
    in_sql = engagement.unfloored_expression(model=rule.model, now=NOW)
    assert Standing.objects.annotate(e=in_sql).get().e == -10


def test_what_is_dated_ahead_waits_for_its_time():
    rule = RuleFactory()
    ahead = NOW + timedelta(hours=1)
    activity = ActivityFactory(occurred_at=ahead)
    rescoring.rescore(lead_ids=None, now=NOW)

    standing = Standing.objects.get(lead=activity.lead_id)
    assert standing.s_never == 0
    assert ahead <= standing.falls_at <= ahead + timedelta(seconds=1)

    rescoring.rescore_stale(now=standing.falls_at)
    standing.refresh_from_db()
    assert standing.s_never == rule.points
    assert standing.falls_at is None


def test_fit_is_the_sum_of_what_matches_between_0_and_100():
    first = CriterionFactory(points=60)
    CriterionFactory(model=first.model, points=60)
    CriterionFactory(
        model=first.model,
        points=-500,
        conditions={"field": "industry", "operator": "is", "value": "arms"},
    )
    LeadFactory(title="Chief of Staff")
    LeadFactory(title="Clerk")

    rescoring.rescore(lead_ids=None, now=NOW)

    found = Standing.objects.order_by("pk").values_list("fit", "grade")
    assert list(found) == [(100.0, 12), (0.0, 0)]


def test_a_rule_that_is_off_scores_nothing():
    RuleFactory(is_on=False)
    activity = ActivityFactory()

    rescoring.rescore(lead_ids=None, now=NOW)

    assert Standing.objects.get(lead=activity.lead_id).s_never == 0
