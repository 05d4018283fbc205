"""How long leads stayed in a stage: one statement, grouped.

A stay ends with the next change of the lead. Entries that were imported or inferred
have no true time and make no stay.
"""

from datetime import datetime

from django.db.models import QuerySet

from leads.choices import PATH, Cause, Stage
from leads.models import Standing
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
    statement = (
        Sql("WITH s AS (")  # noqa: S608
        + _stays(period, scope)
        + f") SELECT s.stage, {_ROUNDED}, COUNT(*) FROM s GROUP BY 1, 2"  # noqa: S608
    )
    found: dict[Stage, dict[int, int]] = {}
    for stage, length, count in statement.rows():
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
    statement = Sql(
        "SELECT c.lead_id, c.from_stage AS stage, c.at AS left_at,"  # noqa: S608
        f" {seconds('c.at')} - {seconds('p.at')} AS seconds"
        " FROM leads_stagechange c JOIN leads_stagechange p ON p.id = ("
        "SELECT x.id FROM leads_stagechange x WHERE x.lead_id = c.lead_id"
        " AND NOT x.is_undone AND (x.at < c.at OR (x.at = c.at AND x.id < c.id))"
        " ORDER BY x.at DESC, x.id DESC LIMIT 1)"
        " WHERE NOT c.is_undone AND NOT c.is_imported AND NOT p.is_imported"
        " AND NOT p.is_inferred AND p.to_stage = c.from_stage"
        " AND c.to_stage <> c.from_stage AND c.at >= %s AND c.at < %s",
        (instant(period.start_at), instant(period.end_at)),
    )
    return statement + Sql(*scope.sql("c.lead_id"))


def standing(*, scope: Scope) -> QuerySet[Standing]:
    """Leads that are under way now; an imported stay has no true age."""
    found = Standing.objects.filter(stage__in=PATH[:-1], lead__erased_at=None)
    found = found.exclude(stage_cause=Cause.IMPORT)
    return scope.narrowed(found, "pk")


def ages(*, scope: Scope, now: datetime) -> dict[Stage, dict[int, int]]:
    """Stage → whole hours since the entry, in seconds → how many leads."""
    among = Sql(*standing(scope=scope).order_by().values("pk").query.sql_with_params())
    age = f"(%s - {seconds('t.stage_since')}) / {HOUR} * {HOUR}"
    statement = (
        Sql(f"SELECT t.stage, {age}, COUNT(*)", (int(now.timestamp()),))  # noqa: S608
        + Sql(" FROM leads_standing t WHERE t.lead_id IN (")
        + among
        + ") GROUP BY 1, 2"
    )
    groups: dict[Stage, dict[int, int]] = {}
    for stage, length, count in statement.rows():
        counts = groups.setdefault(Stage(stage), {})
        counts[max(0, length)] = counts.get(max(0, length), 0) + count
    return groups
