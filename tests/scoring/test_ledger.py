from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.models import Activity, Standing
from scoring import engagement, rescoring
from scoring.models import ScoringModel
from tests.leads.factories import LeadFactory
from tests.scoring import reference
from tests.scoring.factories import (
    ActivityFactory,
    CriterionFactory,
    ModelFactory,
    RuleFactory,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
KINDS = ["page_view", "email_clicked"]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland"]

rules = st.lists(
    st.builds(
        reference.Rule,
        kind=st.sampled_from(KINDS),
        url_contains=st.sampled_from(["", "/pricing", "/a"]),
        points=st.sampled_from([10.0, 1.0, 2.5, -5.0, -30.0]),
        speed=st.sampled_from(["fast", "medium", "slow", "never"]),
        cap_count=st.sampled_from([None, 1, 2]),
        cap_period=st.sampled_from(["day", "week", "month", "ever"]),
        cap_scope=st.sampled_from(["all", "url", "subject"]),
    ),
    max_size=5,
)
# Around both nights on which Berlin and New York change their clocks, a month's end,
# a year's end, the landmark, and now; and long before all of them.
around = st.sampled_from(
    [
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 3, 8, 7, tzinfo=UTC),
        datetime(2025, 10, 26, 1, tzinfo=UTC),
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 2, 28, 23, tzinfo=UTC),
        datetime(1998, 1, 1, tzinfo=UTC),
        NOW,
    ]
)
instants = st.builds(
    lambda start, seconds, micros: (
        start + timedelta(seconds=seconds, microseconds=micros)
    ),
    around,
    st.integers(-200_000, 200_000),
    st.sampled_from([0, 1, 999_999]),
)
happenings = st.lists(
    st.builds(
        reference.Happening,
        kind=st.sampled_from([*KINDS, "note"]),
        at=instants,
        url=st.sampled_from(["", "/a", "/pricing", "/a/pricing"]),
        subject=st.sampled_from(["", "x"]),
        is_machine=st.sampled_from([False, False, False, True]),
    ),
    max_size=25,
)


def store(rules, happenings):
    """Write one lead's history under a new active model."""
    ScoringModel.objects.all().delete()
    Activity.objects.all().delete()
    model = ModelFactory()
    for position, rule in enumerate(rules):
        tree = {"field": "url", "operator": "contains", "value": rule.url_contains}
        RuleFactory(
            model=model,
            position=position,
            kind=rule.kind,
            conditions=tree if rule.url_contains else {},
            points=rule.points,
            speed=rule.speed,
            cap_count=rule.cap_count,
            cap_period=rule.cap_period,
            cap_scope=rule.cap_scope,
        )
    lead = LeadFactory()
    for one in happenings:
        ActivityFactory(
            lead=lead,
            kind=one.kind,
            occurred_at=one.at,
            url=one.url,
            url_key=one.url,
            subject=one.subject,
            subject_key=one.subject,
            is_machine=one.is_machine,
        )
    return model, lead


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rules=rules,
    happenings=happenings,
    zone=st.sampled_from(ZONES),
    later=st.integers(0, 400 * 86_400),
)
def test_the_score_is_that_of_the_reference_at_every_instant(
    django_settings, rules, happenings, zone, later
):
    django_settings.TIME_ZONE = zone
    model, lead = store(rules, happenings)

    rescoring.rescore(lead_ids=[lead.pk], now=NOW)

    standing = Standing.objects.get(lead=lead)
    for at in (NOW, NOW + timedelta(seconds=later)):
        points = reference.engagement(rules, happenings, zone, NOW, at)
        expected = pytest.approx(max(points, 0.0), rel=1e-6, abs=1e-6)
        assert engagement.engagement_of(standing, model=model, now=at) == expected
        in_sql = engagement.engagement_expression(model=model, now=at)
        assert Standing.objects.annotate(e=in_sql).get(lead=lead).e == expected
        assert standing.ceiling >= points - 1e-6


@pytest.fixture
def django_settings(settings):
    return settings


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rules=rules, happenings=happenings, seed=st.randoms(use_true_random=False))
def test_the_order_of_recording_does_not_matter(rules, happenings, seed):
    # Of two things at one instant, the one recorded first comes first.
    unlike = list({one.at: one for one in happenings}.values())
    other_order = seed.sample(unlike, len(unlike))
    sums = []
    for recorded in (unlike, other_order):
        _, lead = store(rules, recorded)
        rescoring.rescore(lead_ids=[lead.pk], now=NOW)
        standing = Standing.objects.get(lead=lead)
        sums.append([standing.s_never, standing.s_fast, standing.s_medium])

    assert sums[0] == pytest.approx(sums[1], rel=1e-9, abs=1e-9)


def test_an_activity_of_half_a_life_ago_counts_half():
    rule = RuleFactory(speed="medium", points=10)
    activity = ActivityFactory(occurred_at=NOW - timedelta(days=30))

    rescoring.rescore(lead_ids=[activity.lead_id], now=NOW)

    standing = Standing.objects.get(lead=activity.lead_id)
    now = engagement.engagement_of(standing, model=rule.model, now=NOW)
    assert now == pytest.approx(5.0)


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
