"""Sources, campaigns or countries side by side: what came of their leads."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.models import Deal
from leads.choices import Stage
from leads.models import StageChange
from reports import cohorts, costs, entries, funnel, splits, won_times
from reports.answers import (
    Amount,
    Answer,
    Cell,
    Column,
    Figure,
    Kind,
    NoSuchNumberError,
    Record,
    Records,
    Row,
    Section,
    check_opens,
)
from reports.charts import bars
from reports.estimates import Estimate, quantiles, wilson
from reports.money import cents
from reports.periods import Period
from reports.scope import Scope
from reports.splits import DEAL, Split
from reports.words import channel_label, key_label, shown

# Which of the splits are known of a lead from the beginning.
SPLITS = {
    Split.SOURCE: cohorts.By.SOURCE,
    Split.CAMPAIGN: cohorts.By.CAMPAIGN,
    Split.CHANNEL: cohorts.By.CHANNEL,
    Split.COUNTRY: cohorts.By.COUNTRY,
    Split.INDUSTRY: cohorts.By.INDUSTRY,
}
REACHED = (Stage.MQL, Stage.SQL, Stage.ACCEPTED, Stage.CUSTOMER)
COLUMNS = (
    Column("leads", gettext_lazy("Leads"), opens=True, definition="cohort-leads"),
    *(Column(stage.value, stage.label, opens=True) for stage in REACHED),
    Column("sql_share", gettext_lazy("SQL of leads"), Kind.SHARE),
    Column("customer_share", gettext_lazy("Won of leads"), Kind.SHARE),
    Column("deals", gettext_lazy("Won deals"), opens=True, definition="won-in-period"),
    Column("revenue", gettext_lazy("Won revenue"), Kind.MONEY),
    Column("days", gettext_lazy("Median to won"), Kind.TIME, definition="time-to-won"),
)


@dataclass(frozen=True)
class Question(Scope):
    """Leads that came in `period` by what became of them until now."""

    period: Period
    by: Split = Split.SOURCE

    @property
    def cohort(self) -> cohorts.Question:
        """The same leads as the funnel counts them, without a limit."""
        return cohorts.Question(
            cohort=Stage.NEW,
            period=self.period,
            window_days=None,
            by=SPLITS[self.by],
            **self.same,
        )


class Sale(NamedTuple):
    """One deal won in the period, and how long its lead took to it.

    mql_at: when the lead first became an MQL; None if it never was one.
    """

    lead_id: int
    key: str
    name: str
    won_at: datetime
    cents: int
    seconds: int
    mql_at: datetime | None


def answer(*, question: Question, now: datetime) -> Answer:
    """A row a key, most leads first: two queries, one more for costs of campaigns."""
    came = funnel.funnel(question=question.cohort, now=now)
    sales = won_in_period(question)
    sold: defaultdict[str, list[Sale]] = defaultdict(list)
    for sale in sales:
        sold[sale.key].append(sale)
    keys = [row.key for row in came.rows]
    keys += sorted({*sold} - set(keys))
    by_key = {row.key: row for row in came.rows}
    rows = [
        Row(
            key,
            channel_label(key) if question.by == Split.CHANNEL else key_label(key),
            _values(by_key.get(key), sold[key]),
        )
        for key in keys
    ]
    total = Row("", _("Total"), _values(came.total, sales))
    section = Section(
        name="sources",
        title=_("Side by side"),
        first=question.by.label,
        columns=COLUMNS,
        rows=rows,
        total=total,
        chart=bars(
            title=_("SQL of leads"),
            rows=[(row.label, row.values["sql_share"]) for row in rows],
            kind=Kind.SHARE,
        ),
        note=_(
            "Stages are of the leads that came in the period, as of now; younger ones"
            " have had less time. Deals and revenue are those won in the period."
        ),
    )
    sections = [section]
    if question.by == Split.CAMPAIGN:
        came_by = {row.key: row.values for row in rows}
        paid = costs.section(period=question.period, came=came_by)
        sections += [paid] if paid else []
    sections += won_times.sections(question.by, sales)
    return Answer(
        figures=_figures(total),
        sections=sections,
        sentences=_sentences(rows),
        is_empty=not rows,
    )


def won_in_period(question: Question) -> list[Sale]:
    """The deals won in the period with the key of their lead, latest first."""
    return [
        Sale(
            lead_id,
            key,
            name,
            won_at,
            cents(amount, rate),
            max(0, int((won_at - created_at).total_seconds())),
            mql_at,
        )
        for lead_id, key, name, won_at, amount, rate, created_at, mql_at in _won(
            question
        )
    ]


def _won(question: Question) -> QuerySet[Any]:
    period = question.period
    found = question.narrowed(Deal.objects.all()).filter(
        won_at__gte=period.start_at, won_at__lt=period.end_at
    )
    entered = StageChange.objects.filter(
        lead=OuterRef("lead"), to_stage=Stage.MQL, is_undone=False
    )
    first = entered.order_by().values("lead").annotate(first=Min("at")).values("first")
    key, _label = splits.key_and_label(question.by, DEAL)
    rows = found.annotate(key=key, mql_at=Subquery(first)).order_by("-won_at", "-pk")
    return rows.values_list(
        *("lead", "key", "name", "won_at", "amount", "close_rate"),
        *("lead__created_at", "mql_at"),
    )


def _values(row: funnel.Row | None, sales: list[Sale]) -> dict[str, Amount]:
    entered = row.entered if row else 0
    reached = {stage: row.reached[stage] if row else 0 for stage in REACHED}
    times: dict[int, int] = {}
    for sale in sales:
        times[sale.seconds] = times.get(sale.seconds, 0) + 1
    return {
        "leads": entered,
        **{stage.value: count for stage, count in reached.items()},
        "sql_share": wilson(hits=reached[Stage.SQL], n=entered),
        "customer_share": wilson(hits=reached[Stage.CUSTOMER], n=entered),
        "deals": len(sales),
        "revenue": sum(sale.cents for sale in sales),
        "days": quantiles(counts=times, shares=(0.5,))[0],
    }


def _figures(total: Row) -> list[Figure]:
    values = total.values
    rate = values["sql_share"]
    n = rate.n if isinstance(rate, Estimate) else None
    deals = values["deals"]
    count = deals if isinstance(deals, int) else None
    return [
        Figure("leads", _("Leads"), Kind.COUNT, values["leads"], None, "cohort-leads"),
        Figure("sql_share", _("SQL of leads"), Kind.SHARE, rate, n, "cohort-leads"),
        Figure(
            "revenue",
            _("Won revenue"),
            Kind.MONEY,
            values["revenue"],
            count,
            "won-in-period",
        ),
        Figure(
            "days",
            _("Median to won"),
            Kind.TIME,
            values["days"],
            count,
            "time-to-won",
        ),
    ]


def _sentences(rows: list[Row]) -> list[str]:
    def share(row: Row) -> float:
        rate = row.values["sql_share"]
        return rate.share if isinstance(rate, Estimate) and rate.is_shown else -1.0

    best = max(rows, key=share, default=None)
    if best is None or share(best) < 0:
        return []
    text = _("Of the leads from “{key}” {share} became SQLs, more than of any other.")
    rate = shown(best.values["sql_share"], Kind.SHARE)
    return [text.format(key=best.label, share=rate)]


def records(*, question: Question, cell: Cell, now: datetime) -> Records:
    """The leads, or the deals, behind one number."""
    if cell.section in (won_times.BY_KEY, won_times.BY_MONTH):
        return won_times.records(won_in_period(question), cell)
    if cell.section not in ("sources", "costs"):
        raise NoSuchNumberError
    check_opens(cell, COLUMNS if cell.section == "sources" else costs.COLUMNS)
    if cell.column == "deals":
        return _deals(question, cell.key)
    reached = None if cell.column == "leads" else Stage(cell.column)
    found = entries.bare(
        entries.Cell(question.cohort, key=cell.key or None, reached=reached)
    )
    rows = [Record(lead_id, (entered_at,)) for lead_id, _c, entered_at in found]
    columns = (Column("entered_at", _("Came"), Kind.INSTANT),)
    title = reached.label if reached else _("Leads")
    return Records(title, columns, rows)


def _deals(question: Question, key: str) -> Records:
    rows = [
        Record(sale.lead_id, (sale.name, sale.won_at, sale.cents, sale.seconds))
        for sale in won_in_period(question)
        if key in ("", sale.key)
    ]
    columns = (
        Column("deal", _("Deal"), Kind.TEXT),
        Column("won_at", _("Won"), Kind.INSTANT),
        Column("amount", _("Amount"), Kind.MONEY),
        Column("seconds", _("Since the lead came"), Kind.TIME),
    )
    return Records(_("Won deals"), columns, rows)
