"""The page of a lead costs as many queries however much has happened."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handoff import lifecycle
from handoff.choices import AnswerState, Question, RemarkKind
from handoff.inquiries import asking
from handoff.models import (
    Answer,
    Participant,
    Reassignment,
    Remark,
    UndoneDecision,
)
from handoff.selling import contacts, deals, meetings
from handoff.selling.contacts import Contact
from handoff.selling.meetings import Invited, Plan
from handoff.sla import enforcement
from leads.choices import ActivityKind, Outcome, Stage
from leads.models import Tag
from tests.handoff.factories import (
    DealFactory,
    HandoffFactory,
    ReasonFactory,
    TaskFactory,
    manager,
)
from tests.leads.factories import (
    NOON,
    AccountFactory,
    LeadFactory,
    RepFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client, workspace):
    boss = manager()
    client.force_login(boss)
    return boss


@pytest.fixture
def lead():
    """One that was asked about and accepted, with what was promised for it."""
    account = AccountFactory(name="Northwind")
    handoff = HandoffFactory(lead=LeadFactory(stage=Stage.SQL, account=account))
    enforcement.enforce(now=NOON)
    asking.ask(handoff=handoff, text="Why?", actor=handoff.rep, now=NOON)
    lifecycle.accept(handoff=handoff, actor=handoff.rep, now=NOON)
    return handoff.lead


def happen(lead, boss, number):
    """Once more of everything that can hang on a lead, each by somebody else."""
    at = NOON + timedelta(minutes=number)
    TaskFactory(lead=lead, rep=UserFactory())
    TaskFactory(lead=lead, ended_at=at, ended_by=UserFactory())
    DealFactory(lead=lead, owner=UserFactory())
    deals.lose(deal=DealFactory(lead=lead), reason="Price", actor=boss, now=at)
    called = Contact(
        ActivityKind.CALL, Outcome.NO_ANSWER, "Later", at, f"call {number}"
    )
    contacts.log(
        lead=lead, contact=called, settles=False, next_due_at=None, actor=boss, now=at
    )
    guests = [Invited(f"guest{number}@northwind.example", "Ann", None)]
    starts_at = NOON + timedelta(days=number + 1)
    plan = Plan(f"Demo {number}", starts_at, 45, "", "", guests)
    meetings.schedule(lead=lead, plan=plan, actor=boss, now=at)
    Answer.objects.create(
        lead=lead,
        cycle=1,
        question=Question.BUDGET,
        state=AnswerState.KNOWN,
        note=f"{number}",
        actor=UserFactory(),
        at=at,
    )
    Reassignment.objects.create(
        batch=uuid4(),
        lead=lead,
        from_rep=UserFactory(),
        to_rep=UserFactory(),
        actor=UserFactory(),
        at=at,
    )
    lead.tags.add(Tag.objects.create(name=f"tag {number}"))
    colleague = LeadFactory(account=lead.account)
    _reject(lead, colleague, at)


def _reject(lead, colleague, at):
    rejected = HandoffFactory(
        lead=lead,
        rep=RepFactory(),
        status="rejected",
        reason=ReasonFactory(),
        decided_by=UserFactory(),
        decided_at=at,
    )
    Remark.objects.create(
        handoff=rejected, kind=RemarkKind.ANSWER, actor=UserFactory(), at=at
    )
    UndoneDecision.objects.create(
        handoff=rejected,
        status="accepted",
        decided_at=at,
        decided_by=UserFactory(),
        undone_at=at,
    )
    Participant.objects.create(
        handoff=rejected, lead=colleague, added_by=UserFactory(), added_at=at
    )


def queries(client, lead):
    with CaptureQueriesContext(connection) as captured:
        page = client.get(f"/leads/{lead.pk}/")
    assert page.status_code == 200
    return [query["sql"] for query in captured]


def test_four_times_as_much_costs_no_query_more(client, boss, lead):
    happen(lead, boss, 0)
    client.get(f"/leads/{lead.pk}/")
    once = queries(client, lead)

    for number in range(1, 4):
        happen(lead, boss, number)

    assert len(queries(client, lead)) == len(once)
