"""Reports as plain tables: for CSV files and the terminal."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from handoff.models import Handoff
from leads.models import Lead
from reports.acceptance import Acceptance
from reports.answers import Amount, Column, Kind, Records, Section, plain
from reports.entries import Entry
from reports.estimates import Estimate
from reports.exports import Cell
from reports.funnel import Funnel

TOTAL = "total"
# The bounds of an interval, which a terminal has no room for.
BOUNDS = ("_low", "_high")
BATCH = 500


@dataclass(frozen=True)
class Table:
    """Column names, and rows of text, numbers, or None for an empty cell.

    count: how many rows there are; they may be read only once.
    """

    header: list[str]
    rows: Iterable[Sequence[Cell]]
    count: int


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
    return Table(header, rows, len(rows))


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
    return Table(header, rows, len(rows))


def entries_table(entries: Iterable[Entry], *, count: int) -> Table:
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
    return Table(header, rows, count)


def handoffs_table(handoffs: Iterable[Handoff], *, count: int) -> Table:
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
    return Table(header, rows, count)


def section_table(section: Section) -> Table:
    """A row a key and the total; times in seconds, money in cents."""
    header = ["key"]
    for column in section.columns:
        header += _names(column)
    rows: list[list[Cell]] = []
    for row in [*section.rows, *([section.total] if section.total else [])]:
        cells: list[Cell] = [row.key or TOTAL]
        for column in section.columns:
            cells += _cells(column, row.values.get(column.name))
        rows.append(cells)
    return Table(header, rows, len(rows))


def records_table(records: Records) -> Table:
    """A row a record with its lead; times in UTC."""
    header = [*LEAD_COLUMNS, *(column.name for column in records.columns)]
    return Table(header, _record_rows(records), len(records.rows))


def _record_rows(records: Records) -> Iterator[Sequence[Cell]]:
    for start in range(0, len(records.rows), BATCH):
        batch = records.rows[start : start + BATCH]
        leads = Lead.objects.select_related("account", "campaign").in_bulk(
            [record.lead_id for record in batch]
        )
        for record in batch:
            if (lead := leads.get(record.lead_id)) is not None:
                yield [*lead_cells(lead), *(plain(cell) for cell in record.cells)]


def _names(column: Column) -> list[str]:
    if column.kind != Kind.SHARE:
        return [column.name]
    return [*_rate_names(column.name), f"{column.name}_n"]


def _cells(column: Column, amount: Amount) -> list[Cell]:
    if isinstance(amount, Estimate):
        return [*_rate_cells(amount), amount.n]
    if column.kind == Kind.SHARE:
        return [plain(amount), None, None, None]
    return [plain(amount)]


LEAD_COLUMNS = ("lead", "external_id", "name", "email", "company", "source", "campaign")


def _lead_cells(row: Entry | Handoff) -> list[Cell]:
    return lead_cells(row.lead)


def lead_cells(lead: Lead) -> list[Cell]:
    """What `LEAD_COLUMNS` names."""
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
