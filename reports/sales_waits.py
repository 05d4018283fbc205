"""How long SQLs waited until sales accepted them, in working time."""

from statistics import median_low
from typing import NamedTuple

from handoff.choices import HandoffStatus
from handoff.sla.meters import Meters
from leads.choices import Stage
from leads.instants import instant, seconds
from reports.cohorts import Sql
from reports.periods import Period
from reports.scope import Scope


class Median(NamedTuple):
    """In the middle of n waits, in seconds of working time."""

    seconds: int
    n: int


def until_accepted(*, period: Period, scope: Scope) -> Median | None:
    """From becoming an SQL to being accepted in the period; None where none was.

    Working time by the calendar of the hand-off's rep, else of its team.
    """
    rows = _rows(period, scope)
    if not rows:
        return None
    meters = Meters(min(row[2] for row in rows), max(row[3] for row in rows))
    worked = []
    for user_id, team_id, since, until in rows:
        meter = meters[team_id, user_id]
        worked.append(meter(until) - meter(since))
    return Median(median_low(worked), len(worked))


def _rows(
    period: Period, scope: Scope
) -> list[tuple[int | None, int | None, int, int]]:
    """Rep, team, and from when until when, in whole seconds since 1970."""
    among, params = scope.sql("c.lead_id")
    until = seconds("c.at")
    statement = Sql(
        f"SELECT h.rep_id, h.team_id, {until} - c.stayed_seconds, {until}"  # noqa: S608
        " FROM leads_stagechange c JOIN handoff_handoff h"
        # The acceptance and the change that it makes are of one instant.
        " ON h.lead_id = c.lead_id AND h.decided_at = c.at"
        f" WHERE h.status = '{HandoffStatus.ACCEPTED.value}'"
        f" AND c.from_stage = '{Stage.SQL.value}'"
        f" AND c.to_stage = '{Stage.ACCEPTED.value}'"
        " AND c.stayed_seconds IS NOT NULL AND c.at >= %s AND c.at < %s"
        f"{among}",
        (instant(period.start_at), instant(period.end_at), *params),
    )
    return statement.rows()
