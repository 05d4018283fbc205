"""Who entered a stage in a period, and how far each came: one chain of SQL.

`entries` has a row for each qualification cycle of a lead, as `leads.cycles` told it,
with the first entry into the cohort's stage, and when the cycle first came to each
later stage of the path or beyond it; `reached` has the seconds from the one to the
other, NULL where that took longer than the window. The funnel counts these rows and
its drill-down lists them, so the two cannot differ.
"""

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
    columns = f"SELECT k.lead_id, k.cycle, {entered} AS entered"
    for stage in question.later_stages:
        columns += f", {_earliest(question, stage)} AS {stage.value}"
    among, params = question.sql("k.lead_id")
    period = question.period
    return Sql(
        f"{columns} FROM leads_cycle k WHERE {entered} >= %s AND {entered} < %s{among}",
        (epoch(period.start_at), epoch(period.end_at), *params),
    )


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
    columns = Sql("SELECT e.lead_id, e.cycle, e.entered")
    for stage in question.later_stages:
        after = f"e.{stage.value} - e.entered"
        if question.window_days is not None:
            limit = question.window_days * DAY
            after = f"CASE WHEN {after} <= {limit:d} THEN {after} END"
        columns += f", {after} AS {stage.value}_after"
    first = (
        " JOIN (SELECT lead_id, MIN(cycle) AS cycle FROM entries GROUP BY lead_id) f"
        " ON f.lead_id = e.lead_id AND f.cycle = e.cycle"
    )
    return columns + f" FROM entries e{first if question.first_only else ''}"


def key_sql(question: Question) -> Sql:
    """The key of a row of `reached r`; it reads `FROM_REACHED`."""
    if question.by == By.NONE:
        return Sql(f"'{EVERYTHING_KEY}'")
    if question.by == By.MONTH:
        return _month_sql(question.period)
    if question.by in _CASES:
        return Sql(f"COALESCE({_CASES[question.by]}, '{EMPTY_KEY}')")
    return Sql(f"COALESCE(NULLIF(TRIM({_COLUMNS[question.by]}), ''), '{EMPTY_KEY}')")


_COLUMNS = {
    By.SOURCE: "l.source",
    By.CAMPAIGN: "p.name",
    By.CHANNEL: "p.channel",
    By.COUNTRY: "COALESCE(NULLIF(TRIM(l.country), ''), a.country)",
    By.INDUSTRY: "a.industry",
    By.TEAM: "g.name",
    By.REP: "u.email",
}
# What was measured at the entry, as the model of that day had it.
_CASES = {
    By.GRADE: "CASE (c.grade + 2) / 3 WHEN 0 THEN 'F' WHEN 1 THEN 'D' WHEN 2 THEN 'C'"
    " WHEN 3 THEN 'B' WHEN 4 THEN 'A' END",
    By.BAND: "CASE"
    + "".join(
        f" WHEN c.engagement < {WIDTH * (place + 1)} THEN '{band}'"
        for place, band in enumerate(BANDS[:-1])
    )
    + f" WHEN c.engagement IS NOT NULL THEN '{BANDS[-1]}' END",
    By.VERSION: "'v' || c.model_version",
}
# The first hand-off of each cycle.
_HANDOFF = (
    " LEFT JOIN (SELECT lead_id, cycle, rep_id, team_id, ROW_NUMBER() OVER"
    " (PARTITION BY lead_id, cycle ORDER BY routed_at, id) AS place"
    " FROM handoff_handoff) h"
    " ON h.lead_id = r.lead_id AND h.cycle = r.cycle AND h.place = 1"
)
_LEAD = " JOIN leads_lead l ON l.id = r.lead_id"
_CAMPAIGN = f"{_LEAD} LEFT JOIN leads_campaign p ON p.id = l.campaign_id"
_ACCOUNT = f"{_LEAD} LEFT JOIN leads_account a ON a.id = l.account_id"
_JOINS = {
    By.SOURCE: _LEAD,
    By.CAMPAIGN: _CAMPAIGN,
    By.CHANNEL: _CAMPAIGN,
    By.COUNTRY: _ACCOUNT,
    By.INDUSTRY: _ACCOUNT,
    By.TEAM: f"{_HANDOFF} LEFT JOIN leads_team g ON g.id = h.team_id",
    By.REP: f"{_HANDOFF} LEFT JOIN leads_user u ON u.id = h.rep_id",
}


def from_reached(question: Question) -> str:
    """` FROM reached r` with the tables that `key_sql` reads."""
    if question.by in _CASES:
        return (
            " FROM reached r LEFT JOIN (SELECT lead_id, cycle,"  # noqa: S608
            f" {seconds('at')} AS entered, MIN(grade) AS grade,"
            " MIN(engagement) AS engagement, MIN(model_version) AS model_version"
            " FROM leads_stagechange"
            f" WHERE to_stage = '{question.cohort.value}' AND NOT is_undone"
            " GROUP BY lead_id, cycle, 3) c ON c.lead_id = r.lead_id"
            " AND c.cycle = r.cycle AND c.entered = r.entered"
        )
    return " FROM reached r" + _JOINS.get(question.by, "")


def _month_sql(period: Period) -> Sql:
    """Months by their borders: both databases then agree, daylight saving or not."""
    case = Sql("CASE")
    for month in period.months:
        limit = (epoch(month.end_at),)
        case += Sql(f" WHEN r.entered < %s THEN '{month.start:%Y-%m}'", limit)
    return case + " END"
