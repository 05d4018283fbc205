from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff.choices import HandoffStatus
from handoff.models import RejectionReason
from leads.choices import Role, Stage
from leads.models import Lead, Standing
from leads.nurture.board import with_engagement
from leads.nurture.signs import signs_of
from scoring import rescoring
from scoring.models import Gate
from tests.handoff.factories import HandoffFactory
from tests.leads.factories import LeadFactory, UserFactory
from tests.scoring.factories import ActivityFactory

pytestmark = pytest.mark.django_db

ADDRESS = reverse("nurture:signs")


@pytest.fixture
def marketer(client, workspace):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    return user


def signs(lead, now):
    rescoring.rescore(lead_ids=None, now=now)
    leads = Lead.objects.filter(pk=lead.pk).with_standing()
    return signs_of(leads=list(with_engagement(leads, at=now)), at=now)[0]


def gate_of(stage):
    return Gate.objects.get(model__status="active", stage=stage)


def test_a_card_tells_what_gave_most_points_this_week(workspace):
    now = timezone.now()
    lead = LeadFactory()
    for days in (1, 2, 3):
        ActivityFactory(lead=lead, kind="chat", occurred_at=now - timedelta(days=days))
    ActivityFactory(lead=lead, kind="demo_requested", occurred_at=now - timedelta(20))

    found = signs(lead, now)

    assert (found.reason.rule, found.reason.times) == ("Chat", 3)
    assert found.direction == "up"
    assert found.last_touch == now - timedelta(days=1)


def test_a_lead_that_only_fades_points_down_and_was_quiet(workspace):
    now = timezone.now()
    lead = LeadFactory()
    ActivityFactory(lead=lead, kind="demo_requested", occurred_at=now - timedelta(20))

    found = signs(lead, now)

    assert (found.reason, found.direction) == (None, "down")


def test_what_is_missing_to_the_next_gate_is_told_in_whole_points(workspace):
    now = timezone.now()
    lead = LeadFactory()
    ActivityFactory(lead=lead, kind="chat", occurred_at=now)

    found = signs(lead, now)

    missing = round(gate_of("mql").engagement) - 10
    assert found.next_gate.startswith(f"{missing} points and grade")
    assert found.next_gate.endswith("to MQL")


def test_a_grade_that_is_missing_is_told_too(workspace):
    now = timezone.now()
    lead = LeadFactory(stage=Stage.MQL)
    Standing.objects.filter(lead=lead).update(grade=0)
    lead.refresh_from_db()
    lead.engagement = 500.0

    [found] = signs_of(leads=[lead], at=now)

    assert "grade" in found.next_gate
    assert "points" not in found.next_gate


def test_a_lead_in_the_hands_of_sales_has_no_next_gate(workspace):
    assert signs(LeadFactory(stage=Stage.ACCEPTED), timezone.now()).next_gate == ""


def test_the_signs_come_after_the_cards_with_what_sales_said(client, marketer):
    reason = RejectionReason.objects.first()
    handoff = HandoffFactory(
        status=HandoffStatus.REJECTED, reason=reason, decided_at=timezone.now()
    )

    board = client.get(reverse("nurture:board")).content.decode()
    told = client.get(ADDRESS, {"lead": handoff.lead_id}).content.decode()

    assert f'?lead={handoff.lead_id}"' in board
    assert f"#signs-{handoff.lead_id}" in told
    assert str(handoff.reason.label) in told


def test_the_signs_of_many_cards_cost_as_many_queries_as_of_one(
    client, marketer, django_assert_max_num_queries
):
    leads = LeadFactory.create_batch(25)

    with django_assert_max_num_queries(14):
        client.get(ADDRESS, {"lead": [lead.pk for lead in leads]})


@pytest.mark.parametrize("asked", ["x", "-1", "1 OR 1=1", "9" * 40, ""])
def test_what_names_no_lead_is_refused(client, marketer, asked):
    assert client.get(ADDRESS, {"lead": asked}).status_code == 400
