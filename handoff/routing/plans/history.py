"""Who did what to a version of the routing plan."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from handoff.models import PlanEvent, RoutingPlan
from leads.models import User
from scoring.choices import EventKind


def record(
    *,
    plan: RoutingPlan,
    kind: EventKind,
    actor: User | None,
    now: datetime,
    subject: str = "",
    changes: Sequence[Sequence[str]] = (),
    removed: dict[str, Any] | None = None,
    note: str = "",
) -> PlanEvent:
    """Write one row of a version's history; the words are those of today."""
    return PlanEvent.objects.create(
        plan=plan,
        kind=kind,
        at=now,
        actor=actor,
        subject=subject,
        changes=[list(change) for change in changes],
        removed=removed,
        note=note,
    )
