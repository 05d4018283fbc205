from datetime import timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from leads.choices import Stage
from leads.models import Activity, Standing
from scoring import decay, engagement, rescoring
from scoring.decay import Sums
from tests.leads.factories import NOON, LeadFactory
from tests.scoring.factories import (
    ActivityFactory,
    GateFactory,
    ModelFactory,
    RuleFactory,
)

pytestmark = pytest.mark.django_db

AUTOMATIC = {"stage": Stage.MQL, "stage_cause": "score"}
KINDS = {"page_view": "fast", "form_submitted": "medium", "chat": "slow"}
amounts = st.floats(-100, 100).map(lambda points: round(points, 3))


@pytest.fixture
def model():
    """A rule a speed; MQL is left under 25."""
    model = ModelFactory()
    for kind, speed in {**KINDS, "note": "never"}.items():
        RuleFactory(model=model, kind=kind, speed=speed, points=1)
    GateFactory(model=model, engagement=1e6)
    return model


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    points=st.tuples(amounts, amounts, amounts, amounts),
    days=st.tuples(*[st.integers(0, 200)] * 4),
)
def test_the_statement_and_the_calculation_fall_at_the_same_second(model, points, days):
    Activity.objects.all().delete()
    lead = LeadFactory()
    for kind, worth, ago in zip([*KINDS, "note"], points, days, strict=True):
        model.rules.filter(kind=kind).update(points=worth)
        at = NOON - timedelta(days=ago)
        ActivityFactory(lead=lead, kind=kind, occurred_at=at)
    Standing.objects.filter(lead=lead).update(**AUTOMATIC)
    rescoring.rescore(lead_ids=[lead.pk], now=NOON)
    standing = Standing.objects.get(lead=lead)
    assume(standing.stage == Stage.MQL)

    expected = decay.seconds_until_under(
        limit=25 - 2 * decay.TOLERANCE,
        sums=Sums(
            standing.s_never, standing.s_fast, standing.s_medium, standing.s_slow
        ),
        rates=engagement.rates_of(model),
        seconds=engagement.seconds_since_landmark(model, NOON),
    )

    if expected is None:
        assert standing.falls_at is None
    else:
        found = (standing.falls_at - NOON).total_seconds()
        # With penalties the next look is a minute away at the earliest.
        soonest = 60 if min(points[:3]) < 0 else 1
        assert -0.01 <= found - max(expected, soonest) <= 1


def test_as_many_standings_are_touched_as_leads_cross(model):
    """Thirty leads with 25 points and more, each a little more than the one before."""
    for number in range(30):
        lead = LeadFactory()
        for _ in range(26 + number):
            ActivityFactory(lead=lead, kind="form_submitted")
    GateFactory(model=model, stage="iql", engagement=10, leave_engagement=5)
    Standing.objects.update(**AUTOMATIC)
    rescoring.rescore(lead_ids=None, now=NOON)
    falls = sorted(Standing.objects.values_list("falls_at", flat=True))

    for days in range(1, 31):
        now = NOON + timedelta(days=days)
        crossed = [at for at in falls if at <= now]
        falls = [at for at in falls if at > now]
        assert rescoring.rescore_stale(now=now) == len(crossed)
        assert Standing.objects.filter(scored_at=now).count() == len(crossed)
        assert Standing.objects.filter(stage=Stage.MQL).count() == len(falls)

    assert len(falls) < 30
