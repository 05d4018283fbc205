"""What each rep has to do, and how deciding goes, for the managers' desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from handoff.choices import NOT_QUALITY, HandoffStatus
from handoff.desk.working import IN_WORK
from handoff.models import Handoff
from handoff.routing import absences
from leads.models import Rep, Standing

PERIOD = timedelta(days=30)
A_DAY = timedelta(days=1)
# Under so many decisions a rate says nothing. Source: KPIs, Acceptance.
FEWEST = 20
COUNTED = ("waiting", "overdue", "working", "lately", "accepted", "judged")


@dataclass(frozen=True)
class Load:
    """One rep: what waits now, came in the last 24 hours, and was judged in 30 days.

    `working` are leads that were accepted and are neither sold nor lost. `judged` are
    accepted and rejected ones, without rejections that say nothing of quality.
    `away_until` is the end of an absence that has begun.
    """

    rep: Rep
    away_until: datetime | None
    waiting: int
    overdue: int
    working: int
    lately: int
    accepted: int
    judged: int

    @property
    def accepted_percent(self) -> int | None:
        """None where too few were judged."""
        if self.judged < FEWEST:
            return None
        return round(100 * self.accepted / self.judged)

    @property
    def is_full(self) -> bool:
        return self.waiting >= self.rep.capacity


def loads(*, now: datetime) -> Sequence[Load]:
    """Every rep who may sign in, by team and name; the number of queries is fixed."""
    is_open = Q(status=HandoffStatus.PENDING)
    is_accepted = Q(status=HandoffStatus.ACCEPTED)
    is_judged = is_accepted | Q(status=HandoffStatus.REJECTED) & ~Q(
        reason__category__in=NOT_QUALITY
    )
    open_ones = Handoff.objects.filter(is_open, rep__isnull=False).order_by()
    waiting = open_ones.values("rep").annotate(
        waiting=Count("pk"),
        overdue=Count("pk", filter=Q(due_at__lt=now, paused_at=None)),
    )
    offered = Handoff.objects.filter(
        rep__isnull=False, routed_at__gt=now - PERIOD
    ).order_by()
    counts = offered.values("rep").annotate(
        lately=Count("pk", filter=Q(assigned_at__gt=now - A_DAY)),
        accepted=Count("pk", filter=is_accepted),
        judged=Count("pk", filter=is_judged),
    )
    working = Standing.objects.filter(stage__in=IN_WORK, owner__isnull=False)
    works = working.order_by().values("owner").annotate(working=Count("pk"))
    by_working = {row["owner"]: row for row in works}
    by_waiting = {row["rep"]: row for row in waiting}
    by_count = {row["rep"]: row for row in counts}
    away = dict(absences.of(now=now).order_by("ends_at").values_list("rep", "ends_at"))
    reps = Rep.objects.filter(user__is_active=True).select_related("user", "team")
    found = []
    for rep in reps.order_by("team__name", "user__name", "pk"):
        counted: dict[str, Any] = {
            **by_working.get(rep.user_id, {}),
            **by_waiting.get(rep.user_id, {}),
            **by_count.get(rep.user_id, {}),
        }
        figures = {name: counted.get(name, 0) for name in COUNTED}
        found.append(Load(rep=rep, away_until=away.get(rep.pk), **figures))
    return found
