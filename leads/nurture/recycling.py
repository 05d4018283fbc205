"""Recycled leads whose date has come."""

from datetime import datetime

from django.db import transaction

from leads import activities, lifecycle
from leads.choices import Cause, Stage
from leads.lifecycle import Move
from leads.models import Standing

BATCH = 500
# A call returns at most this many leads; the sweep comes back for the rest.
LIMIT = 10_000


def return_recycled(*, now: datetime) -> int:
    """Take leads whose date has come back to nurture, and count them.

    They start in New and are owed a rescore, which lifts each to the stage that its
    score says.
    """
    due = Standing.objects.filter(stage=Stage.RECYCLED, returns_at__lte=now)
    lead_ids = list(
        due.order_by("returns_at", "pk").values_list("pk", flat=True)[:LIMIT]
    )
    return sum(
        _return(lead_ids[start : start + BATCH], now)
        for start in range(0, len(lead_ids), BATCH)
    )


@transaction.atomic
def _return(lead_ids: list[int], now: datetime) -> int:
    moves = [Move(lead_id, Stage.NEW, Cause.RETURN, now) for lead_id in lead_ids]
    returned = lifecycle.move_many(wanted=moves, now=now)
    activities.mark_stale(lead_ids=lead_ids)
    return returned
