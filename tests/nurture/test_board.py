from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff.choices import HandoffStatus
from handoff.selling import worth
from leads.choices import Cause, Role, Stage
from leads.models import StageChange, Standing
from leads.nurture import tops
from leads.nurture.columns import LANES
from scoring.engagement import active_model
from tests.handoff.factories import DealFactory, HandoffFactory
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

    assert [card.pk for card in lane(response, Stage.MQL).cards] == [warm.pk]
    assert [lane.stage for lane in response.context["lanes"]] == list(LANES)


def test_a_lane_shows_25_cards_and_the_rest_on_demand(client, marketer):
    LeadFactory.create_batch(27)

    first = lane(client.get(ADDRESS), Stage.NEW)
    rest = client.get(
        reverse("nurture:lane", args=["new"]),
        {"after": first.next_cursor},
        headers=HTMX,
    )

    assert (len(first.cards), first.count) == (25, 27)
    assert len(rest.context["lane"].cards) == 2
    shown = {*first.cards, *rest.context["lane"].cards}
    assert len(shown) == 27


def test_whatever_stands_in_a_name_is_printed_as_it_was_typed(client, marketer):
    LeadFactory(first_name="{name}", last_name="<b>{0}</b> & Co", source="a {b}")
    LeadFactory(first_name="Ada", last_name="", title="", account=None, source="")

    page = client.get(ADDRESS).content.decode()

    assert "{name} &lt;b&gt;{0}&lt;/b&gt; &amp; Co</a>" in page
    assert '<span class="chip truncate">A {b}</span>' in page
    assert '<small class="truncate">–</small>' in page
    assert page.count('class="chip truncate"') == 1


def test_a_filter_that_finds_nobody_says_so_once_with_a_way_out(client, marketer):
    LeadFactory()

    page = client.get(ADDRESS, {"q": "nobody here"}).content.decode()

    assert page.count("No lead matches") == 1
    assert "Clear filters" in page
    assert "that match" not in page


def test_a_count_stops_where_it_would_cost_too_much(client, marketer, monkeypatch):
    monkeypatch.setattr(tops, "MOST_COUNTED", 2)
    LeadFactory.create_batch(4)

    assert lane(client.get(ADDRESS), Stage.NEW).count_in_words == "2+"


def test_a_full_board_costs_twelve_queries_at_most(
    client, marketer, django_assert_max_num_queries
):
    for stage in LANES:
        LeadFactory.create_batch(3, stage=stage)
    client.get(ADDRESS)

    with django_assert_max_num_queries(12):
        client.get(ADDRESS)
    with django_assert_max_num_queries(12):
        client.get(ADDRESS, {"bands": "1", "q": "maya", "grade": "2"})


def test_mqls_stand_in_three_columns_where_that_is_wanted(client, marketer):
    model = active_model()
    for points in (5, 30, 80):
        lead = LeadFactory(stage=Stage.MQL)
        Standing.objects.filter(pk=lead.pk).update(
            s_never=points, ceiling=points, model_version=model.version
        )

    page = client.get(ADDRESS, {"bands": "1"})

    columns = {one.column.key: one.cards for one in page.context["lanes"]}
    found = {key: [row.points for row in rows] for key, rows in columns.items()}
    assert {key: found[key] for key in found if key.startswith("mql")} == {
        "mql-hot": ["80"],
        "mql-warm": ["30"],
        "mql-cold": ["5"],
    }
    assert "bands=1" in page.content.decode()


def test_a_column_says_what_its_leads_may_bring(client, marketer):
    now = timezone.now()
    before = now - timedelta(days=300)
    leads = LeadFactory.create_batch(20, stage=Stage.MQL, stage_at=before)
    DealFactory(lead=leads[0], amount=Decimal(4000), won_at=before + timedelta(days=9))
    worth.count_again(now=now)

    page = client.get(ADDRESS)

    assert lane(page, Stage.MQL).expected == 400_000
    assert lane(page, Stage.SQL).expected is None
    assert "4K" in page.content.decode()
    assert worth.count_again(now=now) == 0


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
