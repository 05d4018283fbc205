"""Leads in the API: added, updated, listed and read by what the key's person sees."""

import pytest

from leads.choices import Role, Stage
from leads.models import Account, Consent, Lead, StageChange
from tests.leads.factories import LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
ADA = {
    "external_id": "c-1",
    "email": "Ada@Acme.example",
    "first_name": "Ada",
    "company": "Acme",
    "employees": 250,
    "tags": ["vip", "webinar"],
    "custom": {"tier": "gold", "seats": 12, "trial": True},
}


def test_a_new_lead_is_made_with_all_that_is_said_of_it(api):
    answer = api.post("leads", ADA)

    lead = Lead.objects.get()
    assert answer.status_code == 201
    assert (lead.email_key, lead.source_system) == ("ada@acme.example", "shop")
    assert lead.account.employees == 250
    assert lead.custom == {"tier": "gold", "seats": 12, "trial": True}
    assert answer.data["id"] == lead.pk
    assert answer.data["tags"] == ["vip", "webinar"]
    assert answer.data["stage"] == "new"


def test_the_same_lead_again_changes_nothing(api):
    first = api.post("leads", ADA)
    changes = StageChange.objects.count()

    again = api.post("leads", ADA)

    assert again.status_code == 200
    assert again.data == first.data
    assert (Lead.objects.count(), StageChange.objects.count()) == (1, changes)


def test_a_known_lead_is_found_by_its_address_and_loses_nothing(api):
    lead = LeadFactory(email="ada@acme.example", phone="123")

    answer = api.post("leads", {"email": "ADA@acme.example", "title": "CTO"})

    lead.refresh_from_db()
    assert (answer.status_code, answer.data["id"]) == (200, lead.pk)
    assert (lead.title, lead.phone) == ("CTO", "123")


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({}, "external_id"),
        ({"email": "nobody"}, "email"),
        ({"email": 5}, "email"),
        ({"email": True}, "email"),
        ({"email": "a@b.example", "stage": "sql"}, "stage"),
        ({"email": "a@b.example", "owner_id": 1}, "owner_id"),
        ({"email": "a@b.example", "employees": -1}, "employees"),
        ({"email": "a@b.example", "employees": 1.5}, "employees"),
        ({"email": "a@b.example", "custom": [1]}, "custom"),
        ({"email": "a@b.example", "custom": {"a": [1]}}, "custom.a"),
        ({"email": "a@b.example", "custom": {'x") OR 1=1--': 1}}, "custom"),
        ({"email": "a@b.example", "title": "x" * 201}, "title"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_field(api, record, field):
    answer = api.post("leads", record)

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.data["errors"][0]["field"] == field
    assert (Lead.objects.count(), Account.objects.count()) == (0, 0)


def test_a_rep_adds_no_leads(api_of):
    api = api_of(UserFactory(role=Role.REP))

    assert api.post("leads", ADA).status_code == 403
    assert not Lead.objects.exists()


def test_a_list_is_read_to_its_end_by_cursors(api):
    leads = [LeadFactory() for _number in range(5)]

    pages, cursor = [], ""
    while cursor or not pages:
        answer = api.get("leads", limit=2, cursor=cursor)
        pages.append([item["id"] for item in answer.data["items"]])
        cursor = answer.data["next_cursor"]

    newest_first = [lead.pk for lead in reversed(leads)]
    assert pages == [newest_first[:2], newest_first[2:4], newest_first[4:]]


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"limit": 0}, {"limit": 10**9}])
def test_no_page_begins_anew_with_a_cursor_that_is_none(api, query):
    answer = api.get("leads", **query)

    assert answer.status_code == 422
    assert answer.data["errors"][0]["field"] == next(iter(query))


def test_a_list_holds_what_is_asked_for(api):
    LeadFactory(stage=Stage.NEW)
    mql = LeadFactory(stage=Stage.MQL, email="m@b.example", external_id="7")

    for query in ({"stage": "mql"}, {"email": "M@b.example"}, {"external_id": "7"}):
        found = api.get("leads", **query).data["items"]
        assert [item["id"] for item in found] == [mql.pk]


def test_a_rep_reads_own_leads_and_no_other(api_of):
    rep = RepFactory()
    mine, others = LeadFactory(stage=Stage.SQL), LeadFactory(stage=Stage.SQL)
    type(mine.standing).objects.filter(pk=mine.pk).update(owner=rep.user)
    api = api_of(rep.user)

    assert [item["id"] for item in api.get("leads").data["items"]] == [mine.pk]
    assert api.get(f"leads/{mine.pk}").data["owner"] == rep.user.email
    assert api.get(f"leads/{others.pk}").status_code == 404


def test_ten_leads_cost_as_many_queries_as_one(api, django_assert_num_queries):
    for _number in range(10):
        LeadFactory()
    api.get("leads", limit=1)

    with django_assert_num_queries(8):
        api.get("leads", limit=1)
    with django_assert_num_queries(8):
        api.get("leads", limit=10)


def test_what_a_person_does_not_want_is_heard_and_not_taken_back_by_a_system(api):
    wishes = {"do_not_mail": True, "do_not_call": "yes", "consent": False}

    made = api.post("leads", ADA | wishes).data
    again = api.post("leads", ADA | {"do_not_mail": False, "consent": True}).data
    wrong = [api.post("leads", ADA | {"do_not_mail": it}) for it in (1, "perhaps", [])]

    assert (made["do_not_mail"], made["do_not_call"]) == (True, True)
    assert (again["do_not_mail"], again["do_not_call"]) == (True, True)
    told = Consent.objects.values_list("purpose", "is_given", "how")
    assert {*told} == {
        ("mail", False, "api"),
        ("call", False, "api"),
        ("mail", True, "api"),
    }
    assert [answer.status_code for answer in wrong] == [422] * 3
