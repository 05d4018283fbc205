"""What lies on the visitor's desk when the story ends: tasks, meetings, answers.

Made of the leads that the visitor has accepted by then, so that each page has something
overdue, due today, planned and done.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from handoff.choices import AnswerState, Question, TaskKind
from handoff.models import Meeting
from handoff.selling import conversations, follow_ups, meetings, qualification
from handoff.selling.meetings import Invited, Plan
from leads.choices import Outcome, Stage
from leads.models import Lead, User

WORKED_ON = (Stage.ACCEPTED, Stage.OPPORTUNITY)
# What, of what kind, and when due, seen from the end of the story.
TASKS = (
    ("Send the comparison of tariffs", TaskKind.EMAIL, timedelta(days=-2)),
    ("Call back about the contract", TaskKind.CALL, timedelta(hours=-3)),
    ("Answer the security questions", TaskKind.EMAIL, timedelta(hours=2)),
    ("Ask who signs", TaskKind.CALL, timedelta(hours=5)),
    ("Meet the head of operations", TaskKind.MEETING, timedelta(days=2)),
    ("Prepare the pilot", TaskKind.OTHER, timedelta(days=5)),
)
ANSWERS = (
    (Question.BUDGET, AnswerState.BLOCKED, "Frozen until the new fiscal year"),
    (Question.AUTHORITY, AnswerState.KNOWN, "Head of operations signs up to 20,000"),
    (Question.NEED, AnswerState.KNOWN, "Plans 40 vans on paper, loses two hours a day"),
    (Question.CHALLENGES, AnswerState.KNOWN, "Drivers are called during the tour"),
)
LEADS = 12


def lay_out(*, visitor: User, until: datetime) -> None:
    """Give the visitor's leads what a rep would have planned and found out."""
    found = Lead.objects.filter(
        standing__owner=visitor, standing__stage__in=WORKED_ON
    ).with_standing()
    leads = list(found.order_by("-standing__stage_since", "pk")[:LEADS])
    if not leads:
        return
    with timezone.override(ZoneInfo(visitor.time_zone)):
        _plan_tasks(leads, visitor, until)
        for number, lead in enumerate(leads):
            _answer(lead, ANSWERS[: 1 + number % len(ANSWERS)], visitor, until)
        _plan_meetings(leads, visitor, until)


def _plan_tasks(leads: Sequence[Lead], visitor: User, until: datetime) -> None:
    for number, (title, kind, due_in) in enumerate(TASKS):
        follow_ups.add(
            lead=leads[number % len(leads)],
            title=title,
            kind=kind,
            due_at=until + due_in,
            actor=visitor,
            now=until - timedelta(days=3),
        )


def _answer(
    lead: Lead,
    answers: Sequence[tuple[Question, AnswerState, str]],
    visitor: User,
    until: datetime,
) -> None:
    for question, state, note in answers:
        qualification.answer(
            lead=lead,
            question=question,
            state=state,
            note=note,
            seen=0,
            actor=visitor,
            now=until - timedelta(hours=30),
        )


def _plan_meetings(leads: Sequence[Lead], visitor: User, until: datetime) -> None:
    """One to come, with a colleague; one over without an outcome; one cancelled."""
    first, second, third = (leads[number % len(leads)] for number in range(3))
    _take_a_colleague_in(first, visitor, until)
    ahead = follow_ups.morning_in(days=2, now=until) + timedelta(hours=1)
    _plan(first, "Demo of the route planner", ahead, visitor, until)
    _plan(second, "Review of the offer", until - timedelta(hours=4), visitor, until)
    off = _plan(third, "Pilot kick-off", ahead + timedelta(days=7), visitor, until)
    meetings.cancel(meeting=off, actor=visitor, now=until - timedelta(hours=1))
    held = _plan(third, "First talk", until - timedelta(days=1), visitor, until)
    meetings.settle(
        meeting=held, outcome=Outcome.HELD, note="", actor=visitor, now=until
    )


def _plan(
    lead: Lead, title: str, starts_at: datetime, visitor: User, until: datetime
) -> Meeting:
    guests = [Invited(lead.email, str(lead), lead.pk)] if lead.email else []
    plan = Plan(title, starts_at, 45, "https://meet.example/baton", "", guests)
    planned_at = until - timedelta(days=4)
    return meetings.schedule(lead=lead, plan=plan, actor=visitor, now=planned_at)


def _take_a_colleague_in(lead: Lead, visitor: User, until: datetime) -> None:
    handoff = conversations.current(lead=lead)
    people = conversations.people(lead=lead, handoff=handoff)
    colleague = next((one for one in people if one.pk != lead.pk), None)
    if handoff and colleague:
        conversations.take_in(
            handoff=handoff, person=colleague, actor=visitor, now=until
        )
