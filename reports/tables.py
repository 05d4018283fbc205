"""Reports as plain tables: for CSV files and the terminal."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from handoff.models import Handoff
from reports.acceptance import Acceptance
from reports.entries import Entry
from reports.estimates import Estimate
from reports.exports import Cell
from reports.funnel import Funnel

TOTAL = "total"
# The bounds of an interval, which a terminal has no room for.
BOUNDS = ("_low", "_high")


@dataclass(frozen=True)
class Table:
    """Column names, and rows of text, numbers, or None for an empty cell."""

    header: list[str]
    rows: Iterable[Sequence[Cell]]


def funnel_table(report: Funnel) -> Table:
    """A row a key and the total; shares 0.0 to 1.0 with their 95 % interval."""
    header = ["key", "entered", "matured"]
    for stage in report.question.later_stages:
        header += [stage.value, *_rate_names(f"{stage.value}_share")]
    rows: list[list[Cell]] = []
    for row in [*report.rows_to_read, report.total]:
        cells: list[Cell] = [row.key or TOTAL, row.entered, row.matured]
        for stage, estimate in row.estimates.items():
            cells += [row.reached[stage], *_rate_cells(estimate)]
        rows.append(cells)
    return Table(header, rows)


def acceptance_table(report: Acceptance) -> Table:
    """A row a key and the total; a share of fewer than 20 is left empty."""
    total = report.total
    header = ["key", "routed", *(each.value for each in total.outcomes), "silent"]
    for name in total.rates:
        header += _rate_names(name)
    rows: list[list[Cell]] = []
    for row in [*report.rows, total]:
        cells: list[Cell] = [row.key or TOTAL, row.routed]
        cells += [*row.outcomes.values(), row.silent]
        for estimate in row.rates.values():
            cells += _rate_cells(estimate)
        rows.append(cells)
    return Table(header, rows)


def entries_table(entries: Iterable[Entry]) -> Table:
    """A row an entry; times in UTC."""
    header = [*LEAD_COLUMNS, "stage", "cycle", "entered_at"]
    rows = (
        [
            *_lead_cells(entry),
            entry.lead.standing.stage,
            entry.cycle,
            entry.entered_at.isoformat(),
        ]
        for entry in entries
    )
    return Table(header, rows)


def handoffs_table(handoffs: Iterable[Handoff]) -> Table:
    """A row a hand-off; times in UTC."""
    header = [*LEAD_COLUMNS, "rep", "status", "reason", "note", "routed_at", "cycle"]
    rows = (
        [
            *_lead_cells(handoff),
            str(handoff.rep or ""),
            handoff.status,
            str(handoff.reason or ""),
            handoff.note,
            handoff.routed_at.isoformat(),
            handoff.cycle,
        ]
        for handoff in handoffs
    )
    return Table(header, rows)


LEAD_COLUMNS = ("lead", "external_id", "name", "email", "company", "source", "campaign")


def _lead_cells(row: Entry | Handoff) -> list[Cell]:
    lead = row.lead
    return [
        lead.pk,
        lead.external_id,
        lead.name,
        lead.email,
        str(lead.account or ""),
        lead.source,
        str(lead.campaign or ""),
    ]


def aligned(table: Table) -> Iterator[str]:
    """Yield the table as lines of a terminal, numbers to the right."""
    kept = [
        place for place, name in enumerate(table.header) if not name.endswith(BOUNDS)
    ]
    lines = [[table.header[place] for place in kept]]
    lines += [[_shown(row[place]) for place in kept] for row in table.rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for key, *numbers in lines:
        cells = [key.ljust(widths[0])]
        cells += [
            cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _shown(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:.1%}"
    return "-" if cell is None else str(cell)


def _rate_names(name: str) -> list[str]:
    return [name, *(name + bound for bound in BOUNDS)]


def _rate_cells(estimate: Estimate) -> list[Cell]:
    if not estimate.is_shown:
        return [None, None, None]
    return [round(value, 4) for value in (estimate.share, estimate.low, estimate.high)]
