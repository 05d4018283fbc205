"""An open deal of an earlier cycle is whose the lead is, once it is accepted anew."""

from datetime import timedelta

import pytest

from handoff import lifecycle
from handoff.desk import lifecycle as undoing
from handoff.models import Deal, DealChange
from leads.choices import NotificationKind, Stage
from leads.models import Notification
from tests.handoff.factories import DealFactory, HandoffFactory, manager
from tests.leads.factories import NOON, AccountFactory, LeadFactory, RepFactory

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(seconds=5)


@pytest.fixture
def ana():
    return RepFactory(user__name="Ana Ruiz")


@pytest.fixture
def tom(ana):
    return RepFactory(team=ana.team, user__name="Tom Berg")


@pytest.fixture
def lead():
    account = AccountFactory(name="Northwind")
    return LeadFactory(stage=Stage.SQL, account=account, first_name="Maya")


def accept(handoff, person=None, now=NOON):
    return lifecycle.accept(handoff=handoff, actor=person or handoff.rep, now=now)


def owners():
    return dict(Deal.objects.values_list("name", "owner__name"))


def test_open_deals_go_to_whoever_accepts_and_closed_ones_stay(ana, tom, lead):
    DealFactory(lead=lead, owner=ana.user, name="Open")
    DealFactory(lead=lead, owner=None, name="Nobody's")
    DealFactory(lead=lead, owner=ana.user, name="Lost", lost_at=NOON)
    DealFactory(lead=lead, owner=ana.user, name="Won", won_at=NOON)

    handoff = HandoffFactory(lead=lead, rep=tom)
    for _again in range(2):
        accept(handoff)

    assert owners() == {
        "Open": "Tom Berg",
        "Nobody's": "Tom Berg",
        "Lost": "Ana Ruiz",
        "Won": "Ana Ruiz",
    }


def test_the_deals_history_says_who_had_it_and_who_took_it(ana, tom, lead):
    deal = DealFactory(lead=lead, owner=ana.user)

    accept(HandoffFactory(lead=lead, rep=tom))

    change = DealChange.objects.get(deal=deal)
    assert change.changes == {"owner": ["Ana Ruiz", "Tom Berg"]}
    assert change.actor == tom.user


def test_what_a_rep_takes_from_the_pool_brings_its_deals(ana, tom, lead):
    DealFactory(lead=lead, owner=ana.user, name="Open")
    handoff = HandoffFactory(lead=lead, rep=None, team=tom.team)

    accept(handoff, tom.user)

    assert owners() == {"Open": "Tom Berg"}


def test_what_a_manager_accepts_for_a_rep_is_the_reps(ana, tom, lead):
    DealFactory(lead=lead, owner=ana.user, name="Open")

    accept(HandoffFactory(lead=lead, rep=tom), manager())

    assert owners() == {"Open": "Tom Berg"}


def test_an_offer_alone_moves_no_deal(ana, tom, lead):
    DealFactory(lead=lead, owner=ana.user, name="Open")

    HandoffFactory(lead=lead, rep=tom)

    assert owners() == {"Open": "Ana Ruiz"}


def test_taking_the_acceptance_back_gives_each_deal_back(ana, tom, lead):
    DealFactory(lead=lead, owner=ana.user, name="Ana's")
    DealFactory(lead=lead, owner=None, name="Nobody's")
    handoff = accept(HandoffFactory(lead=lead, rep=tom))

    for _again in range(2):
        undoing.undo(handoff=handoff, actor=tom.user, now=SOON)

    assert owners() == {"Ana's": "Ana Ruiz", "Nobody's": None}
    assert "deals" not in handoff.trace


def test_who_had_the_deal_is_told_who_has_it_now(ana, tom, lead):
    DealFactory(lead=lead, owner=ana.user, name="Fleet licence")

    handoff = accept(HandoffFactory(lead=lead, rep=tom))
    undoing.undo(handoff=handoff, actor=tom.user, now=SOON)

    news = Notification.objects.filter(kind=NotificationKind.HANDOFF_MOVED)
    taken, back = news.order_by("pk")
    assert {one.person for one in news} == {ana.user}
    assert taken.title.startswith("Tom Berg accepted Maya")
    assert "Fleet licence" in taken.lines
    assert "is yours again" in back.title


def test_who_accepts_the_lead_of_an_own_deal_is_told_nothing(ana, lead):
    DealFactory(lead=lead, owner=ana.user)

    handoff = accept(HandoffFactory(lead=lead, rep=ana))

    assert not Notification.objects.exists()
    assert not DealChange.objects.exists()
    assert "deals" not in handoff.trace
