"""What a lead's page shows of selling: tasks, meetings, people and deals."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, F, Q, Value, When

from handoff.models import Handoff, Meeting, Task
from handoff.selling import conversations, deals, rights
from handoff.selling.views.qualification import qualification_section
from leads.choices import Stage
from leads.models import Lead, User

TASKS_SHOWN = 8
MEETINGS_SHOWN = 5
# The stages in which sales has the lead, or had it in this cycle.
ASKED_IN = (Stage.SQL, *deals.SOLD_TO)


def selling_sections(
    *, user: User, lead: Lead, handoffs: Sequence[Handoff], framework: str
) -> dict[str, Any]:
    """Context of the sections for tasks, meetings, people and deals.

    The lead comes with its standing and is one that this person may see; `handoffs` are
    its own, the latest first.
    """
    found = Task.objects.filter(lead=lead).with_names()
    open_first = F("ended_at").desc(nulls_first=True)
    tasks = list(found.order_by(open_first, "due_at", "pk")[:TASKS_SHOWN])
    return {
        "tasks": [task for task in tasks if task.is_open],
        "ended_tasks": [task for task in tasks if not task.is_open],
        "asks": lead.standing.stage in ASKED_IN,
        **qualification_section(user=user, lead=lead, chosen=framework),
        "meetings": _meetings(lead),
        **_people(lead, handoffs),
        "deals": lead.deals.select_related("owner"),
        "is_sold_to": lead.standing.stage in deals.SOLD_TO,
        "may_sell": rights.may_sell(standing=lead.standing, user=user),
        "may_open_deal": deals.may_open(standing=lead.standing, user=user),
    }


def _meetings(lead: Lead) -> list[Meeting]:
    """What is to come or has no outcome yet first, then the latest."""
    is_ahead = Q(cancelled_at=None, outcome="")
    meetings = Meeting.objects.filter(lead=lead).with_guests()
    place = Case(When(is_ahead, then=Value(0)), default=Value(1))
    return list(meetings.order_by(place, "-starts_at", "-pk")[:MEETINGS_SHOWN])


def _people(lead: Lead, handoffs: Sequence[Handoff]) -> dict[str, Any]:
    """The others of the account, and the conversation to take them into, if any."""
    with_sales = (one for one in handoffs if one.status in conversations.WITH_SALES)
    handoff = next(with_sales, None)
    found: list[Lead] = []
    if lead.account_id:
        found = list(conversations.people(lead=lead, handoff=handoff))
    return {
        "colleagues": [one for one in found if one.pk != lead.pk],
        "conversation": handoff,
    }
