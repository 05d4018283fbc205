from datetime import timedelta

import pytest
from django.utils import timezone

from leads.choices import Stage
from leads.models import Standing
from scoring import ceilings
from scoring.engagement import active_model, engagement_of, seconds_since_landmark
from tests.leads.factories import LeadFactory

pytestmark = pytest.mark.django_db


def test_a_ceiling_that_decay_left_behind_is_lowered_to_what_it_bounds(workspace):
    model, now = active_model(), timezone.now()
    since = seconds_since_landmark(model, now) / 86_400
    points = 2 ** (since / model.half_life_medium)
    stale, fresh = LeadFactory(stage=Stage.MQL), LeadFactory(stage=Stage.MQL)
    for lead, ceiling in ((stale, 90.0), (fresh, 10.01)):
        Standing.objects.filter(pk=lead.pk).update(
            s_medium=10 * points,
            s_fast=-3.0,
            ceiling=ceiling,
            model_version=model.version,
        )

    assert ceilings.lower(now=now) == 1

    stale.standing.refresh_from_db()
    assert stale.standing.ceiling == pytest.approx(10.0, abs=0.05)
    # It bounds what a page shows that was opened an hour ago, and is not lowered again.
    before = engagement_of(stale.standing, model=model, now=now - timedelta(minutes=59))
    assert before <= stale.standing.ceiling
    assert ceilings.lower(now=now) == 0


def test_a_cold_mql_is_reached_however_many_warmer_ones_are_kept(
    workspace, monkeypatch
):
    monkeypatch.setattr(ceilings, "LOOKED_AT", 1)
    model, now = active_model(), timezone.now()
    hot, cold = LeadFactory.create_batch(2, stage=Stage.MQL)
    for lead, points, ceiling in ((hot, 80.0, 80.0), (cold, 5.0, 50.0)):
        Standing.objects.filter(pk=lead.pk).update(
            s_never=points, ceiling=ceiling, model_version=model.version
        )

    assert ceilings.lower(now=now) == 1

    cold.standing.refresh_from_db()
    assert cold.standing.ceiling == pytest.approx(5.0)
