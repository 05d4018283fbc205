"""What a lead's page shows of hand-offs and deals."""

from typing import Any

from django.utils import timezone

from handoff import lifecycle
from handoff.desk import taking_back
from handoff.inquiries import asking
from handoff.models import Handoff, Reassignment
from handoff.selling import giving_back
from handoff.selling.views.sections import selling_sections
from handoff.sla import calendars
from leads.models import Lead, User


def lead_sections(*, user: User, lead: Lead, framework: str = "") -> dict[str, Any]:
    """Context of `_decision.html`, `_handoff_history.html` and what selling shows.

    `framework` names the questions of the qualification, BANT or CHAMP. The lead comes
    with its standing and is one that this person may see.
    """
    history = (
        Handoff.objects.filter(lead=lead)
        .with_names()
        .prefetch_related(
            "clocks__missed_by",
            "clocks__pauses__began_by",
            "participants__lead",
            "undone__decided_by",
            "remarks__actor",
        )
        .order_by("-routed_at", "-pk")
    )
    handoffs = list(history)
    current = next((handoff for handoff in handoffs if handoff.is_open), None)
    now = timezone.now()
    return {
        "now": now,
        "may_undo": next(
            (one for one in handoffs if taking_back.is_offered(one, user, now)), None
        ),
        "inquiries": asking.of_lead(lead=lead),
        "may_answer": asking.may_answer(user=user),
        "calendars": calendars.load(),
        "handoffs": handoffs,
        "handoff": current,
        "given": Reassignment.objects.filter(lead=lead).select_related(
            "from_rep", "to_rep", "actor"
        ),
        **_rights(current, user),
        "may_give_back": giving_back.may_give_back(standing=lead.standing, user=user),
        **selling_sections(
            user=user, lead=lead, handoffs=handoffs, framework=framework
        ),
    }


def _rights(handoff: Handoff | None, user: User) -> dict[str, bool]:
    """What this person may do with the open hand-off, so that no button ends in 403."""
    if handoff is None:
        return {"may_decide": False, "may_withdraw": False, "may_reassign": False}
    return {
        "may_decide": lifecycle.may_decide(handoff=handoff, user=user),
        "may_withdraw": lifecycle.may_withdraw(handoff=handoff, user=user),
        "may_reassign": user.has_perm("handoff.manage_handoffs"),
    }
