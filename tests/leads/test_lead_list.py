from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads import lifecycle
from leads.choices import Role, Stage
from tests.leads.factories import (
    NOON,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ADDRESS = reverse("leads:list")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def marketer(client):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    return user


def test_a_visitor_is_sent_to_sign_in(client):
    response = client.get(ADDRESS)

    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


def test_a_fragment_of_an_expired_session_leads_to_sign_in(client):
    response = client.get(ADDRESS, headers=HTMX)

    assert response.status_code == 401
    assert response["HX-Redirect"] == reverse("account_login")


def test_htmx_gets_the_table_and_a_browser_the_page(client, marketer):
    LeadFactory(last_name="Whitaker")

    page = client.get(ADDRESS)
    fragment = client.get(ADDRESS, headers=HTMX)

    assert b"Whitaker" in page.content
    assert b"<html" in page.content
    assert fragment.content.lstrip().startswith(b'<div id="lead-table"')
    assert "HX-Request" in fragment["Vary"]


def test_search_finds_whatever_the_case_and_the_accents(client, marketer):
    LeadFactory(last_name="Núñez", search_text="maya nunez maya@acme.example acme")
    LeadFactory(last_name="Holm", search_text="greta holm greta@nord.example nordbank")

    response = client.get(ADDRESS, {"q": "NUÑEZ acme"})

    assert [lead.last_name for lead in response.context["page"].rows] == ["Núñez"]


def test_filters_narrow_the_list_together(client, marketer):
    LeadFactory(stage=Stage.MQL, source="referral", last_name="Wanted")
    LeadFactory(stage=Stage.MQL, source="")
    LeadFactory(stage=Stage.NEW, source="referral")

    response = client.get(ADDRESS, {"stage": "mql", "source": "referral"})
    without_source = client.get(ADDRESS, {"source": "none"})

    assert [lead.last_name for lead in response.context["page"].rows] == ["Wanted"]
    assert len(without_source.context["page"].rows) == 1


def test_a_search_without_a_match_says_so_apart_from_an_empty_workspace(
    client, marketer
):
    empty = client.get(ADDRESS)
    LeadFactory()
    no_match = client.get(ADDRESS, {"q": "zebra"})

    assert b"No leads yet" in empty.content
    assert b"No lead matches" in no_match.content


def test_the_next_page_follows_on(client, marketer):
    for number in range(51):
        LeadFactory(created_at=NOON - timedelta(minutes=number))

    first = client.get(ADDRESS).context["page"]
    second = client.get(ADDRESS, {"after": first.next_cursor}).context["page"]

    assert (len(first.rows), len(second.rows)) == (50, 1)
    assert second.next_cursor == ""


def test_a_rep_sees_own_leads_and_those_of_the_teams_pool(client):
    rep = RepFactory()
    own, pooled = LeadFactory(stage=Stage.SQL), LeadFactory(stage=Stage.SQL)
    elsewhere = LeadFactory(stage=Stage.SQL)
    lifecycle.assign(lead=own, owner=rep.user, team=rep.team)
    lifecycle.assign(lead=pooled, owner=None, team=rep.team)
    lifecycle.assign(lead=elsewhere, owner=None, team=TeamFactory())
    client.force_login(rep.user)

    rows = client.get(ADDRESS).context["page"].rows

    assert {lead.pk for lead in rows} == {own.pk, pooled.pk}


def test_fifty_rows_cost_as_many_queries_as_one(
    client, marketer, django_assert_num_queries
):
    LeadFactory()
    client.get(ADDRESS)
    with CaptureQueriesContext(connection) as for_one_row:
        client.get(ADDRESS)
    LeadFactory.create_batch(49)

    with django_assert_num_queries(len(for_one_row)):
        client.get(ADDRESS)


@pytest.mark.parametrize(
    "query",
    [
        {"stage": "nonsense"},
        {"owner": "9" * 30},
        {"grade": "-1"},
        {"campaign": "x"},
        {"sort": "password"},
        {"after": "x:y:z"},
        {"at": "9" * 30},
        {"q": "\x00"},
        {"q": "%_\\'\""},
    ],
)
def test_an_odd_address_is_answered_with_a_list(client, marketer, query):
    LeadFactory()

    assert client.get(ADDRESS, query).status_code == 200
