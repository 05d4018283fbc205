"""What a lead's page shows of selling: tasks and deals."""

from typing import Any

from django.db.models import F

from handoff.models import Task
from handoff.selling import deals, follow_ups
from leads.models import Lead, User

TASKS_SHOWN = 8


def selling_sections(*, user: User, lead: Lead) -> dict[str, Any]:
    """Context of `selling/_tasks.html` and `handoff/_deals.html`.

    The lead comes with its standing and is one that this person may see.
    """
    tasks = Task.objects.filter(lead=lead).with_names()
    open_first = F("ended_at").desc(nulls_first=True)
    return {
        "tasks": tasks.order_by(open_first, "due_at", "pk")[:TASKS_SHOWN],
        "may_work": follow_ups.may_work_on(standing=lead.standing, user=user),
        "deals": lead.deals.select_related("owner"),
        "is_sold_to": lead.standing.stage in deals.SOLD_TO,
        "may_sell": deals.may_sell(standing=lead.standing, user=user),
        "may_open_deal": deals.may_open(standing=lead.standing, user=user),
    }
