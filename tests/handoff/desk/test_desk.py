"""Managers see who has how much to do, and move work."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from handoff.choices import HandoffStatus, ReasonCategory
from handoff.desk import covering, load
from handoff.models import Absence, Handoff
from leads.choices import Role
from tests.handoff.factories import HandoffFactory, ReasonFactory, manager
from tests.leads.factories import NOON, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
DESK = "/desk/"


def decided(rep, status, count, **fields):
    for _number in range(count):
        HandoffFactory(
            rep=rep, lead=LeadFactory(), status=status, decided_at=NOON, **fields
        )


def cover(rep, to=None):
    return covering.cover(
        rep=rep, to=to, reason="On holiday", actor=manager(), now=NOON
    )


def test_the_load_counts_what_waits_and_what_is_late():
    rep = RepFactory()
    HandoffFactory(rep=rep)
    HandoffFactory(rep=rep, due_at=NOON - timedelta(hours=1))

    (found,) = load.loads(now=NOON + timedelta(minutes=1))

    assert (found.waiting, found.overdue, found.lately) == (2, 1, 2)


def test_a_rate_of_few_decisions_is_not_shown():
    rep = RepFactory()
    decided(rep, HandoffStatus.ACCEPTED, 15)
    decided(rep, HandoffStatus.REJECTED, 4, reason=ReasonFactory())
    assert load.loads(now=NOON)[0].accepted_percent is None

    decided(rep, HandoffStatus.REJECTED, 1, reason=ReasonFactory())

    assert load.loads(now=NOON)[0].accepted_percent == 75


def test_misrouted_ones_do_not_count_against_a_rep():
    rep = RepFactory()
    decided(rep, HandoffStatus.ACCEPTED, 20)
    routing = ReasonFactory(category=ReasonCategory.ROUTING)
    decided(rep, HandoffStatus.REJECTED, 5, reason=routing)

    assert load.loads(now=NOON)[0].accepted_percent == 100


def test_an_absent_reps_work_goes_to_those_with_the_most_room():
    rep = RepFactory()
    busy, free = RepFactory(team=rep.team, capacity=1), RepFactory(team=rep.team)
    RepFactory(team=rep.team, is_available=False)
    for _number in range(3):
        HandoffFactory(rep=rep)

    assert len(cover(rep).moved) == 3

    assert Handoff.objects.filter(rep=free.user).count() == 3
    assert not Handoff.objects.filter(rep=busy.user).exists()
    assert Handoff.objects.first().trace["reassigned"][0]["reason"] == "On holiday"


def test_it_may_all_go_to_one_rep():
    rep, other = RepFactory(), RepFactory()
    HandoffFactory(rep=rep)

    assert len(cover(rep, other).moved) == 1
    assert not cover(rep, other).moved
    assert Handoff.objects.get().rep == other.user


def test_who_is_away_covers_for_nobody_and_nobody_gets_more_than_there_is_room_for():
    rep = RepFactory()
    small = RepFactory(team=rep.team, capacity=1)
    away = RepFactory(team=rep.team)
    Absence.objects.create(
        rep=away, starts_at=NOON, ends_at=NOON + timedelta(days=3), made_by=rep.user
    )
    for _number in range(2):
        HandoffFactory(rep=rep)

    outcome = cover(rep)

    assert [one.rep for one in outcome.moved] == [small.user]
    assert outcome.refused[0].endswith(f"{small} is full, with 1 of 1.")
    assert {one.away_until for one in load.loads(now=NOON) if one.rep == away} == {
        NOON + timedelta(days=3)
    }


def test_work_stays_where_nobody_could_take_it():
    rep = RepFactory()
    HandoffFactory(rep=rep)

    with pytest.raises(covering.NobodyThereError):
        cover(rep)

    assert Handoff.objects.get().rep == rep.user


def test_a_manager_covers_on_the_page(client):
    rep, other = RepFactory(), RepFactory()
    HandoffFactory(rep=rep, due_at=timezone.now() - timedelta(hours=1))
    HandoffFactory(rep=None)
    client.force_login(manager())
    address = f"{DESK}{rep.pk}/cover/"

    page, asked = client.get(DESK), client.get(address)
    wrong = client.post(address, {"reason": ""})
    done = client.post(address, {"to": other.pk, "reason": "Ill"}, follow=True)

    assert (page.status_code, asked.status_code, wrong.status_code) == (200, 200, 422)
    assert "1 lead moved." in done.text
    client.post(f"{DESK}{rep.pk}/presence/", {"is_available": "0"})
    rep.refresh_from_db()
    assert not rep.is_available


@pytest.mark.parametrize("role", [Role.REP, Role.MARKETER])
def test_the_desk_is_the_managers(client, role):
    client.force_login(UserFactory(role=role))

    assert client.get(DESK).status_code == 403


def test_ten_reps_cost_as_many_queries_as_one(client, django_assert_num_queries):
    client.force_login(manager())
    HandoffFactory(due_at=NOON)
    HandoffFactory(rep=None, team=Handoff.objects.get().team)
    client.get(DESK)
    with CaptureQueriesContext(connection) as for_one:
        client.get(DESK)
    for _number in range(9):
        HandoffFactory(due_at=NOON)

    with django_assert_num_queries(len(for_one)):
        client.get(DESK)
