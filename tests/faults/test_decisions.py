"""F-24: who decides at the same instant as somebody else; always one outcome.

`RACES=2000` runs as many of each kind as before a release.
"""

import os
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.db.models import F

from handoff import lifecycle
from handoff.choices import ClockOutcome, HandoffStatus, OnExpiry
from handoff.desk import reassigning
from handoff.models import Clock, Deal, Handoff, Task
from handoff.selling import deal_import
from handoff.sla import clocks, enforcement, stopping
from handoff.sla.enforcement import Done
from leads.capture.mapping import ParsedRow
from leads.choices import Role, Stage
from leads.models import StageChange, Standing
from tests.faults.racing import Racers
from tests.handoff.factories import DealFactory, HandoffFactory, ReasonFactory
from tests.handoff.sla.factories import ServiceLevelFactory
from tests.leads.factories import NOON, RepFactory, TeamFactory, UserFactory

RACES = int(os.environ.get("RACES", "20"))
LATE = NOON + timedelta(days=2)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nobody_is_woken(settings):
    """What follows a decision is not part of the race."""
    settings.BELLS = {bell: [] for bell in django_settings.BELLS}


@pytest.fixture
def team():
    """It takes away what is an hour past due, eight hours after the offer."""
    team = TeamFactory()
    ServiceLevelFactory(team=team, on_expiry=OnExpiry.NEXT, expire_minutes=60)
    return team


@pytest.fixture
def rep(team):
    return RepFactory(team=team)


def offers(**fields):
    made = [HandoffFactory(**fields) for _number in range(RACES)]
    while clocks.start_missing():
        pass
    return made


def race(handoff, racers, number, first, second):
    """Start the two on rows of their own; the one that is begun first takes turns."""
    seen = [Handoff.objects.get(pk=handoff.pk) for _person in range(2)]
    deeds = [lambda: first(seen[0]), lambda: second(seen[1])]
    results = racers.run(*(deeds if number % 2 else reversed(deeds)))
    handoff.refresh_from_db()
    return results if number % 2 else results[::-1]


def accept_as(person, now=NOON):
    return lambda seen: lifecycle.accept(handoff=seen, actor=person, now=now)


def won(results):
    return [isinstance(one, Handoff) for one in results]


def times_accepted(handoff):
    changes = StageChange.objects.filter(lead=handoff.lead, to_stage=Stage.ACCEPTED)
    return changes.count()


def test_of_two_who_accept_from_the_pool_one_has_it(team, rep):
    other = RepFactory(team=team)
    with Racers(errors=lifecycle.DecisionError) as racers:
        for number, handoff in enumerate(offers(rep=None, team=team)):
            results = race(
                handoff, racers, number, accept_as(rep.user), accept_as(other.user)
            )

            assert sorted(won(results)) == [False, True]
            winner = rep.user if won(results)[0] else other.user
            assert handoff.status == HandoffStatus.ACCEPTED
            assert handoff.rep == handoff.decided_by == winner
            assert Standing.objects.get(lead=handoff.lead).owner == winner
            assert times_accepted(handoff) == 1
            assert Task.objects.filter(handoff=handoff).count() == 1


def test_who_accepts_and_who_rejects_do_not_both(rep):
    reason, manager = ReasonFactory(), UserFactory(role=Role.MANAGER)
    stages = {Stage.ACCEPTED, Stage.RECYCLED}

    def reject(seen):
        return lifecycle.reject(
            handoff=seen, reason=reason, note="", actor=manager, now=NOON
        )

    with Racers(errors=lifecycle.DecisionError) as racers:
        for number, handoff in enumerate(offers(rep=rep)):
            results = race(handoff, racers, number, accept_as(rep.user), reject)

            assert sorted(won(results)) == [False, True]
            decided = "accepted" if won(results)[0] else "rejected"
            assert handoff.status == decided
            changes = StageChange.objects.filter(lead=handoff.lead, to_stage__in=stages)
            assert changes.count() == 1


def test_who_accepts_and_who_reassigns_do_not_both(team, rep):
    """An open deal of an earlier cycle goes to whoever accepts, and else nowhere."""
    manager, other = UserFactory(role=Role.MANAGER), RepFactory(team=team)
    former = UserFactory()

    def reassign(seen):
        return reassigning.reassign(handoff=seen, rep=other, actor=manager, now=NOON)

    with Racers(errors=lifecycle.DecisionError) as racers:
        for number, handoff in enumerate(offers(rep=rep)):
            deal = DealFactory(lead=handoff.lead, owner=former)
            results = race(handoff, racers, number, accept_as(rep.user), reassign)

            assert sorted(won(results)) == [False, True]
            is_accepted = won(results)[0]
            owner = Standing.objects.get(lead=handoff.lead).owner
            assert (handoff.status == HandoffStatus.ACCEPTED) == is_accepted
            assert handoff.rep == owner == (rep.user if is_accepted else other.user)
            deal.refresh_from_db()
            assert deal.owner == (rep.user if is_accepted else former)
            assert times_accepted(handoff) == is_accepted


def test_who_accepts_and_the_expiry_do_not_both(rep):
    made = offers(rep=rep)
    Clock.objects.update(next_at=None)
    with Racers(errors=lifecycle.DecisionError) as racers:
        for number, handoff in enumerate(made):
            # Only this one is owed, so that a sweep is a race with it alone.
            handoff.clocks.update(next_at=F("expire_at"))
            accepted, swept = race(
                handoff,
                racers,
                number,
                accept_as(rep.user, LATE),
                lambda _seen: enforcement.expire(now=LATE),
            )

            is_accepted = isinstance(accepted, Handoff)
            standing = Standing.objects.get(lead=handoff.lead)
            assert swept == (not is_accepted)
            assert handoff.status == ("accepted" if is_accepted else "expired")
            assert standing.stage == (Stage.ACCEPTED if is_accepted else Stage.SQL)
            assert standing.owner == (rep.user if is_accepted else None)
            assert times_accepted(handoff) == is_accepted
            stopping.stop_ended(now=LATE)
            clock = Clock.objects.decisions().get(handoff=handoff)
            assert clock.outcome == ClockOutcome.MISSED


@transaction.atomic
def import_deal(lead):
    """One chunk of a file: the CRM knows a deal that began an hour after the offer."""
    cells = {
        "email": lead.email,
        "source_system": "crm",
        "external_id": f"d{lead.pk}",
        "opened_at": NOON + timedelta(hours=1),
    }
    return deal_import.take(rows=[ParsedRow(2, [], cells)], now=LATE)


def test_who_accepts_and_the_imported_deal_that_accepts_do_not_both(team, rep):
    """Either decides it; the deal and an earlier open one are the rep's once."""
    former = UserFactory()
    with Racers(errors=lifecycle.DecisionError) as racers:
        for number, handoff in enumerate(offers(rep=rep)):
            earlier = DealFactory(lead=handoff.lead, owner=former)
            accepted, imported = race(
                handoff,
                racers,
                number,
                accept_as(rep.user, LATE),
                lambda seen: import_deal(seen.lead),
            )

            is_accepted = isinstance(accepted, Handoff)
            assert (imported.created, imported.refused) == (1, [])
            assert handoff.status == HandoffStatus.ACCEPTED
            assert handoff.decided_by == (rep.user if is_accepted else None)
            began_at = NOON + timedelta(hours=1)
            assert handoff.decided_at == (LATE if is_accepted else began_at)
            standing = Standing.objects.get(lead=handoff.lead)
            assert (standing.stage, standing.owner) == (Stage.OPPORTUNITY, rep.user)
            assert times_accepted(handoff) == 1
            entered = StageChange.objects.filter(to_stage=Stage.OPPORTUNITY)
            assert entered.filter(lead=handoff.lead).count() == 1
            owners = Deal.objects.filter(lead=handoff.lead).values_list("owner")
            assert [*owners] == [(rep.user_id,)] * 2
            assert earlier.changes.count() == 1
            tasks = Task.objects.filter(handoff=handoff, is_cancelled=False)
            assert tasks.count() == is_accepted


def test_two_sweeps_note_each_breach_once(rep):
    offers(rep=rep)

    # A sweep does a bounded part, and the next one goes on; the last two find nothing.
    done = []
    with Racers(errors=()) as racers:
        while done[-2:] != [Done(), Done()]:
            done += sweep_twice(racers)

    assert sum(one.missed for one in done) == RACES
    assert sum(one.escalated for one in done) == RACES
    assert sum(one.expired for one in done) == RACES


def sweep_twice(racers):
    return racers.run(
        lambda: enforcement.enforce(now=LATE), lambda: enforcement.enforce(now=LATE)
    )
