"""The leads behind a number of the funnel, from the same rows that it counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import overload

from leads.choices import Stage
from leads.instants import moment
from leads.models import Lead
from reports.cohorts import Question, Sql, chain, from_reached, named, raw_sql

BATCH = 500


@dataclass(frozen=True)
class Entry:
    """One entry of a lead into the cohort's stage; a new cycle is a new entry."""

    lead: Lead
    cycle: int
    entered_at: datetime


@dataclass(frozen=True)
class Cell:
    """One number of the funnel: which row, and which stage; None stands for all."""

    question: Question
    key: str | None = None
    reached: Stage | None = None


class Entries(Sequence[Entry]):
    """The entries of a cell, latest first, as a paginator reads them."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell

    def __len__(self) -> int:
        ((found,),) = _select(self.cell, "COUNT(*)").rows()
        return int(found)

    @overload
    def __getitem__(self, place: int) -> Entry: ...

    @overload
    def __getitem__(self, place: slice) -> list[Entry]: ...

    def __getitem__(self, place: int | slice) -> Entry | list[Entry]:
        if isinstance(place, int):
            return self[place : place + 1][0]
        size, offset = place.stop - place.start, place.start
        limited = _ordered(self.cell) + Sql(" LIMIT %s OFFSET %s", (size, offset))
        return _with_leads(limited.rows())


def bare(cell: Cell) -> list[tuple[int, int, datetime]]:
    """Lead, cycle and instant of each entry of a cell, latest first."""
    rows = _ordered(cell).rows()
    return [(lead_id, cycle, moment(entered)) for lead_id, cycle, entered in rows]


def every(*, cell: Cell) -> Iterator[Entry]:
    """All entries of a cell, latest first; the leads are loaded batch by batch."""
    rows = _ordered(cell).rows()
    for start in range(0, len(rows), BATCH):
        yield from _with_leads(rows[start : start + BATCH])


def _ordered(cell: Cell) -> Sql:
    columns = "n.lead_id, n.cycle, n.entered"
    return _select(cell, columns) + " ORDER BY n.entered DESC, n.lead_id, n.cycle"


def _select(cell: Cell, columns: str) -> Sql:
    question = cell.question
    rows = (
        Sql("SELECT r.lead_id, r.cycle, r.entered, r.steps, ")
        + raw_sql(question)
        + f" AS raw{from_reached(question)}"
    )
    if cell.reached is not None:
        number = question.later_stages.index(cell.reached) + 1
        rows += f" WHERE r.steps >= {number:d}"
    wanted = chain(question) + Sql(f" SELECT {columns} FROM (")  # noqa: S608
    wanted += named(question, "g.lead_id, g.cycle, g.entered", rows) + ") n"
    if cell.key is not None:
        wanted += Sql(" WHERE n.key = %s", (cell.key,))
    return wanted


def _with_leads(rows: list[tuple[int, int, int]]) -> list[Entry]:
    leads = Lead.objects.with_standing().select_related("campaign")
    by_id = leads.in_bulk([lead_id for lead_id, _, _ in rows])
    return [
        Entry(lead=by_id[lead_id], cycle=cycle, entered_at=moment(entered))
        for lead_id, cycle, entered in rows
        if lead_id in by_id
    ]
