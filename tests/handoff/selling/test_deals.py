from datetime import timedelta

import pytest

from handoff.choices import HandoffStatus
from handoff.models import Deal
from handoff.selling import deals
from handoff.selling.deals import DealError
from leads import lifecycle
from leads.choices import Cause, Role, Stage
from leads.models import StageChange, Standing
from tests.handoff.factories import DealFactory, HandoffFactory
from tests.leads.factories import NOON, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(days=1)
UNSOLD = (
    Stage.NEW,
    Stage.IQL,
    Stage.MQL,
    Stage.SQL,
    Stage.RECYCLED,
    Stage.DISQUALIFIED,
)


@pytest.fixture
def rep():
    return RepFactory().user


def owned_lead(rep, stage):
    lead = LeadFactory(stage=stage)
    lifecycle.assign(lead=lead, owner=rep, team=rep.rep.team)
    return lead


def stage_of(lead):
    return Standing.objects.get(lead=lead).stage


def open_deal(lead, rep):
    return deals.open_deal(
        lead=lead, name=" Fleet ", amount=900, currency="EUR", actor=rep, now=SOON
    )


def test_an_accepted_lead_becomes_an_opportunity(rep):
    lead = owned_lead(rep, Stage.ACCEPTED)
    handoff = HandoffFactory(
        lead=lead, rep=rep.rep, status=HandoffStatus.ACCEPTED, decided_at=NOON
    )

    deal = open_deal(lead, rep)

    assert (deal.name, deal.owner, deal.opened_at) == ("Fleet", rep, SOON)
    assert deal.handoff == handoff
    assert stage_of(lead) == Stage.OPPORTUNITY
    assert StageChange.objects.last().cause == Cause.DEAL


@pytest.mark.parametrize("stage", UNSOLD, ids=str)
def test_a_lead_that_sales_has_not_accepted_gets_no_deal(stage, rep):
    lead = owned_lead(rep, stage)

    with pytest.raises(DealError, match="has accepted"):
        open_deal(lead, rep)

    assert not lead.deals.exists()


def test_a_won_deal_makes_a_customer_once(rep):
    lead = owned_lead(rep, Stage.OPPORTUNITY)
    deal = DealFactory(lead=lead)

    for _again in range(2):
        deals.win(deal=deal, actor=rep, now=SOON)

    assert (deal.won_at, stage_of(lead)) == (SOON, Stage.CUSTOMER)
    assert StageChange.objects.filter(cause=Cause.DEAL).count() == 1


@pytest.mark.parametrize("stage", [Stage.ACCEPTED, Stage.LOST])
def test_an_old_deal_of_a_lead_that_came_back_may_be_won(stage, rep):
    lead = owned_lead(rep, stage)
    deal = DealFactory(lead=lead)

    deals.win(deal=deal, actor=rep, now=SOON)

    assert stage_of(lead) == Stage.CUSTOMER
    entered = StageChange.objects.filter(lead=lead, cause=Cause.DEAL)
    assert [change.to_stage for change in entered.order_by("pk")] == [
        Stage.OPPORTUNITY,
        Stage.CUSTOMER,
    ]


def test_a_further_deal_of_a_customer_adds_no_stage(rep):
    lead = owned_lead(rep, Stage.CUSTOMER)

    deal = open_deal(lead, rep)
    deals.win(deal=deal, actor=rep, now=SOON)

    assert stage_of(lead) == Stage.CUSTOMER
    assert not StageChange.objects.filter(cause=Cause.DEAL).exists()


def test_losing_the_further_deal_of_a_customer_loses_no_customer(rep):
    lead = owned_lead(rep, Stage.CUSTOMER)
    DealFactory(lead=lead, won_at=NOON)
    deal = DealFactory(lead=lead)

    deals.lose(deal=deal, reason="Price", actor=rep, now=SOON)

    assert stage_of(lead) == Stage.CUSTOMER


def test_a_lead_is_lost_with_its_last_deal(rep):
    lead = owned_lead(rep, Stage.OPPORTUNITY)
    first, last = DealFactory(lead=lead), DealFactory(lead=lead)

    deals.lose(deal=first, reason="Price", actor=rep, now=SOON)
    assert stage_of(lead) == Stage.OPPORTUNITY
    deals.lose(deal=last, reason=" Price ", actor=rep, now=SOON)

    assert (stage_of(lead), last.lost_reason) == (Stage.LOST, "Price")
    assert StageChange.objects.last().reason == "Price"


@pytest.mark.parametrize(
    ("deed", "closed"), [("win", {"lost_at": NOON}), ("lose", {"won_at": NOON})]
)
def test_a_closed_deal_is_reopened_before_it_ends_otherwise(deed, closed, rep):
    deal = DealFactory(lead=owned_lead(rep, Stage.CUSTOMER), **closed)
    more = {"reason": "Price"} if deed == "lose" else {}

    with pytest.raises(DealError, match="reopen it first"):
        getattr(deals, deed)(deal=deal, actor=rep, now=SOON, **more)


@pytest.mark.parametrize(
    ("stage", "closed"),
    [(Stage.CUSTOMER, {"won_at": NOON}), (Stage.LOST, {"lost_at": NOON})],
)
def test_a_reopened_deal_is_an_opportunity_again(stage, closed, rep):
    deal = DealFactory(lead=owned_lead(rep, stage), **closed)

    deals.reopen(deal=deal, actor=rep, now=SOON)

    assert deal.is_open
    assert stage_of(deal.lead) == Stage.OPPORTUNITY


def test_a_customer_by_another_deal_stays_one_when_a_deal_is_reopened(rep):
    lead = owned_lead(rep, Stage.CUSTOMER)
    DealFactory(lead=lead, won_at=NOON)
    deal = DealFactory(lead=lead, lost_at=NOON)

    deals.reopen(deal=deal, actor=rep, now=SOON)

    assert stage_of(lead) == Stage.CUSTOMER


def test_another_rep_changes_no_deal(rep):
    deal = DealFactory(lead=owned_lead(rep, Stage.OPPORTUNITY))

    with pytest.raises(DealError, match="Only the rep"):
        deals.win(deal=deal, actor=RepFactory().user, now=SOON)

    assert Deal.objects.get(pk=deal.pk).is_open


def test_a_manager_keeps_the_deals_of_a_rep(rep):
    deal = DealFactory(lead=owned_lead(rep, Stage.OPPORTUNITY))

    deals.win(deal=deal, actor=UserFactory(role=Role.MANAGER), now=SOON)

    assert stage_of(deal.lead) == Stage.CUSTOMER
