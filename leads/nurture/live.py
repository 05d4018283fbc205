"""Which leads moved since somebody looked at the board."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from leads.choices import Stage
from leads.models import StageChange
from leads.unions import Part

# Rows are numbered when they are written and seen when they are committed, so one may
# appear beside higher ones that were seen before. Nobody moves a lead for longer.
SETTLED = timedelta(seconds=15)
# Of more than these the board is drawn anew.
MOST_TOLD = 25
# The number of the latest move; no row before the first.
LATEST = Part(
    "SELECT pk FROM ({query}) AS t",
    StageChange.objects.order_by("-pk").values_list("pk")[:1],
)


@dataclass(frozen=True)
class Moved:
    """What to show: leads and the stages that they left and entered.

    since: up to which number everything was told; told: what was beyond that. is_flood:
    there is more than is told one by one.
    """

    since: int
    told: Sequence[int]
    lead_ids: Sequence[int] = ()
    stages: Collection[Stage] = ()
    is_flood: bool = False


def moved(*, since: int, told: Collection[int], now: datetime) -> Moved:
    """Who moved after the one with this number, but those that were told before.

    One query over the numbers of the moves, whatever the number of leads.
    """
    later = StageChange.objects.filter(pk__gt=since).order_by("pk")
    rows = list(
        later.values_list("pk", "lead", "from_stage", "to_stage", "at")[
            : MOST_TOLD * 8 + len(told)
        ]
    )
    news = [row for row in rows if row[0] not in told]
    lead_ids = list(dict.fromkeys(row[1] for row in news))
    settled = [row[0] for row in rows if row[4] < now - SETTLED]
    # Numbers beyond a move that is not settled stay told one by one.
    kept = max(settled, default=since)
    beyond = [row[0] for row in rows if row[0] > kept]
    if len(lead_ids) > MOST_TOLD:
        return Moved(kept, beyond, is_flood=True)
    stages = {Stage(stage) for row in news for stage in row[2:4] if stage}
    return Moved(kept, beyond, lead_ids, stages)
