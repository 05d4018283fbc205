"""Two people or two workers at the same instant, each with an own connection."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from handoff import lifecycle
from handoff.desk import reassigning
from handoff.models import Handoff, Seat
from handoff.routing import offers
from leads.choices import Role, Stage
from leads.models import StageChange, Standing
from tests.handoff.factories import HandoffFactory, ReasonFactory
from tests.leads.factories import (
    NOON,
    AccountFactory,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def at_once(*deeds):
    """What each deed returned or raised, all begun at the same instant."""
    gate = Barrier(len(deeds))

    def run(deed):
        try:
            gate.wait(timeout=30)
            return deed()
        except lifecycle.DecisionError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [future.result() for future in [pool.submit(run, d) for d in deeds]]


@pytest.mark.parametrize("number", range(5))
def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(number):
    handoff, reason = HandoffFactory(), ReasonFactory()
    manager = UserFactory(role=Role.MANAGER)
    seen = [Handoff.objects.get(pk=handoff.pk) for _person in range(2)]

    results = at_once(
        lambda: lifecycle.accept(handoff=seen[0], actor=handoff.rep, now=NOON),
        lambda: lifecycle.reject(
            handoff=seen[1], reason=reason, note="", actor=manager, now=NOON
        ),
    )

    told = [one for one in results if isinstance(one, lifecycle.AlreadyDecidedError)]
    assert len(told) == 1
    changes = StageChange.objects.filter(
        lead=handoff.lead, to_stage__in=[Stage.ACCEPTED, Stage.RECYCLED]
    )
    assert changes.count() == 1


def test_two_who_take_from_the_pool_at_once_are_not_both_given_the_lead():
    team = TeamFactory()
    first, second = RepFactory(team=team).user, RepFactory(team=team).user
    handoff = HandoffFactory(rep=None, team=team)
    seen = [Handoff.objects.get(pk=handoff.pk) for _person in range(2)]

    results = at_once(
        lambda: lifecycle.accept(handoff=seen[0], actor=first, now=NOON),
        lambda: lifecycle.accept(handoff=seen[1], actor=second, now=NOON),
    )

    handoff.refresh_from_db()
    assert sum(isinstance(one, Handoff) for one in results) == 1
    assert handoff.rep == handoff.decided_by


def test_two_workers_make_one_hand_off_a_lead_and_lose_no_turn():
    # Without a team the bell that rings for each lead routes none of them.
    for _number in range(30):
        LeadFactory(stage=Stage.SQL)
    team = TeamFactory(is_default=True)
    for _number in range(2):
        RepFactory(team=team, capacity=100)

    made = at_once(
        lambda: offers.route_waiting(now=NOON),
        lambda: offers.route_waiting(now=NOON),
    )

    assert sum(made) == Handoff.objects.count() == 30
    assert [seat.assigned for seat in Seat.objects.all()] == [15, 15]


@pytest.mark.parametrize("number", range(3))
def test_a_rep_whom_no_team_in_the_plan_has_is_not_overfilled_by_two_workers(number):
    TeamFactory(is_default=True)
    owner = RepFactory(capacity=4)
    company = AccountFactory(owner=owner.user)
    leads = [LeadFactory(account=company).pk for _number in range(16)]
    Standing.objects.update(stage=Stage.SQL)

    at_once(
        lambda: offers.route_leads(lead_ids=leads[:8], now=NOON),
        lambda: offers.route_leads(lead_ids=leads[8:], now=NOON),
    )

    assert Handoff.objects.filter(rep=owner.user).count() == 4


@pytest.mark.parametrize("is_full_for_today", [False, True])
@pytest.mark.parametrize("number", range(3))
def test_two_managers_do_not_overfill_a_rep_whom_one_lead_fills(
    number, is_full_for_today
):
    rep = RepFactory(capacity=9 if is_full_for_today else 1)
    if is_full_for_today:
        Seat.objects.create(rep=rep, capacity_per_day=1)
    actor = UserFactory(role=Role.MANAGER)
    given = [HandoffFactory() for _number in range(2)]

    def give(handoff):
        return reassigning.reassign_within_room(
            handoff=handoff,
            rep=rep,
            actor=actor,
            now=NOON,
            reason="",
            batch=uuid.uuid4(),
        )

    results = at_once(lambda: give(given[0]), lambda: give(given[1]))

    assert sum(isinstance(one, reassigning.NoRoomError) for one in results) == 1
    assert Handoff.objects.filter(rep=rep.user).count() == 1
