"""What managers gave to others lately, as the desk tells it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from handoff.models import Reassignment
from leads.models import User

PERIOD = timedelta(days=7)
# So many moves are read, and so many batches and moves of one are told.
MOST_ROWS = 500
MOST_BATCHES = 10
MOST_LINES = 3


@dataclass(frozen=True)
class Given:
    """What was given away together; `lines` say what went from whom to whom."""

    batch: UUID
    at: datetime
    actor: User | None
    reason: str
    lines: list[str]
    may_be_undone: bool
    is_undone: bool


def lately(*, now: datetime) -> list[Given]:
    """The batches of the last week, the latest first; one query."""
    rows = Reassignment.objects.filter(at__gt=now - PERIOD).select_related(
        "handoff__lead", "from_rep", "to_rep", "actor"
    )
    batches: defaultdict[UUID, list[Reassignment]] = defaultdict(list)
    for row in rows.defer("handoff__brief", "handoff__trace")[:MOST_ROWS]:
        batches[row.batch].append(row)
    return [_given(moves) for moves in list(batches.values())[:MOST_BATCHES]]


def _given(moves: Sequence[Reassignment]) -> Given:
    first = moves[0]
    lines = [
        _("{lead}: {former} → {rep}").format(
            lead=one.handoff.lead,
            former=one.from_rep or _("Pool"),
            rep=one.to_rep or "–",
        )
        for one in moves[:MOST_LINES]
    ]
    if len(moves) > MOST_LINES:
        lines.append(_("and {count} more").format(count=len(moves) - MOST_LINES))
    return Given(
        batch=first.batch,
        at=first.at,
        actor=first.actor,
        reason=first.reason,
        lines=lines,
        may_be_undone=any(one.may_be_undone for one in moves),
        is_undone=all(one.undone_at for one in moves),
    )
