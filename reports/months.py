"""Leads that qualified, month by month."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.instants import epoch, moment, seconds
from reports.annotations import in_words, marks
from reports.answers import Amount, Column, Kind, Record, Records, Row, Section
from reports.charts import lines
from reports.cohorts import Sql
from reports.estimates import quantiles
from reports.periods import month_finder
from reports.speed import Question

MONTHLY = (
    Column("sqls", gettext_lazy("Qualified (SQL)"), opens=True),
    Column("rate", gettext_lazy("Against the month before"), Kind.SHARE),
    Column("median", gettext_lazy("Median time to SQL"), Kind.TIME),
)


def section(question: Question, now: datetime) -> Section:
    months = question.period.months
    by_month: defaultdict[str, list[float]] = defaultdict(list)
    month_of = month_finder(months)
    for each in qualified(question):
        by_month[month_of(each.at)].append(each.seconds)
    rows = []
    before: int | None = None
    for month in months:
        key = f"{month.start:%Y-%m}"
        times = by_month[key]
        count = len(times)
        rate = (count - before) / before if before else None
        median = quantiles(counts=Counter(times), shares=(0.5,))[0]
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
    period = question.period
    among, params = question.sql("k.lead_id")
    began = (
        f"CASE WHEN k.cycle > 1 THEN k.iql_seconds ELSE {seconds('l.created_at')} END"
    )
    statement = Sql(
        "SELECT k.lead_id, k.qualified_seconds, k.sql_seconds,"  # noqa: S608
        f" COALESCE(k.qualified_seconds - {began}, 0) FROM leads_cycle k"
        " JOIN leads_lead l ON l.id = k.lead_id WHERE k.sql_seconds >= %s"
        f" AND k.sql_seconds < %s AND k.qualified_seconds < %s{among}"
        " ORDER BY k.qualified_seconds, k.lead_id",
        (epoch(period.start_at), epoch(period.end_at), epoch(period.end_at), *params),
    )
    return [
        Qualified(lead_id, moment(at), moment(first_at), max(0, took))
        for lead_id, at, first_at, took in statement.rows()
    ]


def last_full_rate(section: Section, question: Question, now: datetime) -> Amount:
    """The rate of the last month that is over and whole in the period."""
    whole = [
        row
        for month, row in zip(question.period.months, section.rows, strict=True)
        if month.end_at <= min(now, question.period.end_at)
        and month.start >= question.period.start
    ]
    return whole[-1].values["rate"] if len(whole) > 1 else None


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
