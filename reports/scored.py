"""Hand-offs with the score with which their lead became an SQL, counted in SQL.

`_facts` has a row a hand-off. The report counts these rows and its drill-down lists
them, so the two cannot differ.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from handoff.choices import NOT_QUALITY, HandoffStatus
from leads.choices import Stage
from leads.instants import aware, instant, seconds
from reports.bands import band_of, letter_of
from reports.cohorts import Sql, band_sql, month_sql
from reports.keys import EMPTY_KEY
from reports.periods import Period
from reports.scope import Scope


@dataclass(frozen=True)
class Question(Scope):
    """Hand-offs routed in `period`, by the score with which the lead became an SQL."""

    period: Period


class Ending(NamedTuple):
    """How a hand-off ended; of the few that there are, many are alike."""

    outcome: str
    has_deal: bool
    is_won: bool


class Alike(NamedTuple):
    """So many hand-offs that are alike in all that the report tells.

    month: in which they were routed. score: the median of all of that month, if it is
    that of one of these.
    """

    month: str
    band: str
    letter: str
    version: int | None
    ending: Ending
    n: int
    score: float | None


class Fact(NamedTuple):
    """One hand-off with the score of that day, not of today's model."""

    lead_id: int
    routed_at: datetime
    ending: Ending
    score: float | None
    band: str
    letter: str


def alike(question: Question) -> list[Alike]:
    """All hand-offs of the period: one query."""
    months = question.period.months
    statement = (
        Sql("SELECT m.month, m.band, m.grade, m.version, m.status, m.category,")  # noqa: S608
        + " m.has_deal, m.is_won, COUNT(*),"
        + " MAX(CASE WHEN m.place = (m.scored + 1) / 2 THEN m.score END)"
        + " FROM (SELECT f.*, COUNT(f.score) OVER (PARTITION BY f.month) AS scored,"
        + " ROW_NUMBER() OVER (PARTITION BY f.month ORDER BY f.score IS NULL, f.score)"
        + f" AS place FROM (SELECT f.*, {band_sql('f.score')} AS band, "
        + month_sql(seconds("f.routed_at"), months)
        + " AS month FROM ("
        + _facts(question)
        + ") f) f) m GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"
    )
    return [
        Alike(
            month=month,
            band=band or EMPTY_KEY,
            letter=letter_of(grade),
            version=version,
            ending=_ending(*ending),
            n=n,
            score=score,
        )
        for month, band, grade, version, *ending, n, score in statement.rows()
    ]


def facts(question: Question) -> list[Fact]:
    """One a hand-off, latest first: one query."""
    statement = (
        Sql("SELECT f.lead_id, f.routed_at, f.score, f.grade,")  # noqa: S608
        + " f.status, f.category, f.has_deal, f.is_won FROM ("
        + _facts(question)
        + ") f ORDER BY f.routed_at DESC, f.id DESC"
    )
    return [
        Fact(
            lead_id=lead_id,
            routed_at=aware(routed_at),
            ending=_ending(*ending),
            score=score,
            band=band_of(score),
            letter=letter_of(grade),
        )
        for lead_id, routed_at, score, grade, *ending in statement.rows()
    ]


def _facts(question: Question) -> Sql:
    """A row a hand-off, with the last entry into SQL of its cycle before it."""
    period = question.period
    among, params = question.handoffs_sql("h.id")
    return Sql(
        "SELECT h.id, h.lead_id, h.routed_at, h.status, w.category, h.score,"  # noqa: S608
        " h.grade, h.version, d.handoff_id IS NOT NULL AS has_deal,"
        " COALESCE(d.won, 0) > 0 AS is_won FROM (SELECT h.id, h.lead_id, h.routed_at,"
        " h.status, h.reason_id, c.engagement AS score, c.grade,"
        " c.model_version AS version, ROW_NUMBER() OVER"
        " (PARTITION BY h.id ORDER BY c.at DESC, c.id DESC) AS place"
        " FROM handoff_handoff h LEFT JOIN leads_stagechange c"
        " ON c.lead_id = h.lead_id AND c.cycle = h.cycle AND c.at <= h.routed_at"
        f" AND c.to_stage = '{Stage.SQL.value}' AND NOT c.is_undone"
        f" WHERE h.routed_at >= %s AND h.routed_at < %s{among}) h"
        " LEFT JOIN handoff_rejectionreason w ON w.id = h.reason_id"
        " LEFT JOIN (SELECT handoff_id, COUNT(won_at) AS won FROM handoff_deal"
        " WHERE handoff_id IS NOT NULL GROUP BY handoff_id) d ON d.handoff_id = h.id"
        " WHERE h.place = 1",
        (instant(period.start_at), instant(period.end_at), *params),
    )


def _ending(status: str, category: str | None, has_deal: bool, is_won: bool) -> Ending:
    """Rejections that say nothing of the lead are left out, as in acceptance."""
    is_other = status == HandoffStatus.REJECTED and category in NOT_QUALITY
    return Ending("other" if is_other else status, bool(has_deal), bool(is_won))
