"""Who did what to a version of the model."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from leads.models import User
from scoring.choices import EventKind
from scoring.models import ModelEvent, ScoringModel


def record(
    *,
    model: ScoringModel,
    kind: EventKind,
    actor: User | None,
    now: datetime,
    subject: str = "",
    changes: Sequence[Sequence[str]] = (),
    removed: dict[str, Any] | None = None,
    note: str = "",
) -> ModelEvent:
    """Write one row of a version's history; the words are those of today."""
    return ModelEvent.objects.create(
        model=model,
        kind=kind,
        at=now,
        actor=actor,
        subject=subject,
        changes=[list(change) for change in changes],
        removed=removed,
        note=note,
    )
