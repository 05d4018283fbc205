"""How long leads stayed in a stage: one statement, grouped.

A stay ends with the next change of the lead. Entries that were imported or inferred
have no true time and make no stay.
"""

from datetime import datetime

from django.db.models import QuerySet

from leads.choices import PATH, Cause, Stage
from leads.models import Lead, Standing
from reports.cohorts import Sql, instant, seconds
from reports.entries import aware
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
    found: dict[Stage, dict[int, int]] = {}
    for length, stage, count in statement.rows():
        found.setdefault(Stage(stage), {})[length] = count
    return found


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
    """Each change beside the one before it."""
    among, params = scope.sql("lead_id")
    return Sql(
        "SELECT lead_id, from_stage AS stage, at AS left_at,"  # noqa: S608 - our names
        f" {seconds('at')} - {seconds('since')} AS seconds FROM ("
        "SELECT lead_id, from_stage, to_stage, at, is_imported,"
        " LAG(CASE WHEN is_imported OR is_inferred THEN NULL ELSE at END) OVER w"
        " AS since, LAG(to_stage) OVER w AS was"
        f" FROM leads_stagechange WHERE NOT is_undone{among}"
        " WINDOW w AS (PARTITION BY lead_id ORDER BY at, id)) c"
        " WHERE at >= %s AND at < %s AND since IS NOT NULL AND was = from_stage"
        " AND to_stage <> from_stage AND NOT is_imported",
        (*params, instant(period.start_at), instant(period.end_at)),
    )


def standing(*, scope: Scope) -> QuerySet[Standing]:
    """Leads that are under way now; an imported stay has no true age."""
    found = Standing.objects.filter(stage__in=PATH[:-1]).exclude(
        lead__in=Lead.objects.filter(erased_at__isnull=False).values("pk")
    )
    return scope.narrowed(found.exclude(stage_cause=Cause.IMPORT), "pk")


def ages(*, scope: Scope, now: datetime) -> dict[Stage, dict[int, int]]:
    """Stage → whole hours since the entry, in seconds → how many leads."""
    among, params = standing(scope=scope).order_by().query.sql_with_params()
    start = among.index(" FROM ")
    age = f"(%s - {seconds('stage_since')}) / {HOUR} * {HOUR}"
    statement = Sql(
        f"SELECT {age}, stage, COUNT(*){among[start:]} GROUP BY 1, 2",
        (int(now.timestamp()), *params),
    )
    groups: dict[Stage, dict[int, int]] = {}
    for length, stage, count in statement.rows():
        counts = groups.setdefault(Stage(stage), {})
        counts[max(0, length)] = counts.get(max(0, length), 0) + count
    return groups
