from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads import lifecycle as leads_lifecycle
from leads.choices import Cause, Stage
from leads.models import StageChange, Standing
from scoring import lifecycle, rescoring, sampling, versions
from scoring.preview import preview
from scoring.usage import Usage, usage_of
from tests.leads.factories import NOON, LeadFactory
from tests.scoring.factories import (
    ActivityFactory,
    CriterionFactory,
    GateFactory,
    ModelFactory,
    RuleFactory,
)

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def active():
    """Ten points a page view; IQL from 10, MQL from 40, SQL from 80."""
    model = ModelFactory()
    RuleFactory(model=model, name="Page seen")
    RuleFactory(model=model, name="Call", kind="call", points=5)
    CriterionFactory(model=model)
    GateFactory(model=model, stage="iql", engagement=10, leave_engagement=5)
    GateFactory(model=model)
    GateFactory(model=model, stage="sql", engagement=80, leave_engagement=60)
    return model


@pytest.fixture
def draft(active):
    return versions.copy(model=active, actor=None, now=NOON)


def seen(times, lead=None):
    lead = lead or LeadFactory()
    for _time in range(times):
        ActivityFactory(lead=lead)
    return lead


def test_a_copy_would_change_nothing(active, draft):
    seen(1), seen(4)
    rescoring.rescore(lead_ids=None, now=NOON)

    found = preview(model=draft, now=LATER)

    assert (found.total, found.size, found.moves, found.biggest) == (2, 2, [], [])
    assert (found.grade_up, found.score_up) == (0, 0)


def test_a_preview_counts_moves_grades_and_the_largest_changes(active, draft):
    small, big = seen(1), seen(4)
    chief = LeadFactory(title="Chief of staff")
    rescoring.rescore(lead_ids=None, now=NOON)
    draft.rules.filter(name="Page seen").update(points=20)
    draft.criteria.update(points=95)

    found = preview(model=draft, now=LATER)

    moves = {(one.stage, one.to): one.leads for one in found.moves}
    assert moves == {(Stage.MQL, Stage.SQL): 1}
    assert (found.moved_up, found.moved_down, found.moved_out) == (1, 0, 0)
    assert (found.grade_up, found.grade_down) == (1, 0)
    assert [(lead, change.difference) for lead, change in found.biggest] == [
        (big, pytest.approx(40.0)),
        (small, pytest.approx(10.0)),
    ]
    assert chief not in [lead for lead, _change in found.biggest]


def test_a_preview_says_what_activation_then_does(active, draft):
    seen(1), seen(2), seen(4), seen(8), LeadFactory()
    rescoring.rescore(lead_ids=None, now=NOON)
    draft.rules.filter(name="Page seen").update(points=4)
    draft.gates.filter(stage="mql").update(engagement=30)
    before = dict(Standing.objects.values_list("pk", "stage"))
    found = preview(model=draft, now=LATER)
    assert dict(Standing.objects.values_list("pk", "stage")) == before

    lifecycle.activate(model=draft, note="", actor=None, now=LATER)
    rescoring.rescore_stale(now=LATER)

    after = dict(Standing.objects.values_list("pk", "stage"))
    moved = {}
    for pk, stage in before.items():
        if after[pk] != stage:
            moved[stage, after[pk]] = moved.get((stage, after[pk]), 0) + 1
    assert {(one.stage, one.to): one.leads for one in found.moves} == moved
    assert moved


def test_a_held_lead_and_one_with_sales_would_not_move(active, draft):
    held, sold = seen(4), seen(8)
    rescoring.rescore(lead_ids=None, now=NOON)
    Standing.objects.filter(lead=held).update(held_since=NOON)
    draft.rules.filter(name="Page seen").update(points=0.1)

    found = preview(model=draft, now=LATER)

    assert found.moves == []
    assert found.score_down == 2
    assert Standing.objects.get(lead=sold).stage == Stage.SQL


def test_a_disqualifying_rule_shows_who_would_go(active, draft):
    seen(1)
    rescoring.rescore(lead_ids=None, now=NOON)
    draft.rules.filter(name="Page seen").update(effect="disqualify")

    found = preview(model=draft, now=LATER)

    assert found.moved_out == 1


def test_a_preview_writes_nothing_and_costs_the_same_for_ten_times_the_leads(
    active, draft
):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            preview(model=draft, now=LATER)
        writes = [
            one for one in queries if not one["sql"].startswith(("SELECT", "WITH"))
        ]
        assert not writes
        return len(queries)

    seen(1)
    rescoring.rescore(lead_ids=None, now=NOON)
    draft.rules.filter(name="Page seen").update(points=20)
    before = cost()
    for _lead in range(10):
        seen(1)
    rescoring.rescore(lead_ids=None, now=NOON)

    assert cost() == before


def test_of_very_many_leads_an_even_sample_is_looked_at(active, draft, monkeypatch):
    monkeypatch.setattr(sampling, "MOST_LEADS", 5)
    for _lead in range(12):
        LeadFactory()

    found = preview(model=draft, now=LATER)

    assert found.total == 12
    assert found.size == 4
    assert found.is_partial


def test_a_rule_is_told_by_how_often_it_fired_and_how_its_leads_ended(active):
    taken, sent_back = seen(2), seen(1)
    rule = active.rules.get(name="Page seen")
    rescoring.rescore(lead_ids=None, now=NOON)
    for lead, to in ((taken, "accepted"), (sent_back, "recycled")):
        StageChange.objects.create(
            lead=lead, from_stage="sql", to_stage=to, at=NOON, cause="decision", cycle=1
        )

    found = usage_of(model=active, now=LATER).by_rule_id

    assert found[rule.pk] == Usage(fired=3, leads=2, accepted=1, rejected=1)
    assert (found[rule.pk].accepted_share, found[rule.pk].customer_share) == (50, 0)
    assert found[active.rules.get(name="Call").pk] == Usage()
    much_later = NOON + timedelta(days=91)
    assert usage_of(model=active, now=much_later).by_rule_id[rule.pk] == Usage()


def test_a_person_who_moved_a_lead_is_not_stepped_over(active, draft):
    lead = seen(1)
    rescoring.rescore(lead_ids=None, now=NOON)
    wanted = leads_lifecycle.Move(lead.pk, Stage.MQL, Cause.PERSON, NOON, reason="Met")
    leads_lifecycle.move(wanted=wanted, now=NOON)

    assert preview(model=draft, now=LATER).moves == []
