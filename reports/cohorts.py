"""Who entered a stage in a period, and how far each came: one chain of SQL.

`entries` has a row for each qualification cycle of a lead, as `leads.cycles` told it,
with the first entry into the cohort's stage, and when the cycle first came to each
later stage of the path or beyond it; `reached` has the seconds from the one to the
other, NULL where that took longer than the window, and `steps`: how many of the later
stages it came to in time. The funnel counts these rows and its drill-down lists them,
so the two cannot differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from leads.choices import PATH, Stage
from leads.instants import epoch, seconds
from reports.bands import BANDS, WIDTH
from reports.keys import EMPTY_KEY, EVERYTHING_KEY
from reports.periods import Period
from reports.scope import Scope

DAY = 86_400  # seconds
# Later than any instant of ours, in seconds since 1970.
NEVER = 10**12
# The usual window of a conversion.
WINDOW_DAYS = 90
# A customer cannot come further, so there is no cohort of customers.
COHORTS = PATH[:-1]


class By(TextChoices):
    """What the rows of the funnel stand for."""

    SOURCE = "source", _("Source")
    CAMPAIGN = "campaign", _("Campaign")
    CHANNEL = "channel", _("Channel")
    COUNTRY = "country", _("Country")
    INDUSTRY = "industry", _("Industry")
    TEAM = "team", _("Team")
    REP = "rep", _("Rep")
    GRADE = "grade", _("Grade at entry")
    BAND = "band", _("Score at entry")
    VERSION = "version", _("Model version")
    MONTH = "month", _("Month of entry")
    NONE = "none", _("Nothing, one row")


@dataclass(frozen=True)
class Question(Scope):
    """What the reader asks: who entered `cohort` in `period`, and what became of them.

    window_days: how long after the entry a conversion counts, None is for ever.
    """

    cohort: Stage
    period: Period
    window_days: int | None = WINDOW_DAYS
    by: By = By.SOURCE
    with_inferred: bool = True
    # Each person once, with the first cycle that entered in the period.
    first_only: bool = False

    @property
    def later_stages(self) -> tuple[Stage, ...]:
        return PATH[PATH.index(self.cohort) + 1 :]

    def mature_before(self, now: datetime) -> datetime | None:
        """Entries until this instant have had their whole window; None: no limit."""
        if self.window_days is None:
            return None
        return now - timedelta(days=self.window_days)


@dataclass(frozen=True)
class Sql:
    """A piece of a statement with its parameters, in the order of the text."""

    text: str
    params: tuple[Any, ...] = ()

    def __add__(self, other: "Sql | str") -> "Sql":
        if isinstance(other, str):
            return replace(self, text=self.text + other)
        return Sql(self.text + other.text, self.params + other.params)

    def rows(self) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(self.text, self.params)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found


def chain(question: Question) -> Sql:
    """`WITH entries …, reached …`, for a SELECT from `reached` to follow."""
    return (
        Sql("WITH entries AS (")
        + _entries(question)
        + "), reached AS ("
        + _reached(question)
        + ")"
    )


def _entries(question: Question) -> Sql:
    """Cycles whose first entry into the cohort's stage lies in the period."""
    entered = entered_in(question.cohort, with_inferred=question.with_inferred)
    columns = (
        "SELECT k.lead_id, k.cycle, k.source, k.campaign_id, k.country, k.industry"
    )
    columns += f", {entered} AS entered, {_steps(question)}"
    for stage in question.later_stages:
        columns += f", {_earliest(question, stage)} AS {stage.value}"
    among, params = question.sql("k.lead_id")
    period = (epoch(question.period.start_at), epoch(question.period.end_at))
    found = Sql(
        f"{columns} FROM leads_cycle k WHERE {entered} >= %s AND {entered} < %s{among}",
        (*period, *params),
    )
    if not question.first_only:
        return found
    # Few leads have another cycle, and only for them an earlier one is looked up.
    earlier = entered.replace("k.", "f.")
    return found + Sql(
        " AND (k.cycle = 1 OR NOT EXISTS (SELECT 1 FROM leads_cycle f"  # noqa: S608
        " WHERE f.lead_id = k.lead_id AND f.cycle < k.cycle"
        f" AND {earlier} >= %s AND {earlier} < %s))",
        period,
    )


def _steps(question: Question) -> str:
    """How far a cycle came in time, 0 to as many as there are later stages.

    Who comes beyond a stage came to it: the furthest tells all, and is soon found.
    """
    entered = entered_in(question.cohort, with_inferred=question.with_inferred)
    limit = "IS NOT NULL"
    if question.window_days is not None:
        limit = f"<= {entered} + {question.window_days * DAY:d}"
    furthest = [
        f" WHEN {entered_in(stage, with_inferred=question.with_inferred)} {limit}"
        f" THEN {number}"
        for number, stage in enumerate(question.later_stages, 1)
    ]
    return f"CASE{''.join(reversed(furthest))} ELSE 0 END AS steps"


def entered_in(stage: Stage, *, with_inferred: bool) -> str:
    """The column of `leads_cycle k` that says when it first came to the stage."""
    return f"k.{stage.value}{'' if with_inferred else '_seen'}_seconds"


def _earliest(question: Question, stage: Stage) -> str:
    """When a cycle first came to the stage or beyond it."""
    beyond = [
        entered_in(each, with_inferred=question.with_inferred)
        for each in PATH[PATH.index(stage) :]
    ]
    if len(beyond) == 1:
        return beyond[0]
    if connection.vendor == "postgresql":
        return f"LEAST({', '.join(beyond)})"
    # The least of SQLite is nothing where one of them is.
    filled = ", ".join(f"COALESCE({each}, {NEVER})" for each in beyond)
    return f"NULLIF(MIN({filled}), {NEVER})"


def _reached(question: Question) -> Sql:
    # No lower limit: imports know deals that are older than their lead's entry.
    columns = Sql(
        "SELECT e.lead_id, e.cycle, e.source, e.campaign_id, e.country, e.industry,"
        " e.entered, e.steps"
    )
    for stage in question.later_stages:
        after = f"e.{stage.value} - e.entered"
        if question.window_days is not None:
            limit = question.window_days * DAY
            after = f"CASE WHEN {after} <= {limit:d} THEN {after} END"
        columns += f", {after} AS {stage.value}_after"
    return columns + " FROM entries e"


def band_sql(score: str) -> str:
    """SQL for the band of a score, NULL without one."""
    return (
        "CASE"
        + "".join(
            f" WHEN {score} < {WIDTH * (place + 1)} THEN '{band}'"
            for place, band in enumerate(BANDS[:-1])
        )
        + f" WHEN {score} IS NOT NULL THEN '{BANDS[-1]}' END"
    )


def raw_sql(question: Question) -> Sql:
    """What a row of `reached r` is split by, fast to group; reads `from_reached`.

    A name is the same for many rows, and is looked up once for all of them.
    """
    if question.by == By.NONE:
        return Sql(f"'{EVERYTHING_KEY}'")
    if question.by == By.MONTH:
        return month_sql("r.entered", question.period.months)
    if question.by in _CASES:
        return Sql(f"COALESCE({_CASES[question.by]}, '{EMPTY_KEY}')")
    return Sql(_RAW[question.by])


def named(question: Question, columns: str, rows: Sql) -> Sql:
    """A SELECT of the key and the columns of rows `g`, whose `raw` is as above."""
    key = _NAMES.get(question.by, "g.raw")
    if question.by in _RAW:
        key = f"COALESCE(NULLIF(TRIM({key}), ''), '{EMPTY_KEY}')"
    return (
        Sql(f"SELECT {key} AS key, {columns} FROM (")  # noqa: S608
        + rows
        + f") g{_NAMED_BY.get(question.by, '')}"
    )


_RAW = {
    By.SOURCE: "r.source",
    By.CAMPAIGN: "r.campaign_id",
    By.CHANNEL: "r.campaign_id",
    By.COUNTRY: "r.country",
    By.INDUSTRY: "r.industry",
    By.TEAM: "h.team_id",
    By.REP: "h.rep_id",
}
_NAMES = {
    By.CAMPAIGN: "p.name",
    By.CHANNEL: "p.channel",
    By.TEAM: "t.name",
    By.REP: "u.email",
}
_CAMPAIGN = " LEFT JOIN leads_campaign p ON p.id = g.raw"
_NAMED_BY = {
    By.CAMPAIGN: _CAMPAIGN,
    By.CHANNEL: _CAMPAIGN,
    By.TEAM: " LEFT JOIN leads_team t ON t.id = g.raw",
    By.REP: " LEFT JOIN leads_user u ON u.id = g.raw",
}
# What was measured at the entry, as the model of that day had it.
_CASES = {
    By.GRADE: "CASE (c.grade + 2) / 3 WHEN 0 THEN 'F' WHEN 1 THEN 'D' WHEN 2 THEN 'C'"
    " WHEN 3 THEN 'B' WHEN 4 THEN 'A' END",
    By.BAND: band_sql("c.engagement"),
    By.VERSION: "'v' || c.model_version",
}
_MEASURED = {By.GRADE: "grade", By.BAND: "engagement", By.VERSION: "model_version"}
# The first hand-off of each cycle.
_HANDOFF = (
    " LEFT JOIN (SELECT lead_id, cycle, rep_id, team_id, ROW_NUMBER() OVER"
    " (PARTITION BY lead_id, cycle ORDER BY routed_at, id) AS place"
    " FROM handoff_handoff) h"
    " ON h.lead_id = r.lead_id AND h.cycle = r.cycle AND h.place = 1"
)
_JOINS = {
    By.TEAM: _HANDOFF,
    By.REP: _HANDOFF,
}


def from_reached(question: Question) -> str:
    """` FROM reached r` with the tables that `raw_sql` reads."""
    if question.by in _CASES:
        measured = _MEASURED[question.by]
        return (
            " FROM reached r LEFT JOIN (SELECT lead_id, cycle,"  # noqa: S608
            f" {seconds('at')} AS entered, MIN({measured}) AS {measured}"
            " FROM leads_stagechange"
            f" WHERE to_stage = '{question.cohort.value}' AND NOT is_undone"
            # Of most who come nothing is measured yet.
            f" AND {measured} IS NOT NULL"
            " GROUP BY lead_id, cycle, 3) c ON c.lead_id = r.lead_id"
            " AND c.cycle = r.cycle AND c.entered = r.entered"
        )
    return " FROM reached r" + _JOINS.get(question.by, "")


def month_sql(column: str, months: Sequence[Period]) -> Sql:
    """The key of the first of the months that ends after so many seconds since 1970.

    By their borders: both databases then agree, daylight saving or not.
    """
    case = Sql("CASE")
    for month in months:
        limit = (epoch(month.end_at),)
        case += Sql(f" WHEN {column} < %s THEN '{month.start:%Y-%m}'", limit)
    return case + " END"
