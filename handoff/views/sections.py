"""What a lead's page shows of hand-offs and deals."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from handoff import lifecycle
from handoff.desk import taking_back
from handoff.inquiries import asking
from handoff.models import (
    Clock,
    ClockPause,
    Handoff,
    Inquiry,
    Participant,
    Reassignment,
    Remark,
    UndoneDecision,
)
from handoff.selling import giving_back
from handoff.selling.views.sections import selling_sections
from handoff.sla import calendars
from leads.choices import NURTURED
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
            Prefetch("clocks", Clock.objects.select_related("missed_by")),
            Prefetch("clocks__pauses", ClockPause.objects.select_related("began_by")),
            Prefetch("participants", Participant.objects.select_related("lead")),
            Prefetch("undone", UndoneDecision.objects.select_related("decided_by")),
            Prefetch("remarks", Remark.objects.select_related("actor")),
        )
        .order_by("-routed_at", "-pk")
    )
    handoffs = list(history)
    current = next((handoff for handoff in handoffs if handoff.is_open), None)
    inquiries = asking.of_lead(lead=lead) if handoffs else []
    now = timezone.now()
    return {
        "now": now,
        "may_undo": next(
            (one for one in handoffs if taking_back.is_offered(one, user, now)), None
        ),
        "inquiries": inquiries,
        "may_answer": asking.may_answer(user=user),
        # Only what waits for a decision has a time left to tell.
        "calendars": calendars.load() if current else None,
        "handoffs": handoffs,
        "handoff": current,
        "given": _given(lead) if handoffs or _may_have_been_sold(lead) else [],
        **_rights(current, user, inquiries),
        "may_give_back": giving_back.may_give_back(standing=lead.standing, user=user),
        **selling_sections(
            user=user, lead=lead, handoffs=handoffs, framework=framework
        ),
    }


def _may_have_been_sold(lead: Lead) -> bool:
    """Whether sales can have worked on it; what it has left starts a further cycle."""
    standing = lead.standing
    return standing.stage not in NURTURED or standing.cycle > 1


def _given(lead: Lead) -> list[Reassignment]:
    """Who gave the lead to whom while sales worked on it."""
    of_lead = Reassignment.objects.filter(lead=lead)
    return list(of_lead.select_related("from_rep", "to_rep", "actor"))


def _rights(
    handoff: Handoff | None, user: User, inquiries: Sequence[Inquiry]
) -> dict[str, bool]:
    """What this person may do with the open hand-off, so that no button is refused."""
    if handoff is None:
        return dict.fromkeys(
            ("may_decide", "may_ask", "may_withdraw", "may_reassign"), False
        )
    may_decide = lifecycle.may_decide(handoff=handoff, user=user)
    return {
        "may_decide": may_decide,
        "may_ask": may_decide and not any(one.is_open for one in inquiries),
        "may_withdraw": lifecycle.may_withdraw(handoff=handoff, user=user),
        "may_reassign": user.has_perm("handoff.manage_handoffs"),
    }
