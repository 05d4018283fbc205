"""The engine beside the reference, over random rules and histories.

Hypothesis finds the smallest history that differs; thousands more come from a seed.
`HISTORIES=20` runs twenty times as many as the suite does.
"""

import os
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.models import Activity, Campaign, Standing
from scoring import engagement, rescoring
from scoring.models import BehaviourRule, ScoringModel
from tests.leads.factories import LeadFactory
from tests.scoring import reference
from tests.scoring.factories import ActivityFactory, ModelFactory, RuleFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
KINDS = ["page_view", "email_clicked"]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland"]
TIMES = int(os.environ.get("HISTORIES", "1"))
# So many histories are scored at once, each of a lead of its own.
MANY = 250

# Around both nights on which Berlin and New York change their clocks, a month's end,
# a year's end, the landmark, and now; and long before all of them.
AROUND = [
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2025, 10, 26, 1, tzinfo=UTC),
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 2, 28, 23, tzinfo=UTC),
    datetime(1998, 1, 1, tzinfo=UTC),
    NOW,
]
SECONDS, MICROSECONDS = 200_000, [0, 1, 999_999]
RULE = {
    "kind": KINDS,
    "url_contains": ["", "/pricing", "/a"],
    "points": [10.0, 1.0, 2.5, -5.0, -30.0],
    "speed": ["fast", "medium", "slow", "never"],
    "cap_count": [None, 1, 2],
    "cap_period": ["day", "week", "month", "ever"],
    "cap_scope": ["all", "url", "subject", "campaign"],
}
HAPPENING = {
    "kind": [*KINDS, "note"],
    "url": ["", "/a", "/pricing", "/a/pricing"],
    "subject": ["", "x"],
    "campaign": ["", "spring"],
    "is_machine": [False, False, False, True],
}
HALF_LIVES = {"fast": [14.0, 1.0], "medium": [30.0, 45.5], "slow": [90.0, 3_650.0]}


def each(choices):
    return {name: st.sampled_from(values) for name, values in choices.items()}


rules = st.lists(st.builds(reference.Rule, **each(RULE)), max_size=5)
half_lives = st.fixed_dictionaries(each(HALF_LIVES))
instants = st.builds(
    lambda start, seconds, micros: (
        start + timedelta(seconds=seconds, microseconds=micros)
    ),
    st.sampled_from(AROUND),
    st.integers(-SECONDS, SECONDS),
    st.sampled_from(MICROSECONDS),
)
happenings = st.lists(
    st.builds(reference.Happening, at=instants, **each(HAPPENING)), max_size=25
)
zones = st.sampled_from(ZONES)
laters = st.integers(0, 400 * 86_400)
FIXTURES = [HealthCheck.function_scoped_fixture]


@pytest.fixture
def leads(db):
    """Enough leads for an example; each example gives them other histories."""
    return LeadFactory.create_batch(MANY)


def release(rules, half_lives):
    """Write the rules as the active model, in place of the one before."""
    ScoringModel.objects.all().delete()
    speeds = {f"half_life_{speed}": days for speed, days in half_lives.items()}
    model = ModelFactory(**speeds)
    BehaviourRule.objects.bulk_create(
        RuleFactory.build(
            model=model,
            position=position,
            kind=rule.kind,
            conditions=where(rule),
            points=rule.points,
            speed=rule.speed,
            cap_count=rule.cap_count,
            cap_period=rule.cap_period,
            cap_scope=rule.cap_scope,
        )
        for position, rule in enumerate(rules)
    )
    return model


def where(rule):
    if not rule.url_contains:
        return {}
    return {"field": "url", "operator": "contains", "value": rule.url_contains}


def live(leads, histories):
    """Let each lead have its history and no other."""
    Activity.objects.all().delete()
    spring, _ = Campaign.objects.get_or_create(name="Spring", name_key="spring")
    Activity.objects.bulk_create(
        ActivityFactory.build(
            lead=lead,
            kind=one.kind,
            occurred_at=one.at,
            url=one.url,
            url_key=one.url,
            subject=one.subject,
            subject_key=one.subject,
            campaign=spring if one.campaign else None,
            is_machine=one.is_machine,
        )
        for lead, history in zip(leads, histories, strict=False)
        for one in history
    )


def made_up(random):
    """Another history each time, as likely as those that hypothesis makes."""
    return [
        reference.Happening(
            at=random.choice(AROUND)
            + timedelta(
                seconds=random.randint(-SECONDS, SECONDS),
                microseconds=random.choice(MICROSECONDS),
            ),
            **{name: random.choice(values) for name, values in HAPPENING.items()},
        )
        for _ in range(random.randint(0, 25))
    ]


def assert_alike(model, rules, half_lives, leads, histories, zone, at):
    """Python, SQL and the reference say the same of each lead at this instant."""
    in_sql = engagement.engagement_expression(model=model, now=at)
    standings = Standing.objects.annotate(e=in_sql).in_bulk()
    for lead, history in zip(leads, histories, strict=False):
        points = reference.engagement(rules, half_lives, history, zone, NOW, at)
        expected = pytest.approx(max(points, 0.0), rel=1e-6, abs=1e-6)
        standing = standings[lead.pk]
        in_python = engagement.engagement_of(standing, model=model, now=at)
        assert (in_python, standing.e) == (expected, expected), history
        assert standing.ceiling >= points - 1e-6


@settings(max_examples=60 * TIMES, deadline=None, suppress_health_check=FIXTURES)
@given(
    rules=rules,
    half_lives=half_lives,
    happenings=happenings,
    zone=zones,
    later=laters,
)
def test_the_score_is_that_of_the_reference_at_every_instant(
    leads, rules, half_lives, happenings, zone, later
):
    model = release(rules, half_lives)
    live(leads, [happenings])

    with override_settings(TIME_ZONE=zone):
        rescoring.rescore(lead_ids=[leads[0].pk], now=NOW)

    for at in (NOW, NOW + timedelta(seconds=later)):
        assert_alike(model, rules, half_lives, leads, [happenings], zone, at)


@settings(max_examples=12 * TIMES, deadline=None, suppress_health_check=FIXTURES)
@given(
    rules=rules,
    half_lives=half_lives,
    seed=st.integers(0, 2**32),
    zone=zones,
    later=laters,
)
def test_so_are_thousands_that_are_scored_at_once(
    leads, rules, half_lives, seed, zone, later
):
    random = Random(seed)  # noqa: S311
    histories = [made_up(random) for _ in leads]
    model = release(rules, half_lives)
    live(leads, histories)

    with override_settings(TIME_ZONE=zone):
        rescoring.rescore(lead_ids=None, now=NOW)

    at = NOW + timedelta(seconds=later)
    assert_alike(model, rules, half_lives, leads, histories, zone, at)


@settings(max_examples=15 * TIMES, deadline=None, suppress_health_check=FIXTURES)
@given(rules=rules, happenings=happenings, seed=st.randoms(use_true_random=False))
def test_the_order_of_recording_does_not_matter(leads, rules, happenings, seed):
    # Of two things at one instant, the one recorded first comes first.
    unlike = list({one.at: one for one in happenings}.values())
    shuffled = seed.sample(unlike, len(unlike))
    release(rules, reference.HALF_LIVES)
    live(leads, [unlike, shuffled])
    pair = [lead.pk for lead in leads[:2]]

    rescoring.rescore(lead_ids=pair, now=NOW)

    columns = ("s_never", "s_fast", "s_medium", "s_slow")
    first, second = Standing.objects.filter(pk__in=pair).values_list(*columns)
    assert first == pytest.approx(second, rel=1e-9, abs=1e-9)
