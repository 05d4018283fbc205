"""While the database is away strangers are told so, and when to come back."""

import json

import pytest
from django.db import OperationalError, connection

from leads.choices import Role
from tests.capture.factories import HostedFormFactory
from tests.leads.factories import UserFactory

pytestmark = pytest.mark.django_db
SITE = "https://www.acme.example"
VIEW = {
    "v": "11111111-2222-3333-4444-555555555555",
    "i": "view-000000000001",
    "u": f"{SITE}/pricing",
}
VIEW |= {"t": "Pricing", "r": ""}


def away(*_query):
    raise OperationalError("no connection")


@pytest.fixture
def patient(client):
    client.raise_request_exception = False
    return client


def test_forms_and_the_tracker_say_when_to_come_back(patient, settings):
    settings.TRACKED_SITES = [SITE]
    form = HostedFormFactory()
    page, answers = f"/f/{form.slug}/", {"email": "maya@northwind.example"}
    site = {"Origin": SITE, "User-Agent": "Firefox"}
    beacon = {"content_type": "text/plain", "headers": site}
    requests = [
        lambda: patient.get(page),
        lambda: patient.post(page, answers),
        lambda: patient.get(f"{page}embed/"),
        lambda: patient.post("/t/", json.dumps(VIEW), **beacon),
    ]

    with connection.execute_wrapper(away):
        told = [request() for request in requests]

    assert [answer.status_code for answer in told] == [503] * len(requests)
    assert {answer["Retry-After"] for answer in told} == {"2"}
    assert all(b"cannot reach its database" in answer.content for answer in told)


def test_people_who_are_signed_in_are_told_the_same(patient):
    patient.force_login(UserFactory(role=Role.MARKETER))

    with connection.execute_wrapper(away):
        answer = patient.get("/leads/")

    assert (answer.status_code, answer["Retry-After"]) == (503, "2")


def test_another_error_is_one_of_ours(patient, monkeypatch):
    form = HostedFormFactory()
    monkeypatch.setattr("leads.capture.hosted.views.public._open", lambda slug: 1 / 0)

    answer = patient.get(f"/f/{form.slug}/")

    assert answer.status_code == 500
    assert b"Something went wrong on our side" in answer.content
