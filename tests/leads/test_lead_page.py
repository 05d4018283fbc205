import uuid

import pytest
from django.urls import reverse

from leads.choices import ActivityKind, Role, Stage
from leads.models import Activity, Lead
from tests.leads.factories import LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def marketer(client, workspace):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    return user


def address(name, lead):
    return reverse(f"leads:{name}", args=[lead.pk])


def test_the_page_tells_who_the_lead_is_and_where_it_stands(client, marketer):
    lead = LeadFactory(
        stage=Stage.MQL, title="VP Operations", custom={"landing_page": "pricing"}
    )

    page = client.get(address("detail", lead)).content.decode()

    assert lead.email in page
    assert "VP Operations" in page
    assert "pricing" in page
    assert page.count("inferred") == 2  # new and iql, on the way to mql


def test_another_reps_lead_is_not_found(client):
    lead = LeadFactory(stage=Stage.SQL)
    client.force_login(RepFactory().user)

    for name in ("detail", "edit", "activities"):
        assert client.get(address(name, lead)).status_code == 404
    assert client.post(address("log", lead)).status_code == 404


def test_a_logged_call_appears_in_the_timeline_once(client, marketer):
    lead = LeadFactory()
    typed = {"kind": "call", "subject": "Talked budget", "token": uuid.uuid4()}

    first = client.post(address("log", lead), typed, headers=HTMX)
    second = client.post(address("log", lead), typed, headers=HTMX)

    assert (first.status_code, second.status_code) == (200, 200)
    assert b"Talked budget" in first.content
    logged = Activity.objects.get(lead=lead)
    assert (logged.kind, logged.actor) == (ActivityKind.CALL, marketer)


def test_logging_nothing_is_refused_beside_the_field(client, marketer):
    lead = LeadFactory()
    typed = {"kind": "call", "subject": " ", "token": uuid.uuid4()}

    response = client.post(address("log", lead), typed, headers=HTMX)

    assert response.status_code == 422
    assert b"This field is required" in response.content
    assert not Activity.objects.exists()


def test_a_new_lead_is_found_by_what_was_typed(client, marketer):
    typed = {"first_name": "Zoë", "company": "Nordbank", "source": "Paid Search"}

    response = client.post(reverse("leads:new"), typed)

    lead = Lead.objects.get()
    assert response.url == address("detail", lead)
    assert (lead.account.name, lead.source) == ("Nordbank", "paid search")
    assert lead.standing.stage == Stage.NEW
    assert list(Lead.objects.matching("zoe nordbank")) == [lead]


def test_an_address_that_another_lead_has_is_refused_beside_the_field(client, marketer):
    LeadFactory(email="maya@acme.example")
    lead = LeadFactory()

    response = client.post(address("edit", lead), {"email": "MAYA@acme.example"})

    assert response.status_code == 422
    assert "email" in response.context["form"].errors


def test_a_lead_without_a_name_and_address_is_refused(client, marketer):
    response = client.post(reverse("leads:new"), {"company": "Nordbank"})

    assert response.status_code == 422
    assert not Lead.objects.exists()
