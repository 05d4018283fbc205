from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from handoff import lifecycle
from handoff.choices import TaskKind
from handoff.models import Task
from handoff.selling import follow_ups, giving_back
from handoff.selling.follow_ups import TaskError
from leads.choices import ActivityKind, Stage
from tests.handoff.factories import (
    HandoffFactory,
    TaskFactory,
    manager,
    owned_lead,
)
from tests.leads.factories import NOON, RepFactory

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def rep():
    return RepFactory().user


@pytest.fixture
def task(rep):
    return TaskFactory(lead=owned_lead(rep), rep=rep)


def test_accepting_a_lead_puts_its_first_follow_up_on_the_reps_list():
    handoff = HandoffFactory()

    lifecycle.accept(handoff=handoff, actor=handoff.rep, now=NOON)

    first = Task.objects.get()
    assert (first.lead, first.rep, first.handoff) == (
        handoff.lead,
        handoff.rep,
        handoff,
    )
    assert first.due_at == NOON + timedelta(hours=24)


def test_accepting_twice_makes_one_follow_up():
    handoff = HandoffFactory()

    for _turn in range(2):
        lifecycle.accept(handoff=handoff, actor=handoff.rep, now=NOON)
        follow_ups.make_first(handoff=handoff, now=LATER)

    assert Task.objects.count() == 1


def test_the_database_refuses_a_second_first_follow_up():
    handoff = HandoffFactory()
    TaskFactory(lead=handoff.lead, handoff=handoff)

    with pytest.raises(IntegrityError), transaction.atomic():
        TaskFactory(lead=handoff.lead, handoff=handoff)


def test_a_lead_of_the_pool_is_followed_up_by_who_accepted_it():
    rep = RepFactory()
    handoff = HandoffFactory(rep=None, team=rep.team)

    lifecycle.accept(handoff=handoff, actor=rep.user, now=NOON)

    assert Task.objects.get().rep == rep.user


def test_a_task_is_done_once_and_keeps_who_did_it_first(task, rep):
    follow_ups.complete(task=task, actor=rep, now=LATER)
    follow_ups.complete(task=task, actor=manager(), now=LATER + timedelta(hours=1))

    task.refresh_from_db()
    assert (task.ended_at, task.ended_by, task.is_cancelled) == (LATER, rep, False)


def test_a_done_task_is_not_cancelled(task, rep):
    follow_ups.complete(task=task, actor=rep, now=LATER)

    with pytest.raises(TaskError, match="is done"):
        follow_ups.cancel(task=task, actor=rep, now=LATER)


def test_a_cancelled_task_is_not_done(task, rep):
    follow_ups.cancel(task=task, actor=rep, now=LATER)

    with pytest.raises(TaskError, match="was cancelled"):
        follow_ups.complete(task=task, actor=rep, now=LATER)


def test_a_done_task_is_taken_up_again(task, rep):
    follow_ups.complete(task=task, actor=rep, now=LATER)

    follow_ups.take_up(task=task, actor=rep)

    assert Task.objects.open().get() == task


def test_an_ended_task_is_not_changed(task, rep):
    follow_ups.complete(task=task, actor=rep, now=LATER)

    with pytest.raises(TaskError, match="has ended"):
        follow_ups.postpone(task=task, due_at=LATER, actor=rep)


def test_another_rep_does_not_touch_the_task(task):
    with pytest.raises(TaskError, match="Only the rep"):
        follow_ups.complete(task=task, actor=RepFactory().user, now=LATER)

    assert Task.objects.open().exists()


def test_a_task_that_a_manager_adds_is_the_reps(rep):
    lead = owned_lead(rep)

    made = follow_ups.add(
        lead=lead,
        title=" Send the offer ",
        kind=TaskKind.EMAIL,
        due_at=LATER,
        actor=manager(),
        now=NOON,
    )

    assert (made.title, made.rep) == ("Send the offer", rep)


@pytest.mark.parametrize(
    ("logged", "settled"),
    [
        (ActivityKind.CALL, "Call"),
        (ActivityKind.EMAIL_SENT, "Mail"),
        (ActivityKind.MEETING, None),
        (ActivityKind.NOTE, None),
    ],
)
def test_a_contact_settles_the_task_of_its_kind(rep, logged, settled):
    lead = owned_lead(rep)
    TaskFactory(lead=lead, title="Mail", kind=TaskKind.EMAIL)
    TaskFactory(lead=lead, title="Call", kind=TaskKind.CALL)

    done = follow_ups.settle(lead=lead, kind=logged, actor=rep, now=LATER)

    assert (done and done.title) == settled
    assert Task.objects.open().count() == (1 if settled else 2)


def test_the_first_follow_up_is_settled_by_a_mail_too(rep):
    handoff = HandoffFactory(rep=rep.rep)
    lifecycle.accept(handoff=handoff, actor=rep, now=NOON)

    follow_ups.settle(
        lead=handoff.lead, kind=ActivityKind.EMAIL_SENT, actor=rep, now=LATER
    )

    assert not Task.objects.open().exists()


def test_giving_a_lead_back_cancels_what_was_to_be_done(task, rep):
    done = TaskFactory(lead=task.lead, ended_at=NOON, ended_by=rep)

    giving_back.to_nurture(
        lead=task.lead,
        reason="No budget",
        until=NOON + timedelta(days=60),
        actor=rep,
        now=LATER,
    )

    task.refresh_from_db()
    done.refresh_from_db()
    assert task.is_cancelled
    assert not done.is_cancelled


def test_a_rep_sees_the_tasks_of_own_leads_and_a_manager_all(rep, task):
    TaskFactory(lead=owned_lead(RepFactory().user))
    TaskFactory(lead=owned_lead(rep, Stage.CUSTOMER), title="Renew")

    assert Task.objects.visible_to(rep).count() == 2
    assert Task.objects.visible_to(manager()).count() == 3


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (1, "2026-03-03T09:00"),  # Monday to Tuesday
        (5, "2026-03-09T09:00"),  # Saturday becomes Monday
        (6, "2026-03-09T09:00"),
        (28, "2026-03-30T09:00"),  # after the clocks went forward
    ],
)
def test_later_is_a_working_morning_in_the_persons_zone(days, expected):
    with timezone.override(BERLIN):
        at = follow_ups.morning_in(days=days, now=NOON)

    assert at == datetime.fromisoformat(expected).replace(tzinfo=BERLIN)
