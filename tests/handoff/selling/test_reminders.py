from datetime import timedelta

import pytest

from handoff.selling import follow_ups, reminders
from leads.choices import NotificationKind
from leads.models import Notification
from tests.handoff.factories import HandoffFactory, TaskFactory, owned_lead
from tests.leads.factories import NOON, AccountFactory, RepFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return RepFactory().user


def told():
    return Notification.objects.filter(kind=NotificationKind.TASK_DUE)


def test_a_rep_is_told_once_that_a_task_is_due_and_again_when_it_was_put_off(rep):
    task = TaskFactory(lead=owned_lead(rep), rep=rep, title="Call", due_at=NOON)

    early = reminders.tell_due(now=NOON - timedelta(minutes=1))
    found = [reminders.tell_due(now=NOON) for _again in range(2)]
    later = NOON + timedelta(days=2)
    follow_ups.postpone(task=task, due_at=later, actor=rep)
    again = reminders.tell_due(now=later)

    assert (early, found, again) == (0, [1, 0], 1)
    assert {news.person for news in told()} == {rep}
    assert told().first().title == f"Due: Call, {task.lead}"
    assert reminders.still_matters(notification=told().first())


def test_nobody_is_told_of_first_follow_ups_old_ones_and_ended_ones(rep):
    handoff = HandoffFactory()
    TaskFactory(lead=handoff.lead, rep=handoff.rep, handoff=handoff, due_at=NOON)
    lead = owned_lead(rep)
    TaskFactory(lead=lead, rep=rep, due_at=NOON - timedelta(days=3))
    TaskFactory(lead=lead, rep=rep, due_at=NOON, ended_at=NOON)

    assert reminders.tell_due(now=NOON) == 0
    assert not told().exists()


def test_the_news_of_a_task_says_who_what_score_and_why_now(rep):
    lead = owned_lead(rep, title="COO", account=AccountFactory(name="Northwind"))
    why = [{"what": "Pricing page", "count": 3}]
    closed = {"status": "accepted", "decided_at": NOON, "brief": {"why": why}}
    HandoffFactory(lead=lead, rep=rep.rep, **closed)
    TaskFactory(lead=lead, rep=rep, due_at=NOON)

    reminders.tell_due(now=NOON)

    role, score, why_now = told().get().lines
    assert role == "COO · Northwind"
    assert score.startswith("Score 0")
    assert why_now == "Why now: Pricing page (3 times)"
