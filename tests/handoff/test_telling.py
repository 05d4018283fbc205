"""Other systems are told of hand-offs and deals, whoever decides them."""

import json

import pytest

from handoff import lifecycle
from handoff.desk import lifecycle as desk
from handoff.models import Handoff
from handoff.routing import offers
from handoff.selling import deal_import, deals
from leads.capture.mapping import ParsedRow
from leads.choices import Cause, Stage
from leads.lifecycle import Move
from leads.lifecycle import move as move_lead
from leads.models import WebhookDelivery
from tests.handoff.factories import (
    DealFactory,
    HandoffFactory,
    ReasonFactory,
    manager,
    owned_lead,
)
from tests.leads.factories import (
    NOON,
    EndpointFactory,
    LeadFactory,
    RepFactory,
    TeamFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def endpoint(workspace):
    kinds = ["offered", "accepted", "rejected", "expired", "withdrawn", "reopened"]
    deals = [f"deal.{end}" for end in ("won", "lost", "reopened")]
    return EndpointFactory(kinds=[*(f"handoff.{kind}" for kind in kinds), *deals])


def told():
    rows = WebhookDelivery.objects.order_by("pk")
    return [(row.kind, json.loads(row.body)["data"]) for row in rows]


def kinds():
    return [kind for kind, _data in told()]


def test_an_offer_tells_who_has_it_until_when():
    rep = RepFactory(team=TeamFactory(is_default=True))
    lead = LeadFactory(stage=Stage.SQL)

    offers.route_leads(lead_ids=[lead.pk], now=NOON)

    [(kind, data)] = told()
    handoff = Handoff.objects.get()
    assert kind == "handoff.offered"
    assert data["lead"]["id"] == lead.pk
    assert data["handoff"]["id"] == handoff.pk
    assert data["handoff"]["rep"] == rep.user.email
    assert data["handoff"]["due_at"] == handoff.due_at.isoformat()


def test_a_decision_tells_who_decided_and_why():
    handoff, reason = HandoffFactory(), ReasonFactory(key="timing")

    lifecycle.reject(
        handoff=handoff, reason=reason, note="In May.", actor=handoff.rep, now=NOON
    )
    desk.undo(handoff=handoff, actor=handoff.rep, now=NOON)
    lifecycle.accept(handoff=handoff, actor=handoff.rep, now=NOON)

    seen = told()
    assert kinds() == ["handoff.rejected", "handoff.reopened", "handoff.accepted"]
    rejected = seen[0][1]["handoff"]
    assert (rejected["reason"], rejected["note"]) == ("timing", "In May.")
    assert rejected["decided_by"] == handoff.rep.email
    assert seen[1][1]["handoff"]["status"] == "pending"
    assert seen[2][1]["handoff"]["status"] == "accepted"


def test_offers_that_nobody_decides_any_more_are_withdrawn():
    first, second = HandoffFactory(), HandoffFactory()
    lifecycle.withdraw(handoff=first, reason="Too early.", actor=manager(), now=NOON)
    wanted = Move(second.lead_id, Stage.DISQUALIFIED, Cause.DISQUALIFYING, NOON)
    move_lead(wanted=wanted, now=NOON)

    assert lifecycle.close_orphans(now=NOON) == 1

    assert kinds() == ["handoff.withdrawn"] * 2
    assert [data["handoff"]["id"] for _kind, data in told()] == [first.pk, second.pk]
    second.refresh_from_db()
    assert told()[1][1]["handoff"]["note"] == second.note


def test_a_deal_is_told_as_it_ends_and_when_it_is_reopened():
    rep = RepFactory()
    deal = DealFactory(lead=owned_lead(rep.user, Stage.OPPORTUNITY), amount="12.50")

    deals.win(deal=deal, actor=rep.user, now=NOON, reason="Price")
    deals.win(deal=deal, actor=rep.user, now=NOON)
    deals.reopen(deal=deal, actor=rep.user, now=NOON)
    deals.lose(deal=deal, reason="Budget", actor=rep.user, now=NOON)

    assert kinds() == ["deal.won", "deal.reopened", "deal.lost"]
    won = told()[0][1]["deal"]
    assert (won["amount"], won["currency"], won["reason"]) == ("12.50", "EUR", "Price")
    assert told()[2][1]["deal"]["reason"] == "Budget"


def test_imported_deals_are_told_once_however_often_the_file_comes():
    EndpointFactory(kinds=["deal.won"])
    leads = [LeadFactory(stage=Stage.ACCEPTED) for _each in range(3)]
    rows = [
        ParsedRow(
            number,
            [],
            {"external_id": str(number), "email": lead.email, "won_at": NOON},
        )
        for number, lead in enumerate(leads)
    ]

    for _twice in range(2):
        deal_import.take(rows=rows, now=NOON)

    assert kinds() == ["deal.won"] * 6
