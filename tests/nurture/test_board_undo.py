from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff.hand_moves import NotTakenBackError, take_back
from leads.choices import Cause, Role, Stage
from leads.lifecycle import IllegalMoveError, Move, move, move_by_hand
from leads.models import StageChange
from tests.handoff.factories import HandoffFactory
from tests.leads.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def marketer(client, workspace):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    return user


@pytest.fixture
def moved(client, marketer):
    """A new lead that the marketer has just put into MQL on the board."""
    lead = LeadFactory()
    typed = {"origin": "board", "reason": "Met at the fair", "to": "mql"}
    response = client.post(reverse("leads:move", args=[lead.pk]), typed, headers=HTMX)
    assert reverse("leads:undo-move", args=[lead.pk]) in response.content.decode()
    return lead


def undo(client, lead):
    return client.post(reverse("leads:undo-move", args=[lead.pk]), headers=HTMX)


def test_a_moved_card_is_put_back_as_if_it_had_never_moved(client, moved):
    response = undo(client, moved)

    moved.standing.refresh_from_db()
    assert response.status_code == 200
    assert 'hx-target="#cards-new"' in response.content.decode()
    assert (moved.standing.stage, moved.standing.held_since) == (Stage.NEW, None)
    counting = StageChange.objects.filter(lead=moved, is_undone=False)
    assert set(counting.values_list("to_stage", flat=True)) <= {Stage.NEW}


def test_a_second_undo_finds_nothing_to_take_back(client, moved):
    undo(client, moved)

    assert undo(client, moved).status_code == 409


def test_a_lead_that_comes_back_from_disqualified_keeps_its_cycle(workspace):
    marketer, now = UserFactory(role=Role.MARKETER), timezone.now()
    lead = LeadFactory()
    for to in (Stage.DISQUALIFIED, Stage.NEW):
        wanted = Move(lead.pk, to, Cause.PERSON, now, actor=marketer, reason="x")
        move(wanted=wanted, now=now)

    take_back(lead=lead, actor=marketer, now=now)

    lead.standing.refresh_from_db()
    assert (lead.standing.stage, lead.standing.cycle) == (Stage.DISQUALIFIED, 1)


def test_only_whoever_moved_it_takes_it_back_and_only_at_once(moved, marketer):
    now = timezone.now()
    with pytest.raises(NotTakenBackError, match="not the last one"):
        take_back(lead=moved, actor=UserFactory(role=Role.MARKETER), now=now)
    with pytest.raises(NotTakenBackError, match="too late"):
        take_back(lead=moved, actor=marketer, now=now + timedelta(minutes=1))


def test_what_sales_was_offered_meanwhile_is_not_taken_back(workspace):
    marketer, now = UserFactory(role=Role.MARKETER), timezone.now()
    lead = LeadFactory(stage=Stage.MQL)
    wanted = Move(lead.pk, Stage.SQL, Cause.PERSON, now, actor=marketer, reason="x")
    move_by_hand(wanted=wanted, until=None, now=now)
    HandoffFactory(lead=lead)

    with pytest.raises(NotTakenBackError, match="Sales has been offered"):
        take_back(lead=lead, actor=marketer, now=now)


def test_a_move_out_of_sales_is_not_taken_back(workspace):
    marketer, now = UserFactory(role=Role.MARKETER), timezone.now()
    lead = LeadFactory(stage=Stage.ACCEPTED)
    wanted = Move(lead.pk, Stage.RECYCLED, Cause.PERSON, now, actor=marketer)
    move_by_hand(wanted=wanted, until=now + timedelta(days=9), now=now)

    with pytest.raises(IllegalMoveError):
        take_back(lead=lead, actor=marketer, now=now)
