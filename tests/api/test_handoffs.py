"""Hand-offs and deals in the API: decided as on the page, by the key's person."""

import pytest

from handoff.models import Deal, Handoff, RejectionReason
from leads.choices import Role, Stage
from leads.models import Standing
from tests.handoff.factories import HandoffFactory
from tests.leads.factories import LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def handoff(workspace):
    return HandoffFactory()


def stage_of(lead):
    return Standing.objects.get(pk=lead.pk).stage


def test_hand_offs_are_listed_by_status_for_who_may_see_them(api, api_of, handoff):
    HandoffFactory(status="accepted", decided_at=handoff.routed_at)
    rep = api_of(RepFactory().user)

    waiting = api.get("handoffs", status="pending").data

    assert [item["id"] for item in waiting["items"]] == [handoff.pk]
    assert len(api.get("handoffs", limit=1).data["items"]) == 1
    assert rep.get("handoffs").data == {"items": [], "next_cursor": ""}
    assert api.get("handoffs", status="eaten").status_code == 422


def test_ten_hand_offs_cost_as_many_queries_as_one(api, django_assert_num_queries):
    for _number in range(10):
        HandoffFactory()
    api.get("handoffs", limit=1)

    with django_assert_num_queries(4):
        api.get("handoffs", limit=1)
    with django_assert_num_queries(4):
        api.get("handoffs", limit=10)


def test_a_rep_accepts_an_own_hand_off(api_of, handoff):
    answer = api_of(handoff.rep).post(f"handoffs/{handoff.pk}/accept", {})

    assert answer.status_code == 200
    assert answer.data["status"] == "accepted"
    assert answer.data["decided_by"] == handoff.rep.email
    assert stage_of(handoff.lead) == Stage.ACCEPTED


def test_accepting_twice_changes_nothing(api_of, handoff):
    api = api_of(handoff.rep)
    first = api.post(f"handoffs/{handoff.pk}/accept", {})

    again = api.post(f"handoffs/{handoff.pk}/accept", {})

    assert (again.status_code, again.data) == (200, first.data)


def test_who_is_slower_is_told_who_was_faster(api, api_of, handoff):
    key = RejectionReason.objects.filter(is_on=True).first().key
    api.post(f"handoffs/{handoff.pk}/accept", {})

    answer = api_of(handoff.rep).post(f"handoffs/{handoff.pk}/reject", {"reason": key})

    assert answer.status_code == 409
    assert answer.data["handoff"]["status"] == "accepted"
    assert "accepted this lead" in answer.data["detail"]


def test_a_hand_off_is_rejected_with_a_reason_and_a_note(api, handoff):
    reason = RejectionReason.objects.get(key="bad-timing")

    answer = api.post(
        f"handoffs/{handoff.pk}/reject", {"reason": reason.key, "note": "Next year"}
    )

    assert answer.status_code == 200
    assert (answer.data["reason"], answer.data["note"]) == (reason.key, "Next year")
    assert stage_of(handoff.lead) == Stage.RECYCLED


@pytest.mark.parametrize(
    "body",
    [
        *({}, {"reason": None}, {"reason": "no-such"}, {"reason": ["bad-timing"]}),
        *({"reason": 5}, {"reason": "\x00"}),
        {"reason": "bad-timing", "note": 5},
        {"reason": "bad-timing", "note": "x" * 2_001},
        {"reason": "bad-timing", "status": "accepted"},
    ],
)
def test_a_rejection_that_says_too_little_or_too_much_is_refused(api, handoff, body):
    RejectionReason.objects.filter(key="bad-timing").update(is_on=True)

    answer = api.post(f"handoffs/{handoff.pk}/reject", body)

    assert answer.status_code in (400, 422)
    assert Handoff.objects.get().status == "pending"


def test_another_reps_hand_off_is_not_found_and_marketing_decides_none(api_of, handoff):
    stranger = api_of(RepFactory().user)
    marketer = api_of(UserFactory(role=Role.MARKETER))

    assert stranger.post(f"handoffs/{handoff.pk}/accept", {}).status_code == 404
    assert marketer.post(f"handoffs/{handoff.pk}/accept", {}).status_code == 403
    assert Handoff.objects.get().status == "pending"


def deal(**more):
    return {"external_id": "d-1", "email": "ada@acme.example", "amount": 1250.5, **more}


def test_a_won_deal_makes_a_customer_and_again_changes_nothing(api):
    lead = LeadFactory(email="ada@acme.example", stage=Stage.ACCEPTED)
    won = deal(currency="EUR", won_at="2026-03-05", opened_at="2026-03-03")

    first, again = api.post("deals", won), api.post("deals", won)

    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.data["amount"], first.data["stage"]) == ("1250.50", "customer")
    assert (Deal.objects.count(), stage_of(lead)) == (1, Stage.CUSTOMER)


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"email": "ada@acme.example"}, "external_id"),
        ({"external_id": "d-1"}, "lead_external_id"),
        (deal(email="x@y.example"), "email"),
        (deal(amount="much"), "amount"),
        (deal(amount=True), "amount"),
        (deal(amount=-5), "amount"),
        (deal(currency="euros"), "currency"),
        (deal(stage="customer"), "stage"),
        (deal(won_at="2026-03-05", lost_at="2026-03-05"), "lost_at"),
    ],
)
def test_a_deal_that_cannot_be_is_refused_with_its_field(api, record, field):
    LeadFactory(email="ada@acme.example", stage=Stage.ACCEPTED)

    answer = api.post("deals", record)

    assert answer.status_code == 422
    assert answer.data["errors"][0]["field"] == field
    assert not Deal.objects.exists()


def test_a_rep_sends_no_deals(api_of):
    assert api_of(RepFactory().user).post("deals", deal()).status_code == 403
