"""How long leads stayed in a stage: one statement, grouped.

A stay ends with the next change of the lead. Entries that were imported or inferred
have no true time and make no stay.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from leads.choices import PATH, Cause, Stage
from leads.instants import aware, instant
from leads.models import Lead, Standing
from reports.cohorts import Sql
from reports.periods import Period
from reports.scope import Scope

DAY, HOUR, MINUTE = 86_400, 3_600, 60
# Of a day and longer the whole hours count, else the whole minutes: a median does not
# tell more, and a year then has few different values.
_ROUNDED = (
    f"CASE WHEN s.seconds < {DAY} THEN s.seconds / {MINUTE} * {MINUTE}"
    f" ELSE s.seconds / {HOUR} * {HOUR} END"
)


def ended(*, period: Period, scope: Scope) -> dict[Stage, dict[int, int]]:
    """Stage → seconds of a stay → how many such stays ended in the period."""
    # By number first: numbers are compared faster than words.
    statement = (
        Sql("WITH s AS (")  # noqa: S608
        + _stays(period, scope)
        + f") SELECT {_ROUNDED}, s.stage, COUNT(*) FROM s GROUP BY 1, 2"  # noqa: S608
    )
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for length, stage, count in statement.rows():
        found[stage][length] = count
    return {Stage(stage): counts for stage, counts in found.items()}


def listed(
    *, period: Period, scope: Scope, stage: Stage
) -> list[tuple[int, datetime, int]]:
    """The stays in one stage that ended in the period, latest first."""
    statement = (
        Sql("WITH s AS (")
        + _stays(period, scope)
        + Sql(
            f") SELECT s.lead_id, s.left_at, {_ROUNDED} FROM s WHERE s.stage = %s"  # noqa: S608
            " ORDER BY s.left_at DESC, s.lead_id",
            (stage.value,),
        )
    )
    return [(lead_id, aware(at), length) for lead_id, at, length in statement.rows()]


def _stays(period: Period, scope: Scope) -> Sql:
    """The stays that ended in the period, as `leads.cycles` told them."""
    among, params = scope.sql("lead_id")
    return Sql(
        "SELECT lead_id, from_stage AS stage, at AS left_at, stayed_seconds AS seconds"  # noqa: S608
        " FROM leads_stagechange WHERE stayed_seconds IS NOT NULL"
        f" AND at >= %s AND at < %s{among}",
        (instant(period.start_at), instant(period.end_at), *params),
    )


def standing(*, scope: Scope) -> QuerySet[Standing]:
    """Leads that are under way now; an imported stay has no true age."""
    return _under_way(scope).exclude(lead__in=_erased())


def _under_way(scope: Scope) -> QuerySet[Standing]:
    found = Standing.objects.filter(stage__in=PATH[:-1])
    return scope.narrowed(found.exclude(stage_cause=Cause.IMPORT), "pk")


def _erased() -> QuerySet[Lead, Any]:
    return Lead.objects.filter(erased_at__isnull=False).values("pk")


def _whole_hours(age: timedelta) -> float:
    """In seconds; a median of ages tells no more."""
    return float(max(0, int(age.total_seconds()) // HOUR * HOUR))


def ages(*, scope: Scope, now: datetime) -> dict[Stage, tuple[int, float | None]]:
    """Stage → how many leads are there now, and the median seconds since they came.

    For each stage one statement counts, without a look at who was erased, of whom there
    are few; another finds the one in the middle: the index is in that order.
    """
    found, everybody = standing(scope=scope), _under_way(scope)
    erased = everybody.filter(lead__in=_erased()).order_by()
    gone = dict(erased.values_list("stage").annotate(count=Count("pk")))
    told: dict[Stage, tuple[int, float | None]] = {}
    for stage in PATH[:-1]:
        count = everybody.filter(stage=stage).count() - gone.get(stage, 0)
        since = found.filter(stage=stage).order_by("-stage_since")
        middle = since.values_list("stage_since", flat=True)[max(0, count - 1) // 2 :]
        came_at = middle.first() if count else None
        age = _whole_hours(now - came_at) if came_at else None
        told[stage] = (count, age)
    return told
