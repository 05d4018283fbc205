"""Batches of activities: what counts, what is known, what is rejected and why."""

import pytest

from leads.choices import Role
from leads.models import Activity, Campaign
from tests.leads.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(workspace):
    return LeadFactory(email="ada@acme.example")


def visit(number=1, **more):
    return {
        "id": f"v-{number}",
        "email": "ada@acme.example",
        "kind": "page_view",
        "occurred_at": "2026-03-01T10:00:00Z",
        **more,
    }


def test_a_batch_is_recorded_and_its_lead_is_owed_a_score(api, lead):
    lead.standing.refresh_from_db()
    before = lead.standing.stale_seq

    answer = api.post(
        "activities",
        {"activities": [visit(1), visit(2, url="/pricing", properties={"n": 2})]},
    )

    lead.standing.refresh_from_db()
    assert answer.status_code == 200
    assert answer.data == {"accepted": 2, "duplicates": 0, "rejected": []}
    assert lead.standing.stale_seq == before + 1
    assert Activity.objects.get(external_id="v-2").properties == {"n": 2}
    assert {one.source_system for one in Activity.objects.all()} == {"shop"}


def test_the_same_ids_again_are_duplicates(api, lead):
    api.post("activities", {"activities": [visit(1)]})

    answer = api.post("activities", {"activities": [visit(1), visit(2), visit(2)]})

    assert answer.data == {"accepted": 1, "duplicates": 2, "rejected": []}
    assert Activity.objects.count() == 2


def test_a_bad_one_in_the_middle_is_rejected_and_the_others_count(api, lead):
    batch = [
        visit(1),
        visit(2, kind="dance"),
        visit(3, email="nobody@else.example", campaign="Never made"),
        visit(4, occurred_at=None),
        {"id": "v-5"},
        "text",
        visit(6),
    ]

    answer = api.post("activities", {"activities": batch})

    rejected = [(one["index"], one["field"]) for one in answer.data["rejected"]]
    assert answer.data["accepted"] == 2
    assert rejected == [
        *((1, "kind"), (2, "email"), (3, "occurred_at"), (4, "kind"), (5, "")),
    ]
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        *([], {}, {"activities": []}, {"activities": {}}, {"activities": None}),
        {"activities": [], "more": 1},
        {"activities": [{}] * 1_001},
    ],
)
def test_what_is_no_batch_is_refused_as_a_whole(api, body):
    answer = api.post("activities", body)

    assert answer.status_code == 422
    assert not Activity.objects.exists()


def test_a_lead_that_the_person_may_not_see_is_unknown(api_of, lead):
    answer = api_of(UserFactory(role=Role.REP)).post(
        "activities", {"activities": [visit(1), visit(2, email="x@y.example")]}
    )

    reasons = [one["reason"] for one in answer.data["rejected"]]
    assert answer.data["accepted"] == 0
    assert reasons == [
        f"there is no lead with the address “{address}”"
        for address in ("ada@acme.example", "x@y.example")
    ]
