from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads import activities, lifecycle
from leads.choices import Cause, Stage
from leads.lifecycle import Move
from leads.models import StageChange, Standing
from scoring import rescoring
from scoring.models import BehaviourRule, ScoringModel
from tests.leads.factories import NOON, LeadFactory
from tests.scoring.factories import (
    ActivityFactory,
    CriterionFactory,
    GateFactory,
    ModelFactory,
    RuleFactory,
)

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=1)


@pytest.fixture
def model():
    """Forty points of medium speed a page view; MQL from 40, left under 25."""
    model = ModelFactory()
    RuleFactory(model=model, points=40, speed="medium")
    RuleFactory(model=model, kind="demo_requested", points=5, effect="fast_track")
    RuleFactory(model=model, kind="unsubscribed", points=0, effect="disqualify")
    GateFactory(model=model, stage="iql", engagement=10, leave_engagement=5)
    GateFactory(model=model)
    return model


def rescored(lead, now=NOON):
    rescoring.rescore(lead_ids=[lead.pk], now=now)
    return Standing.objects.get(lead=lead)


def test_without_a_model_nothing_happens():
    lead = LeadFactory()

    assert rescoring.rescore_stale(now=NOON) == 0
    assert rescoring.rescore(lead_ids=None, now=NOON) == 0
    assert Standing.objects.get(lead=lead).model_version is None


def test_a_gate_that_is_reached_moves_the_lead_and_says_with_which_score(model):
    lead = ActivityFactory().lead

    assert rescored(lead).stage == Stage.MQL

    change = StageChange.objects.get(lead=lead, to_stage=Stage.MQL)
    assert change.cause == Cause.SCORE
    assert (change.engagement, change.model_version) == (40.0, model.version)


def test_a_quiet_lead_steps_down_at_the_very_second(model):
    lead = ActivityFactory().lead
    falls_at = rescored(lead).falls_at

    rescoring.rescore_stale(now=falls_at - timedelta(seconds=2))
    before = Standing.objects.get(lead=lead).stage
    rescoring.rescore_stale(now=falls_at)
    standing = Standing.objects.get(lead=lead)

    assert before == Stage.MQL
    assert (standing.stage, standing.stage_cause) == (Stage.IQL, Cause.DECAY)
    assert standing.falls_at > falls_at
    rescoring.rescore_stale(now=standing.falls_at)
    assert Standing.objects.get(lead=lead).stage == Stage.NEW
    assert Standing.objects.get(lead=lead).falls_at is None


def test_a_fading_penalty_lets_a_lead_rise_without_an_activity(model):
    RuleFactory(model=model, kind="chat", points=60, speed="never")
    RuleFactory(model=model, kind="social", points=-40, speed="medium")
    lead = ActivityFactory(kind="chat").lead
    ActivityFactory(lead=lead, kind="social")
    looks = [rescored(lead).falls_at]

    while looks[-1] and len(looks) < 10:
        rescoring.rescore_stale(now=looks[-1])
        looks.append(Standing.objects.get(lead=lead).falls_at)

    change = StageChange.objects.get(lead=lead, to_stage=Stage.MQL)
    assert change.at - NOON == pytest.approx(
        timedelta(days=30), abs=timedelta(minutes=2)
    )


def test_a_held_lead_is_left_alone_until_its_date(model):
    lead = ActivityFactory().lead
    ActivityFactory(lead=lead)
    held = Move(lead.pk, Stage.IQL, Cause.PERSON, NOON)
    lifecycle.move_by_hand(wanted=held, until=LATER, now=NOON)

    standing = rescored(lead)
    assert (standing.stage, standing.s_medium > 40) == (Stage.IQL, True)
    assert LATER <= standing.falls_at <= LATER + timedelta(seconds=1)

    rescoring.rescore_stale(now=standing.falls_at)
    assert Standing.objects.get(lead=lead).stage == Stage.MQL


def test_a_fast_track_makes_a_lead_sales_ready_at_once(model):
    lead = ActivityFactory(kind="demo_requested").lead

    standing = rescored(lead)

    assert (standing.stage, standing.stage_cause) == (Stage.SQL, Cause.FAST_TRACK)


def test_a_request_that_sales_rejected_does_not_push_the_lead_again(model):
    lead = ActivityFactory(kind="demo_requested").lead
    rescored(lead)
    rejected = Move(lead.pk, Stage.RECYCLED, Cause.DECISION, LATER)
    lifecycle.move(wanted=rejected, now=LATER)
    assert rescored(lead, LATER).stage == Stage.RECYCLED
    back = Move(lead.pk, Stage.NEW, Cause.RETURN, LATER)
    lifecycle.move(wanted=back, now=LATER)
    assert rescored(lead, LATER).stage == Stage.NEW

    ActivityFactory(
        lead=lead, kind="demo_requested", occurred_at=LATER + timedelta(hours=1)
    )

    assert rescored(lead, LATER + timedelta(hours=2)).stage == Stage.SQL


def test_a_recycled_lead_returns_by_new_intent(model):
    lead = ActivityFactory().lead
    lifecycle.move(
        wanted=Move(lead.pk, Stage.DISQUALIFIED, Cause.PERSON, NOON), now=NOON
    )
    other = LeadFactory(stage=Stage.RECYCLED)
    ActivityFactory(lead=other, occurred_at=NOON - timedelta(hours=1))
    assert rescored(other).stage == Stage.RECYCLED

    ActivityFactory(lead=other, occurred_at=LATER)

    assert rescored(other, LATER).stage == Stage.MQL
    assert rescored(lead, LATER).stage == Stage.DISQUALIFIED


def test_a_disqualifying_rule_takes_the_lead_out(model):
    lead = ActivityFactory(kind="unsubscribed", lead=LeadFactory(stage=Stage.SQL)).lead

    standing = rescored(lead)

    assert standing.stage == Stage.DISQUALIFIED
    assert standing.is_disqualified_by_rule


def test_a_disqualifying_criterion_does_not_overrule_who_brought_the_lead_back(model):
    CriterionFactory(model=model, effect="disqualify")
    lead = LeadFactory(title="chief spy")
    assert rescored(lead).stage == Stage.DISQUALIFIED

    back = Move(lead.pk, Stage.NEW, Cause.PERSON, LATER)
    lifecycle.move(wanted=back, now=LATER)

    assert rescored(lead, LATER).stage == Stage.NEW


def test_what_is_owed_is_done_once(model):
    lead = LeadFactory()
    new = activities.NewActivity(lead.pk, "page_view", NOON, external_id="x")
    activities.record(activities=[new])

    assert rescoring.rescore_stale(now=NOON) == 1
    assert rescoring.rescore_stale(now=NOON) == 0


def test_another_active_model_owes_everybody_a_score(model):
    lead = ActivityFactory().lead
    rescoring.rescore_stale(now=NOON)
    ScoringModel.objects.update(status="retired")
    newer = RuleFactory(points=1).model

    assert rescoring.rescore_stale(now=NOON) == 1
    assert Standing.objects.get(lead=lead).model_version == newer.version
    assert rescoring.rescore_stale(now=NOON) == 0


def test_the_queries_do_not_grow_with_the_leads(model):
    ActivityFactory.create_batch(2)
    with CaptureQueriesContext(connection) as few:
        rescoring.rescore(lead_ids=None, now=NOON)
    ActivityFactory.create_batch(30)
    with CaptureQueriesContext(connection) as many:
        rescoring.rescore(lead_ids=None, now=NOON)

    assert len(many) == len(few)


def test_every_shipped_rule_and_criterion_compiles(workspace):
    LeadFactory()

    assert rescoring.rescore_stale(now=NOON) == 1
    assert BehaviourRule.objects.exists()
