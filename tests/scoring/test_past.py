from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.choices import Cause, Stage
from leads.models import Lead, StageChange, Standing
from scoring import engagement, past, rescoring
from scoring.explanation import explain
from tests.leads.factories import NOON
from tests.scoring.factories import (
    ActivityFactory,
    GateFactory,
    ModelFactory,
    RuleFactory,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def model():
    model = ModelFactory()
    RuleFactory(model=model, points=40, speed="medium", cap_count=1, cap_period="day")
    GateFactory(model=model, stage="iql", engagement=10, leave_engagement=5)
    GateFactory(model=model)
    return model


def course(lead, model, now):
    lead = Lead.objects.select_related("standing").get(pk=lead.pk)
    impulses = past.impulses_of(lead=lead, model=model, now=now)
    changes = list(StageChange.objects.filter(lead=lead))
    return past.course_of(
        lead=lead, impulses=impulses, changes=changes, model=model, now=now
    )


def test_every_point_is_what_the_page_explains_for_that_instant(model):
    lead = ActivityFactory().lead
    ActivityFactory(lead=lead, occurred_at=NOON + 5 * DAY)
    ActivityFactory(lead=lead, occurred_at=NOON + 5 * DAY, is_machine=True)
    ActivityFactory(lead=lead, occurred_at=NOON + 5 * DAY + timedelta(minutes=1))
    now = NOON + 20 * DAY

    drawn = course(lead, model, now)

    assert (drawn.points[0].at, drawn.points[-1].at) == (NOON, now)
    for point in drawn.points[::30]:
        shown = explain(lead=lead, now=point.at).engagement
        assert point.engagement == pytest.approx(shown, abs=1e-4)


def test_the_last_point_is_the_stored_score(model):
    lead = ActivityFactory().lead
    now = NOON + 20 * DAY
    rescoring.rescore(lead_ids=[lead.pk], now=now)

    drawn = course(lead, model, now)

    standing = Standing.objects.get(lead=lead)
    stored = engagement.engagement_of(standing, model=model, now=now)
    assert drawn.points[-1].engagement == pytest.approx(stored, abs=1e-6)


def test_the_stages_entered_are_marked_where_they_were(model):
    lead = ActivityFactory().lead
    rescoring.rescore(lead_ids=[lead.pk], now=NOON + 10 * DAY)

    drawn = course(lead, model, NOON + 20 * DAY)

    entered = [(mark.point.change.to_stage, mark.x) for mark in drawn.marks]
    assert entered == [(Stage.NEW, "0.0"), (Stage.IQL, "300.0")]
    assert drawn.line.startswith("0.0,0.0 ")
    assert len(drawn.table) == 13 + 2


def test_it_says_when_the_lead_falls_as_the_sweep_will_do_it(model):
    lead = ActivityFactory().lead
    rescoring.rescore(lead_ids=[lead.pk], now=NOON)
    standing = Standing.objects.get(lead=lead)

    drawn = course(lead, model, NOON)

    assert (standing.stage, standing.stage_cause) == (Stage.MQL, Cause.SCORE)
    assert abs(drawn.falls_at - standing.falls_at) <= timedelta(seconds=2)


def test_a_lead_that_a_person_holds_does_not_fall(model):
    lead = ActivityFactory().lead
    rescoring.rescore(lead_ids=[lead.pk], now=NOON)
    Standing.objects.update(held_since=NOON)

    assert course(lead, model, NOON).falls_at is None


def test_a_change_tells_what_came_and_what_faded(model):
    lead = ActivityFactory().lead
    ActivityFactory(lead=lead, occurred_at=NOON + 30 * DAY)
    now = NOON + 30 * DAY
    impulses = past.impulses_of(lead=lead, model=model, now=now)

    change = past.change_since(impulses=impulses, model=model, since=NOON, now=now)

    assert (change.then, change.gained, change.gains) == (40, 40, 1)
    assert change.faded == pytest.approx(20)
    assert change.now == pytest.approx(60)


def test_a_long_past_costs_as_many_queries_as_a_short_one(model):
    lead = ActivityFactory().lead
    with CaptureQueriesContext(connection) as few:
        course(lead, model, NOON)
    ActivityFactory.create_batch(20, lead=lead)

    with CaptureQueriesContext(connection) as many:
        course(lead, model, NOON)

    assert len(many) == len(few)
