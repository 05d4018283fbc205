"""What a lead's page shows of selling: tasks, meetings, people and deals."""

from typing import Any

from django.db.models import Case, F, Q, Value, When

from handoff.models import Meeting, Task
from handoff.selling import conversations, deals, follow_ups
from leads.models import Lead, User

TASKS_SHOWN = 8
MEETINGS_SHOWN = 5


def selling_sections(*, user: User, lead: Lead) -> dict[str, Any]:
    """Context of the sections for tasks, meetings, people and deals.

    The lead comes with its standing and is one that this person may see.
    """
    tasks = Task.objects.filter(lead=lead).with_names()
    open_first = F("ended_at").desc(nulls_first=True)
    return {
        "tasks": tasks.order_by(open_first, "due_at", "pk")[:TASKS_SHOWN],
        "may_work": follow_ups.may_work_on(standing=lead.standing, user=user),
        "meetings": _meetings(lead),
        **_people(lead),
        "deals": lead.deals.select_related("owner"),
        "is_sold_to": lead.standing.stage in deals.SOLD_TO,
        "may_sell": deals.may_sell(standing=lead.standing, user=user),
        "may_open_deal": deals.may_open(standing=lead.standing, user=user),
    }


def _meetings(lead: Lead) -> list[Meeting]:
    """What is to come or has no outcome yet first, then the latest."""
    is_ahead = Q(cancelled_at=None, outcome="")
    meetings = Meeting.objects.filter(lead=lead).with_guests()
    place = Case(When(is_ahead, then=Value(0)), default=Value(1))
    return list(meetings.order_by(place, "-starts_at", "-pk")[:MEETINGS_SHOWN])


def _people(lead: Lead) -> dict[str, Any]:
    """The others of the account, and the conversation to take them into, if any."""
    handoff = conversations.current(lead=lead) if lead.account_id else None
    found: list[Lead] = []
    if lead.account_id:
        found = list(conversations.people(lead=lead, handoff=handoff))
    return {
        "colleagues": [one for one in found if one.pk != lead.pk],
        "conversation": handoff,
    }
