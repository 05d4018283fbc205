"""What managers gave to others lately, as the desk tells it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from handoff.choices import HandoffStatus
from handoff.models import Reassignment
from handoff.selling.deals import SOLD_TO
from leads.models import User

PERIOD = timedelta(days=7)
# So many batches are told, and so many moves of each are named.
MOST_BATCHES = 10
MOST_LINES = 3

_IS_WITH_THEM = Q(handoff__status=HandoffStatus.PENDING, handoff__rep=F("to_rep")) | Q(
    lead__standing__stage__in=SOLD_TO, lead__standing__owner=F("to_rep")
)


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
    """The batches of the last week, the latest first; two queries."""
    batches = (
        Reassignment.objects.filter(at__gt=now - PERIOD)
        .order_by()
        .values("batch")
        .annotate(
            count=Count("pk"),
            left=Count("pk", filter=Q(undone_at=None)),
            with_them=Count("pk", filter=Q(_IS_WITH_THEM, undone_at=None)),
            latest=Max("at"),
            first=Min("pk"),
        )
        .order_by("-latest", "-first")[:MOST_BATCHES]
    )
    counted = list(batches)
    moves = _named([one["batch"] for one in counted])
    return [_given(one, moves[one["batch"]]) for one in counted]


def _named(batches: Sequence[UUID]) -> defaultdict[UUID, list[Reassignment]]:
    """The first moves of each batch, with their names."""
    place = Window(RowNumber(), partition_by="batch", order_by="pk")
    rows = (
        Reassignment.objects.filter(batch__in=batches)
        .annotate(place=place)
        .filter(place__lte=MOST_LINES)
        .select_related("handoff__lead", "lead", "from_rep", "to_rep", "actor")
        .defer("handoff__brief", "handoff__trace")
        .order_by("pk")
    )
    moves: defaultdict[UUID, list[Reassignment]] = defaultdict(list)
    for row in rows:
        moves[row.batch].append(row)
    return moves


def _given(counted: Mapping[str, Any], moves: Sequence[Reassignment]) -> Given:
    first = moves[0]
    lines = [
        _("{lead}: {former} → {rep}").format(
            lead=one.subject,
            former=one.from_rep or (_("Pool") if one.handoff_id else "–"),
            rep=one.to_rep or "–",
        )
        for one in moves
    ]
    if (more := counted["count"] - len(moves)) > 0:
        lines.append(_("and {count} more").format(count=more))
    return Given(
        batch=first.batch,
        at=first.at,
        actor=first.actor,
        reason=first.reason,
        lines=lines,
        may_be_undone=counted["with_them"] > 0,
        is_undone=not counted["left"],
    )
