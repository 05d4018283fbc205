from datetime import timedelta

import pytest

from leads.models import Standing
from scoring import engagement, landmark, rescoring
from scoring.models import ScoringModel
from tests.leads.factories import NOON
from tests.scoring.factories import ActivityFactory, ModelFactory, RuleFactory

pytestmark = pytest.mark.django_db

THREE_YEARS = NOON + timedelta(days=3 * 365)


@pytest.fixture
def model():
    """A half-life of a day: after 865 days a weight would leave the ledger's range."""
    model = ModelFactory(half_life_fast=1.0, landmark=NOON)
    RuleFactory(model=model, points=64, speed="fast")
    RuleFactory(model=model, kind="chat", points=8, speed="slow")
    return model


def points(lead, at):
    standing = Standing.objects.get(lead=lead)
    return engagement.engagement_of(standing, model=None, now=at)


def test_a_landmark_that_is_near_stays(model):
    assert not landmark.carry(now=NOON + timedelta(days=500))
    assert ScoringModel.objects.get().landmark == NOON


def test_carrying_changes_no_score(model):
    far = NOON + timedelta(days=700)
    lead = ActivityFactory(occurred_at=far - timedelta(days=2)).lead
    ActivityFactory(lead=lead, kind="chat", occurred_at=NOON)
    rescoring.rescore(lead_ids=None, now=far)
    before = points(lead, far)

    assert landmark.carry(now=far)

    assert ScoringModel.objects.get().landmark == far
    assert points(lead, far) == pytest.approx(before, rel=1e-9)
    assert points(lead, far) == pytest.approx(16 + 8 * 2 ** (-700 / 90), rel=1e-9)


def test_three_years_later_the_scores_are_exact_and_finite(model):
    lead = ActivityFactory(occurred_at=THREE_YEARS - timedelta(days=3)).lead
    ActivityFactory(lead=lead, occurred_at=NOON)
    old = ActivityFactory(occurred_at=NOON).lead
    rescoring.rescore(lead_ids=[old.pk], now=NOON)

    assert landmark.carry(now=THREE_YEARS)
    rescoring.rescore_stale(now=THREE_YEARS)

    assert points(lead, THREE_YEARS) == pytest.approx(8, rel=1e-9)
    assert points(old, THREE_YEARS) == 0
    assert not landmark.carry(now=THREE_YEARS)
    assert rescoring.rescore_stale(now=THREE_YEARS) == 0


def test_who_wrote_with_the_old_landmark_meanwhile_is_put_right(model):
    far = NOON + timedelta(days=700)
    lead = ActivityFactory(occurred_at=far).lead
    rescoring.rescore(lead_ids=None, now=far)
    late = Standing.objects.get(lead=lead)
    landmark.carry(now=far)

    # As a rescore does that had begun before: its sums, and the counter it had seen.
    Standing.objects.filter(lead=lead).update(
        s_fast=late.s_fast, scored_seq=late.scored_seq
    )
    rescoring.rescore_stale(now=far)

    assert points(lead, far) == pytest.approx(64, rel=1e-9)


def test_the_past_is_read_by_a_landmark_of_its_own(model):
    assert landmark.carried(model, to=THREE_YEARS).landmark == THREE_YEARS
    assert model.landmark == NOON
