"""The rows that a change of stage leaves; `lifecycle` writes them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from leads.choices import Cause, Stage
from leads.models import StageChange
from leads.transitions import skipped_stages

if TYPE_CHECKING:
    from leads.lifecycle import Entry, Move

# What the first changes of a lead say.
ENTERED = (
    *("lead_id", "from_stage", "to_stage", "at", "cause", "cycle"),
    *("is_inferred", "is_imported"),
)


def entered(entry: "Entry") -> Iterator[tuple[Any, ...]]:
    """The rows of a first stage, by the names of `ENTERED`."""
    current, is_imported = "", entry.cause == Cause.IMPORT
    for step in (*skipped_stages(None, entry.stage), entry.stage):
        is_inferred = step != entry.stage
        told = (entry.at, entry.cause, 1, is_inferred, is_imported)
        yield (entry.lead_id, current, step, *told)
        current = step


def changes(move: "Move", current: Stage, *, cycle: int) -> list[StageChange]:
    """The rows of one move: one for each skipped stage, then the stage itself."""
    steps = [*skipped_stages(current, move.to), move.to]
    score = move.score
    rows = []
    for step in steps:
        rows.append(
            StageChange(
                lead_id=move.lead_id,
                from_stage=current,
                to_stage=step,
                at=move.at,
                cause=move.cause,
                actor=move.actor,
                reason=move.reason,
                engagement=score.engagement if score else None,
                fit=score.fit if score else None,
                grade=score.grade if score else None,
                model_version=score.model_version if score else None,
                cycle=cycle,
                is_inferred=step != move.to,
                is_imported=move.cause == Cause.IMPORT,
            )
        )
        current = step
    return rows
