"""Who entered a stage in a period, and how far each came: one chain of SQL.

`entries` has a row for each qualification cycle of a lead, with the first entry into
the cohort's stage, and when the cycle first came to each later stage of the path or
beyond it; `reached` has the seconds from the one to the other, NULL where that took
longer than the window. The funnel counts these rows and
its drill-down lists them, so the two cannot differ.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from leads.choices import PATH, Stage
from reports.bands import BANDS, WIDTH
from reports.keys import EMPTY_KEY, EVERYTHING_KEY
from reports.periods import Period
from reports.scope import Scope

DAY = 86_400  # seconds
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
    """All in one reading of the changes: half of the time is in reading them."""
    first, stages = _first_entry(question), question.later_stages
    columns = Sql("SELECT lead_id, cycle, ") + first + " AS entered_at"
    for stage in stages:
        beyond = PATH[PATH.index(stage) :]
        columns += Sql(
            f", MIN(CASE WHEN to_stage IN ({_marks(beyond)}){_seen(question)}"
            f" THEN at END) AS {stage.value}_at",
            tuple(each.value for each in beyond),
        )
    counted = (question.cohort, *stages)
    columns += Sql(
        " FROM leads_stagechange WHERE NOT is_undone"
        f" AND to_stage IN ({_marks(counted)})",
        tuple(stage.value for stage in counted),
    )
    columns += Sql(*question.sql("lead_id"))
    started = Sql(" >= %s", (instant(question.period.start_at),))
    return columns + " GROUP BY lead_id, cycle HAVING " + first + started


def _first_entry(question: Question) -> Sql:
    # Those before the period are read too: a return to the stage is no first entry.
    entry = Sql(
        f"MIN(CASE WHEN to_stage = %s AND at < %s{_seen(question)}",
        (question.cohort.value, instant(question.period.end_at)),
    )
    if not question.with_inferred:
        # A way back (sales gave it back) is no entry, though it is the first one seen.
        back = question.later_stages
        entry += Sql(
            f" AND from_stage NOT IN ({_marks(back)})",
            tuple(stage.value for stage in back),
        )
    return entry + " THEN at END)"


def _seen(question: Question) -> str:
    return "" if question.with_inferred else " AND NOT is_inferred"


def _reached(question: Question) -> Sql:
    # No lower limit: imports know deals that are older than their lead's entry.
    columns = Sql("SELECT e.lead_id, e.cycle, e.entered_at")
    for stage in question.later_stages:
        after = f"{seconds(f'e.{stage.value}_at')} - {seconds('e.entered_at')}"
        if question.window_days is None:
            columns += f", {after} AS {stage.value}_after"
        else:
            limit = question.window_days * DAY
            columns += f", CASE WHEN {after} <= {limit:d} THEN {after} END"
            columns += f" AS {stage.value}_after"
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
_HANDOFF = (
    " LEFT JOIN handoff_handoff h ON h.id = (SELECT x.id FROM handoff_handoff x"
    " WHERE x.lead_id = r.lead_id AND x.cycle = r.cycle"
    " ORDER BY x.routed_at, x.id LIMIT 1)"
)
_JOINS = {
    By.SOURCE: "",
    By.CAMPAIGN: " LEFT JOIN leads_campaign p ON p.id = l.campaign_id",
    By.CHANNEL: " LEFT JOIN leads_campaign p ON p.id = l.campaign_id",
    By.COUNTRY: " LEFT JOIN leads_account a ON a.id = l.account_id",
    By.INDUSTRY: " LEFT JOIN leads_account a ON a.id = l.account_id",
    By.TEAM: f"{_HANDOFF} LEFT JOIN leads_team g ON g.id = h.team_id",
    By.REP: f"{_HANDOFF} LEFT JOIN leads_user u ON u.id = h.rep_id",
}


def from_reached(question: Question) -> str:
    """` FROM reached r` with the tables that `key_sql` reads."""
    if question.by not in _JOINS and question.by not in _CASES:
        return " FROM reached r"
    if question.by in _CASES:
        return (
            " FROM reached r LEFT JOIN leads_stagechange c ON c.id = ("  # noqa: S608
            "SELECT x.id FROM leads_stagechange x WHERE x.lead_id = r.lead_id"
            f" AND x.cycle = r.cycle AND x.to_stage = '{question.cohort.value}'"
            " AND x.at = r.entered_at AND NOT x.is_undone ORDER BY x.id LIMIT 1)"
        )
    lead = " FROM reached r JOIN leads_lead l ON l.id = r.lead_id"
    return lead + _JOINS[question.by]


def _month_sql(period: Period) -> Sql:
    """Months by their borders: both databases then agree, daylight saving or not."""
    case = Sql("CASE")
    for month in period.months:
        limit = (instant(month.end_at),)
        case += Sql(f" WHEN r.entered_at < %s THEN '{month.start:%Y-%m}'", limit)
    return case + " END"


def instant(moment: datetime) -> Any:
    """The moment as this database compares it."""
    return connection.ops.adapt_datetimefield_value(moment)


def seconds(column: str) -> str:
    """SQL for the whole seconds since 1970, the same on both databases."""
    if connection.vendor == "postgresql":
        return f"CAST(floor(date_part('epoch', {column})) AS bigint)"
    return f"CAST(strftime('%%s', substr({column}, 1, 19)) AS integer)"


def _marks(values: tuple[Any, ...]) -> str:
    return ", ".join(["%s"] * len(values))
