"""What each rep has to do, and how deciding goes, for the managers' desk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from handoff.choices import NOT_QUALITY, HandoffStatus
from handoff.desk import past_due
from handoff.desk.working import IN_WORK
from handoff.models import Handoff
from handoff.routing import absences, days, floor, turns
from handoff.routing.turns import Candidate
from leads.models import Rep, Standing

PERIOD = timedelta(days=30)
COUNTED = ("overdue", "unfollowed", "working", "accepted", "judged")


@dataclass(frozen=True)
class Load:
    """One rep: what waits and is past due now, and what was judged in 30 days.

    `candidate` is the rep as routing sees it, with what waits and came today. `overdue`
    are decisions past due, `unfollowed` first follow-ups. `working` are leads that were
    accepted and are neither sold nor lost. `judged` are accepted and rejected ones,
    without rejections that say nothing of quality. `away_until` is the last day
    of an absence that has begun.
    """

    rep: Rep
    candidate: Candidate
    away_until: date | None
    overdue: int
    unfollowed: int
    working: int
    accepted: int
    judged: int

    @property
    def past_due(self) -> int:
        return self.overdue + self.unfollowed

    @property
    def why_skipped(self) -> str:
        """Why routing gives the rep nothing now, in one word; empty where it does."""
        return turns.why_skipped(self.candidate, turns.NOBODY)


def loads(*, now: datetime) -> Sequence[Load]:
    """Every rep who may sign in, by team and name; the number of queries is fixed."""
    sales = floor.read(now=now)
    counted = _counted(now)
    away = dict(absences.of(now=now).order_by("ends_at").values_list("rep", "ends_at"))
    reps = sorted(
        sales.reps.values(), key=lambda rep: (rep.team.name, rep.user.name, rep.pk)
    )
    found = []
    for rep in reps:
        of_rep: dict[str, Any] = {}
        for by_user_id in counted:
            of_rep |= by_user_id.get(rep.user_id, {})
        ends_at = away.get(rep.pk)
        zone = days.zone_of(rep, sales.calendars)
        found.append(
            Load(
                rep=rep,
                candidate=sales.candidates[rep.user_id],
                away_until=days.last_day(ends_at, zone) if ends_at else None,
                **{name: of_rep.get(name, 0) for name in COUNTED},
            )
        )
    return found


def _counted(now: datetime) -> list[dict[int, Mapping[str, Any]]]:
    """The figures of `COUNTED` by person, each where it is not 0."""
    is_accepted = Q(status=HandoffStatus.ACCEPTED)
    is_judged = is_accepted | Q(status=HandoffStatus.REJECTED) & ~Q(
        reason__category__in=NOT_QUALITY
    )
    late = past_due.decisions(now=now).exclude(rep=None).order_by()
    late_calls = past_due.follow_ups(now=now).order_by()
    follow_ups = late_calls.values("keeper")  # type: ignore[misc]
    offered = Handoff.objects.filter(
        rep__isnull=False, routed_at__gt=now - PERIOD
    ).order_by()
    works = Standing.objects.filter(stage__in=IN_WORK, owner__isnull=False).order_by()
    rows_by_key: Sequence[tuple[str, Iterable[Mapping[str, Any]]]] = (
        ("rep", late.values("rep").annotate(overdue=Count("pk"))),
        ("keeper", follow_ups.annotate(unfollowed=Count("pk"))),
        ("owner", works.values("owner").annotate(working=Count("pk"))),
        (
            "rep",
            offered.values("rep").annotate(
                accepted=Count("pk", filter=is_accepted),
                judged=Count("pk", filter=is_judged),
            ),
        ),
    )
    return [{row[key]: row for row in rows} for key, rows in rows_by_key]
