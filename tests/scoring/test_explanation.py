from datetime import timedelta

import pytest

from leads.models import Standing
from scoring import engagement, rescoring
from scoring.explanation import explain
from tests.leads.factories import NOON, AccountFactory, LeadFactory
from tests.scoring.factories import (
    ActivityFactory,
    CriterionFactory,
    ModelFactory,
    RuleFactory,
)

pytestmark = pytest.mark.django_db


def test_without_a_model_there_is_nothing_to_explain():
    explanation = explain(lead=LeadFactory(), now=NOON)

    assert (explanation.model, explanation.lines) == (None, [])


def test_the_lines_add_up_to_the_engagement_on_every_page():
    model = ModelFactory()
    RuleFactory(model=model, speed="fast", points=7)
    RuleFactory(model=model, kind="unsubscribed", speed="slow", points=-3)
    lead = LeadFactory()
    for days in range(205):
        ActivityFactory(lead=lead, occurred_at=NOON - timedelta(days=days))
    ActivityFactory(lead=lead, kind="unsubscribed")
    rescoring.rescore(lead_ids=[lead.pk], now=NOON)
    now = NOON + timedelta(days=3)

    explanation = explain(lead=lead, now=now)

    standing = Standing.objects.get(lead=lead)
    shown = engagement.engagement_of(standing, model=model, now=now)
    values = [line.value_now for line in explanation.lines]
    assert len(values) == 200
    assert explanation.older_count == 6
    assert explanation.engagement == pytest.approx(shown, abs=1e-6)
    assert sum(values) + explanation.older_value == pytest.approx(shown, abs=1e-6)


def test_what_does_not_count_says_why():
    rule = RuleFactory(cap_count=1, cap_period="day", cap_scope="url")
    lead = LeadFactory()
    hour = timedelta(hours=1)
    ActivityFactory(lead=lead, kind="note", occurred_at=NOON - 4 * hour)
    ActivityFactory(lead=lead, occurred_at=NOON - 3 * hour)
    ActivityFactory(lead=lead, occurred_at=NOON - 2 * hour)
    ActivityFactory(lead=lead, occurred_at=NOON - hour, is_machine=True)
    ActivityFactory(lead=lead, occurred_at=NOON + hour)
    lead.activities.update(recorded_at=NOON)

    lines = explain(lead=lead, now=NOON).lines

    assert [line.why_not for line in lines] == [
        "Dated later",
        "Made by a machine",
        "At most 1 a day, per page",
        "",
        "No rule",
    ]
    assert [line.rule for line in lines] == [None, None, rule, rule, None]


def test_a_machine_is_told_by_its_reason():
    RuleFactory()
    lead = ActivityFactory(is_machine=True, machine_reason="head").lead

    (line,) = explain(lead=lead, now=NOON).lines

    assert line.why_not == "Asked whether the page exists, and did not read it"


def test_an_earlier_instant_does_not_tell_what_came_later():
    RuleFactory()
    lead = ActivityFactory().lead
    ActivityFactory(lead=lead, occurred_at=NOON + timedelta(days=1))

    earlier = explain(lead=lead, now=NOON)

    assert [line.occurred_at for line in earlier.lines] == [NOON]
    assert (earlier.older_count, earlier.older_value) == (0, 0)


def test_an_earlier_instant_explains_the_score_of_that_time():
    RuleFactory()
    lead = ActivityFactory().lead

    assert explain(lead=lead, now=NOON - timedelta(hours=1)).engagement == 0
    assert explain(lead=lead, now=NOON).engagement == 10


def test_a_criterion_is_matched_or_not_or_unknown():
    industry = {"field": "industry", "operator": "is", "value": "retail"}
    criterion = CriterionFactory(name="Chief", points=60)
    CriterionFactory(model=criterion.model, conditions=industry, points=9)
    employees = {"field": "employees", "operator": "at_least", "value": 5}
    CriterionFactory(model=criterion.model, conditions=employees, points=9)
    lead = LeadFactory(title="Chief", account=AccountFactory(industry="mining"))

    explanation = explain(lead=lead, now=NOON)

    states = [(line.state, line.points) for line in explanation.criteria]
    assert states == [("matched", 60.0), ("not", 0.0), ("unknown", 0.0)]
    assert explanation.criteria[0].description == "Job title contains chief"
    assert (explanation.fit, explanation.grade_letter) == (60.0, "B+")
