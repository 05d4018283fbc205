"""Cohort conversion: of those who entered a stage, how many came how far in time."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leads.choices import Stage
from reports.cohorts import (
    DAY,
    By,
    Question,
    Sql,
    chain,
    from_reached,
    instant,
    key_sql,
    seconds,
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


@dataclass(frozen=True)
class _Group:
    """Entries of one key that went alike: `days_to` None is a stage not reached."""

    key: str
    is_mature: bool
    watched_days: int
    days_to: dict[Stage, int | None]
    count: int


def funnel(*, question: Question, now: datetime) -> Funnel:
    """Count the cohort by one statement, whatever it is split by."""
    nothing = dict.fromkeys(question.later_stages, 0)
    rows: dict[str, Row] = {}
    total = Row(key="", reached=nothing.copy())
    for group in _groups(question, now):
        row = rows.setdefault(group.key, Row(key=group.key, reached=nothing.copy()))
        _add(row, group)
        _add(total, group)
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


def _add(row: Row, group: _Group) -> None:
    row.entered += group.count
    row.matured += group.count * group.is_mature
    for stage, days in group.days_to.items():
        if days is None:
            row.censored[stage, max(group.watched_days, 0)] += group.count
        else:
            row.reached[stage] += group.count
            row.events[stage, max(days, 0)] += group.count


def _groups(question: Question, now: datetime) -> list[_Group]:
    stages = question.later_stages
    columns = [_matured_sql(question, now), *_days_sql(question, now)]
    positions = ", ".join(str(place) for place in range(1, len(columns) + 2))
    statement = chain(question) + Sql(" SELECT ") + key_sql(question)
    for column in columns:
        statement += Sql(", ") + column
    statement += f", COUNT(*){from_reached(question)} GROUP BY {positions}"
    return [
        _Group(
            key=key,
            is_mature=bool(is_mature),
            watched_days=watched_days,
            days_to=dict(zip(stages, days, strict=True)),
            count=count,
        )
        for key, is_mature, watched_days, *days, count in statement.rows()
    ]


def _matured_sql(question: Question, now: datetime) -> Sql:
    mature_before = question.mature_before(now)
    if mature_before is None:
        return Sql("1")
    limit = (instant(mature_before),)
    return Sql("CASE WHEN r.entered_at <= %s THEN 1 ELSE 0 END", limit)


def _days_sql(question: Question, now: datetime) -> list[Sql]:
    """Days watched, then days to each stage; all 0 where nothing is provisional."""
    after = [f"r.{stage.value}_after" for stage in question.later_stages]
    mature_before = question.mature_before(now)
    if mature_before is None or question.period.end_at <= mature_before:
        reached = [
            Sql(f"CASE WHEN {each} IS NULL THEN NULL ELSE 0 END") for each in after
        ]
        return [Sql("0"), *reached]
    watched = Sql(
        "CASE WHEN r.entered_at <= %s THEN %s"
        f" ELSE (%s - {seconds('r.entered_at')}) / {DAY} END",
        (instant(mature_before), question.window_days, int(now.timestamp())),
    )
    return [watched, *(Sql(f"{each} / {DAY}") for each in after)]
