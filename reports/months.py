"""Leads that qualified, month by month."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.choices import Stage
from leads.models import StageChange
from reports.answers import Amount, Column, Kind, Record, Records, Row, Section
from reports.charts import lines
from reports.estimates import quantiles
from reports.periods import Period
from reports.speed import Question

MONTHLY = (
    Column("sqls", gettext_lazy("Qualified (SQL)"), opens=True),
    Column("rate", gettext_lazy("Against the month before"), Kind.SHARE),
    Column("median", gettext_lazy("Median time to SQL"), Kind.TIME),
)


def section(question: Question, now: datetime) -> Section:
    months = question.period.months
    by_month: defaultdict[str, list[float]] = defaultdict(list)
    for _lead_id, at, seconds in qualified(question):
        by_month[_month_of(at, months)].append(seconds)
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
        ),
        note=_("The first and the last month may be cut off by the period."),
        definition="lead-velocity",
    )


def qualified(question: Question) -> list[tuple[int, datetime, float]]:
    """First entries into SQL of a cycle: lead, instant, seconds it took."""
    period = question.period
    found = StageChange.objects.filter(
        to_stage__in=(Stage.SQL, Stage.IQL), is_undone=False, at__lt=period.end_at
    )
    entered = found.filter(
        to_stage=Stage.SQL, at__gte=period.start_at, is_imported=False
    )
    entered = question.narrowed(entered)
    first: dict[tuple[int, int], tuple[datetime, datetime]] = {}
    rows = entered.order_by("at", "pk").values_list(
        "lead", "cycle", "at", "lead__created_at"
    )
    for lead_id, cycle, at, created_at in rows.iterator():
        first.setdefault((lead_id, cycle), (at, created_at))
    return _timed(first, period)


def _timed(
    first: dict[tuple[int, int], tuple[datetime, datetime]], period: Period
) -> list[tuple[int, datetime, float]]:
    """Without those that entered before the period, and with how long each took."""
    entries = StageChange.objects.filter(
        is_undone=False, lead__in=_leads_entered(period)
    ).order_by()
    earlier = set(
        entries.filter(to_stage=Stage.SQL, at__lt=period.start_at).values_list(
            "lead", "cycle"
        )
    )
    started: dict[tuple[int, int], datetime] = {}
    for lead_id, cycle, at in entries.filter(
        to_stage=Stage.IQL, cycle__gt=1
    ).values_list("lead", "cycle", "at"):
        known = started.get((lead_id, cycle))
        started[lead_id, cycle] = min(known, at) if known else at
    return [
        (
            lead_id,
            at,
            max(0.0, (at - started.get((lead_id, cycle), created_at)).total_seconds())
            if cycle == 1 or (lead_id, cycle) in started
            else 0.0,
        )
        for (lead_id, cycle), (at, created_at) in first.items()
        if (lead_id, cycle) not in earlier
    ]


def _leads_entered(period: Period) -> Any:
    return StageChange.objects.filter(
        to_stage=Stage.SQL, at__gte=period.start_at, at__lt=period.end_at
    ).values("lead")


def _month_of(at: datetime, months: list[Period]) -> str:
    for month in months:
        if at < month.end_at:
            return f"{month.start:%Y-%m}"
    return ""


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
    months = question.period.months
    rows = [
        Record(lead_id, (at, seconds))
        for lead_id, at, seconds in qualified(question)
        if key in ("", _month_of(at, months))
    ]
    columns = (
        Column("entered_at", _("Entered SQL"), Kind.INSTANT),
        Column("seconds", _("Took"), Kind.TIME),
    )
    return Records(_("Qualified leads"), columns, rows)
