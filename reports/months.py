"""Leads that qualified, month by month."""

from datetime import datetime
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.instants import epoch, moment
from reports.annotations import in_words, marks
from reports.answers import (
    Amount,
    Column,
    Kind,
    Record,
    Records,
    Row,
    Section,
    total_of,
)
from reports.charts import lines
from reports.cohorts import Sql, month_sql
from reports.estimates import SMALLEST_N
from reports.periods import month_finder
from reports.speed import Question

MONTHLY = (
    Column("sqls", gettext_lazy("Qualified (SQL)"), opens=True),
    Column(
        "rate",
        gettext_lazy("Against the month before"),
        Kind.SHARE,
        definition="lead-velocity",
    ),
    Column(
        "median",
        gettext_lazy("Median time to SQL"),
        Kind.TIME,
        definition="time-to-sql",
    ),
)


def section(question: Question, now: datetime) -> Section:
    months = question.period.months
    counted = _counted(question)
    rows = []
    before: int | None = None
    for month in months:
        key = f"{month.start:%Y-%m}"
        count, median = counted.get(key, (0, None))
        rate = (count - before) / before if before and before >= SMALLEST_N else None
        label = date_format(month.start, "M Y")
        rows.append(Row(key, label, {"sqls": count, "rate": rate, "median": median}))
        before = count
    marked = marks(months)
    return Section(
        name="months",
        title=_("Qualified leads by month"),
        first=_("Month"),
        columns=MONTHLY,
        rows=rows,
        chart=lines(
            title=_("Qualified leads by month"),
            labels=[str(row.label) for row in rows],
            series={_("SQLs"): [row.values["sqls"] for row in rows]},
            kind=Kind.COUNT,
            marks=marked,
        ),
        note=_("The first and the last month may be cut off by the period.")
        + in_words(marked),
        definition="lead-velocity",
    )


class Qualified(NamedTuple):
    """The first entry of a cycle into SQL that was seen as it happened.

    first_at: when the cycle first entered SQL, be it imported. seconds: how long it
    took since the lead came, or since the IQL of a later cycle.
    """

    lead_id: int
    at: datetime
    first_at: datetime
    seconds: float


def qualified(question: Question) -> list[Qualified]:
    """Those whose first entry lies in the period, oldest first: one query."""
    statement = (
        Sql("SELECT q.lead_id, q.at, q.first_at, q.took FROM (")  # noqa: S608
        + _qualified(question)
        + ") q ORDER BY q.at, q.lead_id"
    )
    return [
        Qualified(lead_id, moment(at), moment(first_at), took)
        for lead_id, at, first_at, took in statement.rows()
    ]


def _qualified(question: Question) -> Sql:
    """The same in SQL: all in seconds, and none took less than 0."""
    period = question.period
    among, params = question.sql("k.lead_id")
    took = (
        "k.qualified_seconds"
        " - CASE WHEN k.cycle > 1 THEN k.iql_seconds ELSE k.created_seconds END"
    )
    return Sql(
        "SELECT k.lead_id, k.qualified_seconds AS at, k.sql_seconds AS first_at,"  # noqa: S608
        f" CASE WHEN {took} > 0 THEN {took} ELSE 0 END AS took"
        " FROM leads_cycle k WHERE k.sql_seconds >= %s"
        f" AND k.sql_seconds < %s AND k.qualified_seconds < %s{among}",
        (epoch(period.start_at), epoch(period.end_at), epoch(period.end_at), *params),
    )


def _counted(question: Question) -> dict[str, tuple[int, float]]:
    """Month → how many qualified, and the median of how long that took them."""
    statement = (
        Sql("SELECT p.month, p.n, p.took FROM (SELECT m.month, m.took,")  # noqa: S608
        + " COUNT(*) OVER (PARTITION BY m.month) AS n,"
        + " ROW_NUMBER() OVER (PARTITION BY m.month ORDER BY m.took) AS place"
        + " FROM (SELECT q.took, "
        + month_sql("q.at", question.period.months)
        + " AS month FROM ("
        + _qualified(question)
        + ") q) m) p WHERE p.place = (p.n + 1) / 2"
    )
    return {month: (n, took) for month, n, took in statement.rows()}


def last_full_rate(
    section: Section, question: Question, now: datetime
) -> tuple[Amount, int | None]:
    """The rate of the last month that is over and whole in the period, and its n.

    Its n are the SQLs of the month before; both are None without two such months.
    """
    whole = [
        row
        for month, row in zip(question.period.months, section.rows, strict=True)
        if month.end_at <= min(now, question.period.end_at)
        and month.start >= question.period.start
    ]
    if len(whole) < 2:
        return None, None
    before, last = whole[-2:]
    return last.values["rate"], total_of([before], "sqls")


def records(question: Question, key: str) -> Records:
    month_of = month_finder(question.period.months)
    rows = [
        Record(each.lead_id, (each.at, each.seconds))
        for each in qualified(question)
        if key in ("", month_of(each.at))
    ]
    columns = (
        Column("entered_at", _("Entered SQL"), Kind.INSTANT),
        Column("seconds", _("Took"), Kind.TIME),
    )
    return Records(_("Qualified leads"), columns, rows)
