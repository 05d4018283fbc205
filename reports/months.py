"""Leads that qualified, month by month."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.choices import Stage
from reports.annotations import in_words, marks
from reports.answers import Amount, Column, Kind, Record, Records, Row, Section
from reports.charts import lines
from reports.cohorts import Sql, instant, seconds
from reports.entries import aware
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


@dataclass(frozen=True)
class Qualified:
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
    among, among_params = question.sql("lead_id")
    statement = Sql(
        "WITH e AS (SELECT lead_id, cycle, MIN(at) AS first_at,"  # noqa: S608 - our names
        " MIN(CASE WHEN NOT is_imported THEN at END) AS at FROM leads_stagechange"
        f" WHERE to_stage = %s AND NOT is_undone AND at < %s{among}"
        " GROUP BY lead_id, cycle HAVING MIN(at) >= %s),"
        " i AS (SELECT lead_id, cycle, MIN(at) AS at FROM leads_stagechange"
        " WHERE to_stage = %s AND cycle > 1 AND NOT is_undone AND at < %s"
        " GROUP BY lead_id, cycle)"
        " SELECT e.lead_id, e.at, e.first_at,"
        f" CASE WHEN e.cycle > 1 AND i.at IS NULL THEN 0 ELSE {seconds('e.at')}"
        f" - {seconds('COALESCE(i.at, l.created_at)')} END"
        " FROM e JOIN leads_lead l ON l.id = e.lead_id"
        " LEFT JOIN i ON i.lead_id = e.lead_id AND i.cycle = e.cycle"
        " WHERE e.at IS NOT NULL ORDER BY e.at, e.lead_id",
        (
            Stage.SQL.value,
            instant(period.end_at),
            *among_params,
            instant(period.start_at),
            Stage.IQL.value,
            instant(period.end_at),
        ),
    )
    return [
        Qualified(lead_id, aware(at), aware(first_at), max(0, took))
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
