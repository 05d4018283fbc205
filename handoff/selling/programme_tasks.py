"""The tasks that programmes give to reps; named by `settings.OWNER_TASKS`."""

from collections.abc import Sequence
from datetime import datetime

from handoff.choices import TaskKind
from handoff.models import Task
from leads.models import Standing

BATCH = 500


def make(
    *, lead_ids: Sequence[int], title: str, due_at: datetime, now: datetime
) -> int:
    """A task for the owner of each of these leads; those without one get none."""
    standings = Standing.objects.filter(pk__in=lead_ids, owner__isnull=False)
    owners = standings.order_by("pk").values_list("pk", "owner")
    tasks = [
        Task(
            lead_id=lead_id,
            rep_id=owner_id,
            title=title,
            kind=TaskKind.values[0],
            due_at=due_at,
            made_at=now,
        )
        for lead_id, owner_id in owners
    ]
    Task.objects.bulk_create(tasks, batch_size=BATCH)
    return len(tasks)
