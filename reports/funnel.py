"""Cohort conversion: of those who entered a stage, how many came how far in time."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leads.choices import Stage
from leads.instants import epoch
from reports.cohorts import (
    DAY,
    By,
    Question,
    Sql,
    chain,
    from_reached,
    key_sql,
)
from reports.estimates import Estimate, kaplan_meier, wilson


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
    # (stage, day) → how many got there on that day, or were watched until it in vain.
    events: Counter[tuple[Stage, int]] = field(default_factory=Counter)
    censored: Counter[tuple[Stage, int]] = field(default_factory=Counter)

    @property
    def is_provisional(self) -> bool:
        return self.matured < self.entered

    @property
    def matured_percent(self) -> int:
        """0 to 100, rounded down: 100 only where nobody is still under way."""
        return 100 * self.matured // self.entered if self.entered else 100

    @property
    def estimates(self) -> dict[Stage, Estimate]:
        """The conversion into each later stage; Kaplan-Meier while provisional."""
        return {stage: self._estimate(stage) for stage in self.reached}

    def _estimate(self, stage: Stage) -> Estimate:
        if not self.is_provisional:
            return wilson(hits=self.reached[stage], n=self.entered)
        return kaplan_meier(
            events=_of_stage(self.events, stage),
            censored=_of_stage(self.censored, stage),
        )


def _of_stage(counts: Counter[tuple[Stage, int]], stage: Stage) -> dict[int, int]:
    return {day: count for (of, day), count in counts.items() if of == stage}


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


def funnel(*, question: Question, now: datetime) -> Funnel:
    """Count the cohort by two statements, whatever it is split by."""
    nothing = dict.fromkeys(question.later_stages, 0)
    total = Row(key="", reached=nothing.copy())
    rows: dict[str, Row] = {}
    for key, entered, matured, *reached in _counted(question, now):
        rows[key] = row = Row(key=key, reached=nothing.copy())
        for each in (row, total):
            each.entered += entered
            each.matured += matured
            for stage, count in zip(nothing, reached, strict=True):
                each.reached[stage] += count
    if total.is_provisional:
        _watch(rows, total, question, now)
    ordered = sorted(rows.values(), key=lambda row: (-row.entered, row.key))
    return Funnel(question=question, rows=ordered, total=total)


def as_json(report: Funnel) -> dict[str, Any]:
    """The report as the command prints it."""
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
    }


def _counts(row: Row) -> dict[str, int]:
    reached = {stage.value: count for stage, count in row.reached.items()}
    return {"entered": row.entered, **reached}


def _counted(question: Question, now: datetime) -> list[tuple[Any, ...]]:
    """Key, entered, matured, and how many came to each later stage in time."""
    reached = (f", COUNT(r.{stage.value}_after)" for stage in question.later_stages)
    statement = (
        chain(question)
        + " SELECT "
        + key_sql(question)
        + ", COUNT(*), "
        + _matured_sql(question, now)
        + "".join(reached)
        + f"{from_reached(question)} GROUP BY 1"
    )
    return statement.rows()


def _matured_sql(question: Question, now: datetime) -> Sql:
    mature_before = question.mature_before(now)
    if mature_before is None:
        return Sql("COUNT(*)")
    limit = (epoch(mature_before),)
    return Sql("COUNT(CASE WHEN r.entered <= %s THEN 1 END)", limit)


def _watch(rows: dict[str, Row], total: Row, question: Question, now: datetime) -> None:
    """Fill in on which day each stage was reached, or until which it was waited for."""
    stages = question.later_stages
    numbers = " UNION ALL SELECT ".join(
        f"{place} AS number" for place in range(len(stages))
    )
    after = " ".join(
        f"WHEN {place} THEN r.{stage.value}_after" for place, stage in enumerate(stages)
    )
    statement = (
        chain(question)  # noqa: S608 - our own names
        + " SELECT w.key, w.number, w.after IS NOT NULL,"
        + f" COALESCE(w.after / {DAY}, w.watched), COUNT(*) FROM (SELECT "
        + key_sql(question)
        + " AS key, s.number, "
        + _watched_sql(question, now)
        + f" AS watched, CASE s.number {after} END AS after{from_reached(question)}"
        + f" CROSS JOIN (SELECT {numbers}) s) w GROUP BY 1, 2, 3, 4"
    )
    for key, number, is_reached, days, count in statement.rows():
        for row in (rows[key], total):
            counts = row.events if is_reached else row.censored
            counts[stages[number], max(days, 0)] += count


def _watched_sql(question: Question, now: datetime) -> Sql:
    """Whole days from the entry until now, or until the end of the window."""
    watched = f"(%s - r.entered) / {DAY}"
    mature_before = question.mature_before(now)
    if mature_before is None:
        return Sql(watched, (epoch(now),))
    return Sql(
        f"CASE WHEN r.entered <= %s THEN %s ELSE {watched} END",
        (epoch(mature_before), question.window_days, epoch(now)),
    )
