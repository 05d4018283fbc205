from datetime import timedelta

import pytest
from django.urls import reverse

from handoff import lifecycle
from handoff.desk import lifecycle as decisions
from handoff.desk import reassigning
from handoff.models import Task
from handoff.selling import follow_ups, giving_back
from leads import lifecycle as leads_lifecycle
from leads.choices import Cause, Stage
from leads.lifecycle import Move
from leads.models import Standing
from tests.handoff.factories import (
    HandoffFactory,
    ReasonFactory,
    TaskFactory,
    manager,
    owned_lead,
)
from tests.leads.factories import NOON, RepFactory

pytestmark = pytest.mark.django_db
EARLIER = NOON - timedelta(hours=1)
LATER = NOON + timedelta(seconds=5)


def leave(lead, to, at=NOON):
    wanted = Move(lead.pk, to, Cause.PERSON, at)
    leads_lifecycle.move(wanted=wanted, now=at)


def test_open_tasks_go_with_a_lead_to_its_next_rep_and_ended_ones_stay():
    handoff = HandoffFactory()
    rep, other = handoff.rep, RepFactory(team=handoff.team)
    task = TaskFactory(lead=handoff.lead, rep=rep)
    done = TaskFactory(lead=handoff.lead, rep=rep, ended_at=NOON, ended_by=rep)

    reassigning.reassign(handoff=handoff, rep=other, actor=manager(), now=NOON)

    task.refresh_from_db()
    done.refresh_from_db()
    assert (task.rep, done.rep) == (other.user, rep)


def test_the_sweep_finds_tasks_whose_lead_got_another_rep_in_whatever_way():
    first, second = RepFactory(), RepFactory()
    strays = [TaskFactory(lead=owned_lead(second.user), rep=first.user)]
    strays += [TaskFactory(lead=owned_lead(second.user))]
    pooled = TaskFactory(rep=first.user)

    found = [follow_ups.follow_leads(now=NOON) for _turn in range(2)]

    assert found == [2, 0]
    assert {one.rep for one in Task.objects.filter(pk__in=[t.pk for t in strays])} == {
        second.user
    }
    pooled.refresh_from_db()
    assert pooled.rep == first.user


@pytest.mark.parametrize("to", [Stage.RECYCLED, Stage.DISQUALIFIED])
def test_tasks_fall_when_their_lead_leaves_sales(to, client):
    lead = owned_lead(RepFactory().user)
    task = TaskFactory(lead=lead, made_at=EARLIER)
    leave(lead, to)

    found = [follow_ups.follow_leads(now=LATER) for _turn in range(2)]

    task.refresh_from_db()
    assert found == [1, 0]
    assert (task.is_cancelled, task.ended_at, task.left_to) == (True, LATER, to)
    client.force_login(manager())
    page = client.get(f"{reverse('handoff:tasks')}?tab=done")
    assert f"Closed by Baton: the lead went to “{to.label}”" in page.content.decode()


def test_what_is_planned_for_a_lost_lead_or_taken_up_again_stays_open():
    rep = RepFactory().user
    lead = owned_lead(rep, Stage.OPPORTUNITY)
    fallen = TaskFactory(lead=lead, rep=rep, made_at=EARLIER)
    wanted = Move(lead.pk, Stage.LOST, Cause.DEAL, NOON)
    leads_lifecycle.move(wanted=wanted, now=NOON)
    follow_ups.follow_leads(now=LATER)
    planned = TaskFactory(lead=lead, rep=rep, made_at=LATER)
    fallen.refresh_from_db()

    follow_ups.take_up(task=fallen, actor=rep)

    assert follow_ups.follow_leads(now=LATER) == 0
    assert set(Task.objects.open()) == {fallen, planned}


def test_a_rejection_taken_back_brings_its_tasks_back():
    handoff = HandoffFactory()
    task = TaskFactory(lead=handoff.lead, rep=handoff.rep, made_at=EARLIER)
    lifecycle.reject(
        handoff=handoff, reason=ReasonFactory(), note="", actor=handoff.rep, now=NOON
    )
    follow_ups.follow_leads(now=LATER)
    task.refresh_from_db()
    assert task.left_to == Stage.RECYCLED

    decisions.undo(handoff=handoff, actor=handoff.rep, now=LATER)

    task.refresh_from_db()
    assert (task.is_open, task.left_to) == (True, "")
    assert follow_ups.follow_leads(now=LATER) == 0


def test_giving_a_lead_back_says_at_once_why_its_tasks_fell():
    rep = RepFactory().user
    task = TaskFactory(lead=owned_lead(rep), rep=rep)

    giving_back.disqualify(lead=task.lead, reason="Gone", actor=rep, now=NOON)

    task.refresh_from_db()
    assert (task.left_to, task.ended_by) == (Stage.DISQUALIFIED, rep)
    assert Standing.objects.get(lead=task.lead).owner is None
