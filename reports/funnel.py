"""Cohort conversion: of those who entered a stage, how many came how far in time."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from leads.choices import Stage
from leads.instants import epoch
from leads.models import User
from reports.cohorts import (
    DAY,
    By,
    Question,
    Sql,
    chain,
    from_reached,
    named,
    raw_sql,
)
from reports.estimates import Estimate, kaplan_meier, wilson

Days = defaultdict[Stage, Counter[int]]


@dataclass
class Row:
    """One key of the report, or the total, whose key is empty.

    matured: how many of the entered have had their whole window. reached: later stage
    → how many came there, or beyond it, within the window.
    """

    key: str
    reached: dict[Stage, int]
    entered: int = 0
    matured: int = 0
    # Stage → day → how many got there on that day, or were watched until it in vain.
    events: Days = field(default_factory=lambda: defaultdict(Counter))
    censored: Days = field(default_factory=lambda: defaultdict(Counter))

    @property
    def is_provisional(self) -> bool:
        return self.matured < self.entered

    @property
    def matured_percent(self) -> int:
        """0 to 100, rounded down: 100 only where nobody is still under way."""
        return 100 * self.matured // self.entered if self.entered else 100

    @cached_property
    def estimates(self) -> dict[Stage, Estimate]:
        """The conversion into each later stage; Kaplan-Meier while provisional."""
        return {stage: self._estimate(stage) for stage in self.reached}

    def _estimate(self, stage: Stage) -> Estimate:
        if not self.is_provisional:
            return wilson(hits=self.reached[stage], n=self.entered)
        return kaplan_meier(events=self.events[stage], censored=self.censored[stage])


@dataclass(frozen=True)
class Funnel:
    """The answer: most entered first, then by key; `total` is over all rows."""

    question: Question
    rows: list[Row]
    total: Row

    @property
    def rows_to_read(self) -> list[Row]:
        """The rows as a page shows them: months in their own order."""
        if self.question.by == By.MONTH:
            return sorted(self.rows, key=lambda row: row.key)
        return self.rows

    @cached_property
    def names(self) -> dict[str, str]:
        """Key → what a page tells instead of it."""
        return names_of(self.question.by, [row.key for row in self.rows])


def names_of(by: By, keys: Sequence[str]) -> dict[str, str]:
    """The names of reps, whose keys are their addresses: one query; else nothing."""
    if by != By.REP:
        return {}
    return {each.email: str(each) for each in User.objects.filter(email__in=keys)}


def funnel(*, question: Question, now: datetime) -> Funnel:
    """Count the cohort by two statements, whatever it is split by."""
    nothing = dict.fromkeys(question.later_stages, 0)
    total = Row(key="", reached=nothing.copy())
    rows: dict[str, Row] = {}
    for key, steps, watched, count in _counted(question, now):
        if key not in rows:
            rows[key] = Row(key=key, reached=nothing.copy())
        for each in (rows[key], total):
            _add(each, steps, watched, count, question)
    if total.is_provisional:
        _watch(rows, total, question)
    ordered = sorted(rows.values(), key=lambda row: (-row.entered, row.key))
    return Funnel(question=question, rows=ordered, total=total)


def _add(row: Row, steps: int, watched: int, count: int, question: Question) -> None:
    """Entries that came so many steps far and were watched for so many days."""
    row.entered += count
    if question.window_days is None or watched >= question.window_days:
        row.matured += count
    for number, stage in enumerate(row.reached, 1):
        if number <= steps:
            row.reached[stage] += count
        else:
            row.censored[stage][max(watched, 0)] += count


def as_json(report: Funnel) -> dict[str, Any]:
    """The report as the command and the API print it.

    Beside the counts, `conversions` has their rates in the same order of rows: what a
    young cohort converted so far is no share of all who entered.
    """
    question = report.question
    return {
        "report": "funnel",
        "cohort": question.cohort.value,
        "window": question.window_days,
        "from": question.period.start.isoformat(),
        "to": question.period.end.isoformat(),
        "by": question.by.value,
        "rows": [{"key": row.key, **_counts(row)} for row in report.rows],
        "total": _counts(report.total),
        "conversions": {
            "rows": [{"key": row.key, **_rates(row)} for row in report.rows],
            "total": _rates(report.total),
        },
    }


def _counts(row: Row) -> dict[str, int]:
    reached = {stage.value: count for stage, count in row.reached.items()}
    return {"entered": row.entered, **reached}


def _rates(row: Row) -> dict[str, Any]:
    rates = {
        stage.value: {**rate.document, "is_provisional": rate.is_provisional}
        for stage, rate in row.estimates.items()
    }
    return {"matured": row.matured, **rates}


def _counted(question: Question, now: datetime) -> list[tuple[Any, ...]]:
    """Key, steps made in time, whole days watched, and how many entries that were."""
    grouped = (
        Sql("SELECT ")
        + raw_sql(question)
        + " AS raw, r.steps, "
        + _watched_sql(question, now)
        + f" AS watched, COUNT(*) AS n{from_reached(question)} GROUP BY 1, 2, 3"
    )
    statement = chain(question) + " "
    statement += named(question, "g.steps, g.watched, g.n", grouped)
    return statement.rows()


def _watched_sql(question: Question, now: datetime) -> Sql:
    """Whole days from the entry until now, or until the end of the window."""
    mature_before = question.mature_before(now)
    if mature_before is None:
        return Sql("0")
    return Sql(
        f"CASE WHEN r.entered <= %s THEN %s ELSE (%s - r.entered) / {DAY} END",
        (epoch(mature_before), question.window_days, epoch(now)),
    )


def _watch(rows: dict[str, Row], total: Row, question: Question) -> None:
    """Fill in on which day each stage was reached."""
    stages = question.later_stages
    # Who made so many steps made each of those before, too.
    made = " UNION ALL ".join(
        f"SELECT {steps} AS steps, {number} AS number"
        for steps in range(1, len(stages) + 1)
        for number in range(1, steps + 1)
    )
    after = " ".join(
        f"WHEN {number} THEN r.{stage.value}_after"
        for number, stage in enumerate(stages, 1)
    )
    grouped = (
        Sql("SELECT ")
        + raw_sql(question)
        + f" AS raw, m.number, CASE m.number {after} END / {DAY} AS day, COUNT(*) AS n"
        + from_reached(question)
        + f" JOIN ({made}) m ON m.steps = r.steps GROUP BY 1, 2, 3"
    )
    statement = chain(question) + " "
    statement += named(question, "g.number, g.day, g.n", grouped)
    for key, number, day, count in statement.rows():
        for row in (rows[key], total):
            row.events[stages[number - 1]][max(day, 0)] += count
