from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from leads import lifecycle
from leads.choices import Cause, Role, Stage
from leads.lifecycle import Move
from leads.models import StageChange
from leads.nurture import live
from tests.leads.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db

ADDRESS = reverse("nurture:moved")


@pytest.fixture
def marketer(client, workspace):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    return user


def move(lead, to, now=None):
    now = now or timezone.now()
    lifecycle.move(wanted=Move(lead.pk, to, Cause.PERSON, now), now=now)


def ask(client, page, query=""):
    """What a board of this filter that was told so far is told now."""
    told = ",".join(map(str, page.context["told"]))
    address = f"http://testserver{reverse('nurture:board')}{query}"
    return client.get(
        ADDRESS,
        {"since": page.context["since"], "told": told},
        headers={"HX-Request": "true", "HX-Current-URL": address},
    )


def test_a_move_of_somebody_else_comes_once_with_its_counts(client, marketer):
    lead, other = LeadFactory(source="web"), LeadFactory(source="fair")
    page = client.get(reverse("nurture:board"))
    move(lead, Stage.MQL)

    told = ask(client, page)
    again = ask(client, told)

    html = told.content.decode()
    assert f'hx-target="#card-{lead.pk}" hx-swap="delete"' in html
    assert 'hx-target="#cards-mql"' in html
    assert f'id="card-{other.pk}"' not in html
    assert {one.column.key: one.count for one in told.context["touched"]} == {
        "new": 1,
        "iql": 0,
        "mql": 1,
    }
    assert again.status_code == 204


def test_a_card_that_the_filter_does_not_find_only_goes(client, marketer):
    lead = LeadFactory(source="web")
    LeadFactory(source="fair")
    page = client.get(reverse("nurture:board"))
    move(lead, Stage.MQL)

    told = ask(client, page, "?source=fair&bands=1")

    assert told.context["moved"] == []
    assert {one.column.key for one in told.context["touched"]} == {
        *("new", "iql", "mql-hot", "mql-warm", "mql-cold"),
    }


def test_a_move_that_is_committed_late_is_told_too(marketer):
    leads, now = LeadFactory.create_batch(2), timezone.now()
    since = StageChange.objects.latest("pk").pk
    for lead in leads:
        move(lead, Stage.IQL, now)
    late, seen = live.moved(since=since, told=[], now=now).told

    first = live.moved(since=since, told=[seen], now=now)
    later = live.moved(since=since, told=[late, seen], now=now + timedelta(minutes=1))

    # The higher number was seen alone; the lower comes when it is there.
    assert first.lead_ids == [leads[0].pk]
    assert (first.since, first.told) == (since, [late, seen])
    assert (later.since, later.told, later.lead_ids) == (seen, [], [])


def test_after_a_flood_of_moves_the_board_is_drawn_anew(client, marketer, monkeypatch):
    monkeypatch.setattr(live, "MOST_TOLD", 2)
    leads = LeadFactory.create_batch(3)
    page = client.get(reverse("nurture:board"))
    for lead in leads:
        move(lead, Stage.IQL)

    told = ask(client, page)

    assert "board-stale" in told["HX-Trigger"]
    assert told.context["gone"] == []


def test_nothing_new_costs_one_query_beside_who_asks(
    client, marketer, django_assert_num_queries
):
    page = client.get(reverse("nurture:board"))

    with django_assert_num_queries(4):
        answer = ask(client, page)

    assert answer.status_code == 204
    assert client.get(ADDRESS, {"since": "x", "told": "y,-1"}).status_code == 204
