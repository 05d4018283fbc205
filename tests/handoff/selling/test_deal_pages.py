from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from handoff.choices import DealDeed, DealEnd, DealStage
from handoff.models import Deal, DealReason
from handoff.selling import defaults
from leads.choices import Role, Stage
from tests.handoff.factories import (
    DealFactory,
    DealReasonFactory,
    manager,
    owned_lead,
)
from tests.leads.factories import NOON, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
TYPED = {"name": "Fleet", "amount": "1200.50", "currency": "EUR"}


@pytest.fixture
def rep(client):
    user = RepFactory().user
    client.force_login(user)
    return user


@pytest.fixture
def deal(rep):
    lead = owned_lead(rep, Stage.OPPORTUNITY, title="Head of IT")
    return DealFactory(lead=lead, owner=rep, amount=Decimal("900.00"))


def address(name, row):
    return reverse(f"handoff:{name}", args=[row.pk])


def listed(client, **query):
    return client.get(reverse("handoff:deals"), query).content.decode()


def edited(client, deal, **fields):
    typed = {**TYPED, "stage": "proposal", "version": deal.version, **fields}
    return client.post(address("deal_edit", deal), typed)


def test_a_deal_goes_its_way(client, rep):
    lead = owned_lead(rep)
    DealReasonFactory(label="Price")

    client.post(address("deal_open", lead), TYPED)
    deal = lead.deals.get()
    client.post(address("deal_move", deal), {"to": "negotiation"})
    client.post(address("deal_lose", deal), {"reason": "Price", "note": "By a third."})
    client.post(address("deal_reopen", deal))
    client.post(address("deal_win", deal), {"rate": "1.08"})

    deal.refresh_from_db(), lead.standing.refresh_from_db()
    assert deal.won_at is not None
    assert (deal.stage, deal.close_rate) == (DealStage.NEGOTIATION, Decimal("1.08"))
    assert lead.standing.stage == Stage.CUSTOMER
    assert list(deal.changes.values_list("deed", flat=True)) == [
        DealDeed.WON,
        DealDeed.REOPENED,
        DealDeed.LOST,
        DealDeed.CHANGED,
        DealDeed.OPENED,
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a\x00b"),
        ("amount", "-1"),
        ("amount", "NaN"),
        ("amount", "1e400"),
        ("amount", "0.001"),
        ("currency", "euro"),
        ("currency", "ZZZ"),
        ("stage", "sold"),
        ("expected_close_on", "2020-01-01"),
        ("expected_close_on", "9999-12-31"),
    ],
)
def test_a_wrong_deal_is_refused_beside_its_field(client, rep, field, value):
    lead = owned_lead(rep)

    answer = client.post(address("deal_open", lead), {**TYPED, field: value})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not Deal.objects.exists()


def test_a_currency_is_typed_in_any_case(client, rep):
    client.post(address("deal_open", owned_lead(rep)), {**TYPED, "currency": "chf"})

    assert Deal.objects.get().currency == "CHF"


def test_a_change_is_kept_with_what_was_before(client, deal):
    edited(client, deal)

    deal.refresh_from_db()
    assert (deal.name, deal.stage, deal.version) == ("Fleet", DealStage.PROPOSAL, 2)
    assert deal.changes.get().changes == {
        "name": ["Fleet licence", "Fleet"],
        "amount": ["900.00", "1200.50"],
        "stage": ["discovery", "proposal"],
    }
    page = client.get(address("deal", deal)).content.decode()
    assert "Discovery → Proposal" in page


def test_saving_without_a_change_leaves_no_trace(client, deal):
    same = {"name": deal.name, "amount": "900", "stage": "discovery"}

    edited(client, deal, **same)

    deal.refresh_from_db()
    assert (deal.version, deal.changes.count()) == (1, 0)


def test_who_was_slower_sees_theirs_and_yours(client, deal):
    edited(client, deal, name="Theirs")

    answer = edited(client, deal, name="Yours")

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs" in html
    assert "Yours" in html
    deal.refresh_from_db()
    assert deal.name == "Theirs"


def test_saving_again_after_a_conflict_writes_over_theirs(client, deal):
    edited(client, deal, name="Theirs")
    answer = edited(client, deal, name="Yours")

    edited(
        client, deal, name="Yours", version=answer.context["form"]["version"].value()
    )

    deal.refresh_from_db()
    assert deal.name == "Yours"


def test_a_closed_deal_keeps_its_stage_but_its_amount_can_be_put_right(client, deal):
    client.post(address("deal_win", deal))
    deal.refresh_from_db()

    edited(client, deal, amount="1000", stage="negotiation")

    deal.refresh_from_db()
    assert (deal.amount, deal.stage) == (Decimal(1000), DealStage.DISCOVERY)


def test_losing_asks_for_a_reason_of_the_list(client, deal):
    DealReasonFactory(label="Retired", is_on=False)
    DealReasonFactory(label="Other", needs_note=True)

    for reason in ("", "Retired", "Of my own", "Other"):
        answer = client.post(address("deal_lose", deal), {"reason": reason})
        assert answer.status_code == 422

    deal.refresh_from_db()
    assert deal.is_open


def test_a_new_workspace_has_reasons_and_edited_ones_stay():
    defaults.ensure_reasons()
    DealReason.objects.filter(end=DealEnd.LOST).exclude(label="Price").delete()
    defaults.ensure_reasons()

    assert DealReason.objects.filter(end=DealEnd.LOST).count() == 1


def test_the_board_sums_each_currency_of_a_stage(client, deal):
    DealFactory(lead=deal.lead, amount=Decimal(100), stage=DealStage.DISCOVERY)
    DealFactory(lead=deal.lead, amount=Decimal("49.50"), currency="USD")
    DealFactory(lead=deal.lead, amount=None, stage=DealStage.NEGOTIATION)
    DealFactory(lead=deal.lead, amount=Decimal(5000), won_at=NOON)

    lanes = client.get(reverse("handoff:deals")).context["lanes"]

    sums = [
        [(money.currency, money.amount, money.count) for money in lane.sums]
        for lane in lanes
    ]
    assert sums == [
        [("EUR", Decimal(1000), 2), ("USD", Decimal("49.50"), 1)],
        [],
        [("EUR", Decimal(0), 1)],
    ]


def test_a_tab_lists_what_ended_so(client, deal):
    DealFactory(lead=deal.lead, name="Gone", lost_at=NOON, lost_reason="Price")

    assert "Gone" not in listed(client, tab="open")
    assert "Price" in listed(client, tab="lost")
    assert "Fleet licence" not in listed(client, tab="lost")


def test_deals_are_found_by_lead_and_stage(client, deal):
    name = deal.lead.last_name

    assert "Fleet licence" in listed(client, tab="open", q=name, stage="discovery")
    assert "No deal matches" in listed(client, tab="open", q="nobody")
    assert "No deal matches" in listed(client, tab="open", stage="proposal")


def test_a_manager_sees_all_deals_and_can_choose_a_rep(client, rep, deal):
    other = RepFactory().user
    DealFactory(lead=owned_lead(other, Stage.OPPORTUNITY), owner=other, name="Theirs")

    assert "Theirs" not in listed(client)
    client.force_login(manager())
    assert "Theirs" in listed(client)
    assert "Theirs" not in listed(client, owner=rep.rep.pk)


@pytest.mark.parametrize("tab", ["board", "open"])
def test_ten_deals_cost_as_many_queries_as_one(
    client, rep, deal, django_assert_num_queries, tab
):
    with CaptureQueriesContext(connection) as for_one:
        listed(client, tab=tab)
    for _number in range(9):
        DealFactory(lead=owned_lead(rep, Stage.OPPORTUNITY), owner=rep)

    with django_assert_num_queries(len(for_one)):
        listed(client, tab=tab)


def test_a_long_list_goes_on_after_its_last_row(client, deal):
    DealFactory.create_batch(
        50, lead=deal.lead, opened_at=NOON + timedelta(days=1), name="Newer"
    )
    first = client.get(reverse("handoff:deals"), {"tab": "open"})

    html = listed(client, tab="open", after=first.context["page"].next_cursor)

    assert "Fleet licence" in html
    assert "Newer" not in html


@pytest.mark.parametrize(
    "name",
    ["deal", "deal_edit", "deal_move", "deal_win", "deal_lose", "deal_reopen"],
)
def test_another_reps_deal_is_not_found(client, rep, name):
    page = address(name, DealFactory())
    send = client.get if name == "deal" else client.post

    assert send(page, {"to": "proposal"}).status_code == 404


def test_another_reps_lead_gets_no_deal(client, rep):
    lead = owned_lead(RepFactory().user)

    assert client.get(address("deal_open", lead)).status_code == 404


def test_a_marketer_reads_a_deal_and_has_no_buttons(client, deal):
    client.force_login(UserFactory(role=Role.MARKETER))

    html = client.get(address("deal", deal)).content.decode()

    assert "Fleet licence" in html
    assert address("deal_edit", deal) not in html
    assert client.get(reverse("handoff:deals")).status_code == 403


def test_no_page_of_ours_asks_for_such_a_stage(client, deal):
    assert client.post(address("deal_move", deal), {"to": "won"}).status_code == 400


def test_an_expected_close_in_the_past_stays_while_the_rest_is_edited(client, deal):
    past = date(2020, 1, 1)
    Deal.objects.update(expected_close_on=past)

    edited(client, deal, expected_close_on=past.isoformat())

    deal.refresh_from_db()
    assert (deal.name, deal.expected_close_on) == ("Fleet", past)
    assert past < timezone.localdate()
