from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from handoff.choices import HandoffStatus
from leads.choices import Cause, Role, Stage
from leads.models import StageChange
from leads.nurture import board
from tests.handoff.factories import HandoffFactory
from tests.leads.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db

ADDRESS = reverse("nurture:board")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def marketer(client, workspace):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    return user


def lane(response, stage):
    return next(lane for lane in response.context["lanes"] if lane.stage == stage)


def move(client, lead, headers=HTMX, **typed):
    address = reverse("leads:move", args=[lead.pk])
    typed = {"origin": "board", "reason": "Met at the fair", **typed}
    return client.post(address, typed, headers=headers)


def test_each_lead_stands_in_the_lane_of_its_stage(client, marketer):
    warm = LeadFactory(stage=Stage.MQL)
    LeadFactory(stage=Stage.CUSTOMER)

    response = client.get(ADDRESS)

    assert lane(response, Stage.MQL).page.rows == [warm]
    assert [lane.stage for lane in response.context["lanes"]] == list(board.LANES)


def test_a_lane_shows_25_cards_and_the_rest_on_demand(client, marketer):
    LeadFactory.create_batch(27)

    first = lane(client.get(ADDRESS), Stage.NEW)
    rest = client.get(
        reverse("nurture:lane", args=["new"]),
        {"after": first.page.next_cursor},
        headers=HTMX,
    )

    assert (len(first.page.rows), first.count) == (25, 27)
    assert len(rest.context["lane"].page.rows) == 2
    shown = {*first.page.rows, *rest.context["lane"].page.rows}
    assert len(shown) == 27


def test_a_count_stops_where_it_would_cost_too_much(client, marketer, monkeypatch):
    monkeypatch.setattr(board, "MOST_COUNTED", 2)
    LeadFactory.create_batch(4)

    assert lane(client.get(ADDRESS), Stage.NEW).count_in_words == "2+"


def test_a_full_board_costs_as_many_queries_as_an_empty_one(
    client, marketer, django_assert_num_queries
):
    client.get(ADDRESS)
    with CaptureQueriesContext(connection) as when_empty:
        client.get(ADDRESS)
    for stage in board.LANES:
        LeadFactory.create_batch(3, stage=stage)

    with django_assert_num_queries(len(when_empty)):
        client.get(ADDRESS)


def test_a_moved_card_is_recorded_with_who_and_why_and_held(client, marketer):
    lead = LeadFactory()

    response = move(client, lead, to="mql")

    change = StageChange.objects.get(lead=lead, to_stage=Stage.MQL)
    assert response.status_code == 200
    assert (change.cause, change.actor, change.reason) == (
        Cause.PERSON,
        marketer,
        "Met at the fair",
    )
    lead.standing.refresh_from_db()
    assert lead.standing.held_since is not None
    assert "close-dialog" in response["HX-Trigger"]
    assert f'hx-target="#card-{lead.pk}"' in response.content.decode()


def test_a_card_dragged_out_of_sales_is_withdrawn_and_held(client, marketer):
    handoff = HandoffFactory()
    day = timezone.localdate() + timedelta(days=30)

    response = move(client, handoff.lead, to="mql", until=f"{day}")

    assert response.status_code == 200
    handoff.refresh_from_db()
    assert (handoff.status, handoff.note) == (
        HandoffStatus.WITHDRAWN,
        "Met at the fair",
    )
    standing = handoff.lead.standing
    standing.refresh_from_db()
    assert (standing.stage, standing.held_since is None) == (Stage.MQL, False)
    assert timezone.localdate(standing.held_until) == day


def test_a_move_without_a_reason_is_refused_beside_the_field(client, marketer):
    lead = LeadFactory()

    response = move(client, lead, to="mql", reason="")

    assert response.status_code == 422
    assert "reason" in response.context["form"].errors
    assert not StageChange.objects.filter(to_stage=Stage.MQL).exists()


def test_a_stage_that_nobody_reaches_by_hand_is_not_offered(client, marketer):
    lead = LeadFactory(stage=Stage.MQL)

    response = client.get(
        reverse("leads:move", args=[lead.pk]), {"to": "accepted"}, headers=HTMX
    )

    assert response.context["refused_stage"] == Stage.ACCEPTED
    assert move(client, lead, to="accepted").status_code == 422


def test_recycling_by_hand_asks_for_the_day_of_return(client, marketer):
    lead = LeadFactory(stage=Stage.LOST)

    undated = move(client, lead, to="recycled")
    dated = move(client, lead, to="recycled", until="2099-01-01")

    assert "until" in undated.context["form"].errors
    assert "ten years" in dated.context["form"].errors["until"][0]


def test_the_move_works_without_script(client, marketer):
    lead = LeadFactory()

    page = client.get(reverse("leads:move", args=[lead.pk]))
    response = move(client, lead, headers={}, to="iql")

    assert b"<html" in page.content
    assert response.url == reverse("leads:detail", args=[lead.pk])


def test_a_rep_has_no_board(client):
    client.force_login(UserFactory(role=Role.REP))

    assert client.get(ADDRESS).status_code == 403


def test_a_card_is_named_by_its_whole_number_however_large(client, marketer):
    lead = LeadFactory(pk=1_234_567)

    page = client.get(ADDRESS).content.decode()

    assert f'id="card-{lead.pk}"' in page
