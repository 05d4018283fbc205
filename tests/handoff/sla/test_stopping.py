from datetime import timedelta

import pytest

from handoff import lifecycle
from handoff.choices import ClockKind, ClockOutcome, HandoffStatus, PauseKind
from handoff.models import Handoff
from handoff.sla import enforcement, pausing, stopping
from leads import activities
from leads import lifecycle as leads_lifecycle
from leads.activities import NewActivity
from leads.choices import ActivityKind, Cause, Role, Stage
from leads.lifecycle import Move
from tests.handoff.factories import HandoffFactory, ReasonFactory
from tests.handoff.sla.factories import CalendarFactory, ServiceLevelFactory
from tests.leads.factories import NOON, RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TUESDAY_NOON = NOON + timedelta(days=1)
WEDNESDAY_NOON = NOON + timedelta(days=2)


@pytest.fixture
def handoff():
    """Eight working hours to decide, sixteen to follow up, from nine to five."""
    team = TeamFactory()
    CalendarFactory(team=team)
    ServiceLevelFactory(team=team)
    made = HandoffFactory(rep=RepFactory(team=team))
    enforcement.enforce(now=NOON)
    return made


def clock(handoff, kind=ClockKind.DECISION):
    return handoff.clocks.get(kind=kind)


def accept(handoff, at):
    lifecycle.accept(handoff=handoff, actor=handoff.rep, now=at)
    stopping.stop_ended(now=at)


def act(handoff, at, kind=ActivityKind.CALL, **fields):
    fields = {"actor": handoff.rep, **fields}
    activity = NewActivity(handoff.lead_id, kind, at, **fields)
    activities.record(activities=[activity])


def test_a_decision_in_time_is_kept_with_both_spans(handoff):
    accept(handoff, TUESDAY_NOON)

    ended = clock(handoff)
    assert (ended.outcome, ended.stopped_at) == (ClockOutcome.MET, TUESDAY_NOON)
    assert (ended.business_seconds, ended.raw_seconds) == (8 * 3_600, 24 * 3_600)
    assert ended.next_at is None


def test_a_decision_after_its_time_is_missed_by_who_had_it(handoff):
    accept(handoff, TUESDAY_NOON + timedelta(seconds=1))

    ended = clock(handoff)
    assert ended.outcome == ClockOutcome.MISSED
    assert ended.missed_by == handoff.rep
    assert ended.missed_at is not None


def test_a_rejection_stops_the_decision_and_asks_for_no_follow_up(handoff):
    lifecycle.reject(
        handoff=handoff, reason=ReasonFactory(), note="", actor=handoff.rep, now=NOON
    )

    assert stopping.stop_ended(now=NOON) == 1
    assert stopping.stop_ended(now=NOON) == 0
    assert clock(handoff).outcome == ClockOutcome.MET
    assert handoff.clocks.count() == 1


def test_what_marketing_takes_back_is_neither_kept_nor_broken(handoff):
    marketer = UserFactory(role=Role.MARKETER)
    lifecycle.withdraw(handoff=handoff, reason="Wrong", actor=marketer, now=NOON)

    stopping.stop_ended(now=NOON)

    assert clock(handoff).outcome == ClockOutcome.CANCELLED


def test_what_was_broken_before_it_was_taken_back_stays_broken(handoff):
    marketer = UserFactory(role=Role.MARKETER)
    at = TUESDAY_NOON + HOUR
    lifecycle.withdraw(handoff=handoff, reason="Wrong", actor=marketer, now=at)

    stopping.stop_ended(now=at)

    assert clock(handoff).outcome == ClockOutcome.MISSED


def test_the_follow_up_counts_from_when_the_rep_got_the_lead(handoff):
    accept(handoff, NOON + HOUR)

    follow_up = clock(handoff, ClockKind.FOLLOW_UP)
    assert (follow_up.started_at, follow_up.due_at) == (NOON, WEDNESDAY_NOON)
    assert handoff.first_follow_up.due_at == WEDNESDAY_NOON


@pytest.mark.parametrize("kind", stopping.TOUCHES)
def test_the_first_contact_by_sales_keeps_the_promise(handoff, kind):
    accept(handoff, NOON + HOUR)
    act(handoff, NOON + 2 * HOUR, kind)
    act(handoff, NOON + 3 * HOUR)

    stopping.stop_ended(now=TUESDAY_NOON)

    ended = clock(handoff, ClockKind.FOLLOW_UP)
    assert ended.outcome == ClockOutcome.MET
    assert ended.stopped_at == NOON + 2 * HOUR
    assert ended.business_seconds == 2 * 3_600


@pytest.mark.parametrize(
    ("at", "fields"),
    [
        (NOON + HOUR, {"kind": ActivityKind.NOTE}),
        (NOON + HOUR, {"kind": ActivityKind.EMAIL_SENT, "actor": None}),
        (NOON + HOUR, {"kind": ActivityKind.EMAIL_CLICKED}),
        (NOON, {}),
        (NOON - HOUR, {}),
        (WEDNESDAY_NOON, {}),
    ],
    ids=["note", "automatic", "inbound", "at the offer", "before it", "to come"],
)
def test_what_is_no_contact_after_the_offer_does_not_count(handoff, at, fields):
    accept(handoff, NOON)
    act(handoff, at, **fields)

    stopping.stop_ended(now=TUESDAY_NOON)

    assert clock(handoff, ClockKind.FOLLOW_UP).is_running


def test_a_contact_by_marketing_does_not_count(handoff):
    accept(handoff, NOON)
    act(handoff, NOON + HOUR, actor=UserFactory(role=Role.MARKETER))

    stopping.stop_ended(now=TUESDAY_NOON)

    assert clock(handoff, ClockKind.FOLLOW_UP).is_running


def test_a_contact_that_came_too_late_is_missed(handoff):
    accept(handoff, NOON)
    act(handoff, WEDNESDAY_NOON + HOUR)

    stopping.stop_ended(now=WEDNESDAY_NOON + HOUR)

    assert clock(handoff, ClockKind.FOLLOW_UP).outcome == ClockOutcome.MISSED


def test_a_lead_that_leaves_sales_needs_no_follow_up(handoff):
    accept(handoff, NOON)
    wanted = Move(handoff.lead_id, Stage.DISQUALIFIED, Cause.PERSON, NOON)
    leads_lifecycle.move(wanted=wanted, now=NOON + HOUR)

    stopping.stop_ended(now=NOON + HOUR)

    assert clock(handoff, ClockKind.FOLLOW_UP).outcome == ClockOutcome.CANCELLED


def test_a_follow_up_that_is_late_is_noted_like_a_decision(handoff):
    accept(handoff, NOON)

    done = enforcement.enforce(now=WEDNESDAY_NOON)

    assert (done.missed, done.escalated) == (1, 1)
    assert clock(handoff, ClockKind.FOLLOW_UP).missed_by == handoff.rep


def test_a_decision_ends_the_pause_it_was_made_in(handoff):
    manager = UserFactory(role=Role.MANAGER)
    pausing.pause(
        handoff=handoff, kind=PauseKind.MANUAL, reason="Fair", actor=manager,
        now=NOON + HOUR,
    )  # fmt: skip
    accept(Handoff.objects.get(pk=handoff.pk), WEDNESDAY_NOON)

    ended = clock(handoff)
    handoff.refresh_from_db()
    assert (ended.outcome, ended.business_seconds) == (ClockOutcome.MET, 3_600)
    assert ended.pauses.get().ended_at == WEDNESDAY_NOON
    assert (handoff.status, handoff.paused_at) == (HandoffStatus.ACCEPTED, None)
