from datetime import timedelta

import pytest

from handoff import lifecycle
from handoff.choices import PauseKind
from handoff.sla import enforcement, pausing
from handoff.sla.enforcement import Done
from leads.choices import Role
from tests.handoff.factories import HandoffFactory
from tests.handoff.sla.factories import CalendarFactory, ServiceLevelFactory
from tests.leads.factories import NOON, RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TUESDAY_NOON = NOON + timedelta(days=1)


@pytest.fixture
def team():
    team = TeamFactory()
    CalendarFactory(team=team)
    ServiceLevelFactory(team=team)
    return team


@pytest.fixture
def handoff(team):
    made = HandoffFactory(rep=RepFactory(team=team))
    enforcement.enforce(now=NOON)
    return made


@pytest.fixture
def manager():
    return UserFactory(role=Role.MANAGER)


def pause(handoff, actor, now):
    return pausing.pause(
        handoff=handoff, kind=PauseKind.MANUAL, reason="Fair", actor=actor, now=now
    )


def test_what_stands_still_is_past_nothing(handoff, manager):
    pause(handoff, manager, NOON + HOUR)

    assert enforcement.enforce(now=TUESDAY_NOON + 40 * HOUR) == Done()
    handoff.refresh_from_db()
    assert handoff.paused_at == NOON + HOUR


def test_going_on_moves_what_is_due_by_the_working_time_lost(handoff, manager):
    pause(handoff, manager, NOON + HOUR)  # 14:00 in Berlin
    pausing.resume(handoff=handoff, actor=manager, now=TUESDAY_NOON)

    clock = handoff.clocks.get()
    handoff.refresh_from_db()
    # Of the eight hours one was used; seven are left from 13:00 on Tuesday.
    assert clock.due_at == handoff.due_at == NOON + timedelta(days=1, hours=23)
    assert (clock.paused_at, handoff.paused_at) == (None, None)
    assert clock.pauses.get().ended_by == manager


def test_what_stands_still_cannot_be_paused_again(handoff, manager):
    pause(handoff, manager, NOON)

    with pytest.raises(pausing.PauseError, match="stands still already"):
        pause(handoff, manager, NOON)
    pausing.resume(handoff=handoff, actor=manager, now=NOON)
    with pytest.raises(pausing.PauseError, match="does not stand still"):
        pausing.resume(handoff=handoff, actor=manager, now=NOON)


def test_what_has_ended_cannot_be_paused(handoff, manager):
    lifecycle.accept(handoff=handoff, actor=handoff.rep, now=NOON)
    enforcement.enforce(now=NOON)
    handoff.clocks.follow_ups().delete()

    with pytest.raises(pausing.PauseError, match="Nothing is owed"):
        pause(handoff, manager, NOON)


def test_a_question_pauses_only_where_that_was_promised(team, handoff):
    asked = {"handoff": handoff, "actor": handoff.rep, "now": NOON}
    assert not pausing.question_asked(**asked)

    team.service_levels.update(question_pauses=True)

    assert pausing.question_asked(**asked)
    assert not pausing.question_asked(**asked)
    assert pausing.question_answered(**asked)
    assert not pausing.question_answered(**asked)


def test_an_answer_does_not_end_a_managers_pause(handoff, manager):
    pause(handoff, manager, NOON)

    assert not pausing.question_answered(handoff=handoff, actor=manager, now=NOON)
    assert handoff.clocks.get().paused_at == NOON
