"""Taking a hand-off from the pool of its team, and putting it back."""

from datetime import datetime

from handoff.models import Handoff
from leads import lifecycle
from leads.models import User


def take(*, handoff: Handoff, actor: User, now: datetime) -> None:
    """Make a hand-off of the pool the actor's own; the caller has checked."""
    step = {"by": str(actor), "at": now.isoformat()}
    steps = [*handoff.trace.get("claimed", []), step]
    handoff.trace = {**handoff.trace, "claimed": steps}
    handoff.rep, handoff.assigned_at = actor, now
    handoff.save(update_fields=["rep", "assigned_at", "trace"])
    lifecycle.assign(lead=handoff.lead, owner=actor, team=handoff.team)


def put_back(*, handoff: Handoff, now: datetime) -> None:
    """Undo that; the claim stays in the trace, with when it was undone."""
    *steps, last = handoff.trace["claimed"]
    last = {**last, "undone_at": now.isoformat()}
    handoff.trace = {**handoff.trace, "claimed": [*steps, last]}
    handoff.rep = handoff.assigned_at = None
    handoff.save(update_fields=["rep", "assigned_at", "trace"])
    lifecycle.assign(lead=handoff.lead, owner=None, team=handoff.team)


def claimed_at(*, handoff: Handoff) -> datetime | None:
    """When its rep took it from the pool; None where nobody took it."""
    claimed, at = handoff.trace.get("claimed", []), handoff.assigned_at
    if not claimed or at is None or claimed[-1]["at"] != at.isoformat():
        return None
    return at
