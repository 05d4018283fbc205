"""Reports as plain tables: for CSV files and the terminal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.models import Handoff
from leads.models import Lead
from reports import compared_rows
from reports.acceptance import Acceptance
from reports.answers import Amount, Column, Kind, Records, Section, Text, plain
from reports.compared_rows import Differences
from reports.entries import Entry
from reports.estimates import Estimate
from reports.exports import Cell
from reports.funnel import Funnel

TOTAL = "total"
# The bounds of an interval, which a terminal has no room for.
BOUNDS = ("_low", "_high")
CHANGES = ("_before", "_change")
BATCH = 500
UNITS = {Kind.MONEY: gettext_lazy("In cents"), Kind.TIME: gettext_lazy("In seconds")}
# Column → the number, a count or a share.
Numbers = dict[str, int | Estimate]


@dataclass(frozen=True)
class Table:
    """Column names, and rows of text, numbers, or None for an empty cell.

    count: how many rows there are; they may be read only once. shares: the columns
    that hold parts of one, which a terminal shows in percent. title: what the rows
    are, in words. notes: column → what its numbers are in.
    """

    header: list[str]
    rows: Iterable[Sequence[Cell]]
    count: int
    shares: frozenset[str] = frozenset()
    title: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)


def funnel_table(report: Funnel, *, before: Funnel | None = None) -> Table:
    """A row a key and the total; shares 0.0 to 1.0 with their 95 % interval.

    before: that of the period before, in columns beside the others.
    """
    made, shares = [], set[str]()
    has_window = report.question.window_days is not None
    for row, was in compared_rows.funnel_pairs(report, before):
        numbers: Numbers = {"entered": row.entered}
        for stage, estimate in row.estimates.items():
            numbers[stage.value] = row.reached[stage]
            numbers[f"{stage.value}_share"] = estimate
        changes = compared_rows.of_funnel(row, was, has_window=has_window)
        cells = _numbers(numbers, changes, is_compared=before is not None)
        shares |= _shares(numbers)
        made.append({"key": row.key or TOTAL, "matured": row.matured, **cells})
    title = _by(report.question.by.label)
    return _table_of(made, shares, first=("key", "entered", "matured"), title=title)


def acceptance_table(report: Acceptance, *, before: Acceptance | None = None) -> Table:
    """A row a key and the total; a share of fewer than 20 is left empty.

    before: that of the period before, in columns beside the others.
    """
    made, shares = [], set[str]()
    for row, was in compared_rows.acceptance_pairs(report, before):
        numbers: Numbers = {"routed": row.routed}
        numbers |= {outcome.value: count for outcome, count in row.outcomes.items()}
        numbers |= {"silent": row.silent, **row.rates}
        changes = compared_rows.of_acceptance(row, was)
        cells = _numbers(numbers, changes, is_compared=before is not None)
        shares |= _shares(numbers)
        made.append({"key": row.key or TOTAL, "matured": row.matured, **cells})
    title = _by(report.question.by.label)
    return _table_of(made, shares, first=("key", "routed", "matured"), title=title)


def _numbers(
    numbers: Numbers, changes: Differences, *, is_compared: bool
) -> dict[str, Cell]:
    """Column → cell: each number, what it was, the change, and whether it is sure."""
    cells: dict[str, Cell] = {}
    for name, now in numbers.items():
        if isinstance(now, Estimate):
            cells |= zip(_rate_names(name), _rate_cells(now), strict=True)
        else:
            cells[name] = now
        if is_compared:
            told = changes.get(name)
            was = told.was if told else None
            cells[f"{name}_before"] = (
                _rate_cells(was)[0] if isinstance(was, Estimate) else plain(was)
            )
            cells[f"{name}_change"] = told.change if told else None
            cells[f"{name}_sure"] = told.sure if told else None
    return cells


def _shares(numbers: Numbers) -> set[str]:
    names = [name for name, now in numbers.items() if isinstance(now, Estimate)]
    return {f"{name}{more}" for name in names for more in ("", *CHANGES)}


def _table_of(
    rows: Sequence[dict[str, Cell]],
    shares: set[str],
    *,
    first: Sequence[str],
    title: str,
) -> Table:
    """Rows by the names of their columns, which are the same in each."""
    header = list(dict.fromkeys([*first, *rows[0]]))
    cells = [[row[name] for name in header] for row in rows]
    return Table(header, cells, len(rows), frozenset(shares), title)


def _by(split: Text) -> str:
    return _("By {by}").format(by=str(split).lower())


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
    return Table(header, rows, count, title=_("Entries"))


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
    return Table(header, rows, count, title=_("Hand-offs"))


def section_table(section: Section) -> Table:
    """A row a key and the total; times in seconds, money in cents."""
    header = ["key"]
    for column in section.columns:
        header += _names(column)
    shares = (
        each.name for each in section.columns if each.kind in (Kind.SHARE, Kind.POINTS)
    )
    rows: list[list[Cell]] = []
    for row in [*section.rows, *([section.total] if section.total else [])]:
        cells: list[Cell] = [row.key or TOTAL]
        for column in section.columns:
            cells += _cells(column, row.values.get(column.name))
        rows.append(cells)
    return Table(
        header,
        rows,
        len(rows),
        frozenset(shares),
        str(section.title),
        _notes(section.columns),
    )


def _notes(columns: Sequence[Column]) -> dict[str, str]:
    return {each.name: str(UNITS[each.kind]) for each in columns if each.kind in UNITS}


def records_table(records: Records) -> Table:
    """A row a record with its lead; times in UTC."""
    header = [*LEAD_COLUMNS, *(column.name for column in records.columns)]
    return Table(
        header,
        _record_rows(records),
        len(records.rows),
        title=str(records.title),
        notes=_notes(records.columns),
    )


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
    are_shares = [name in table.shares for name in table.header]
    lines += [
        [_shown(row[place], is_share=are_shares[place]) for place in kept]
        for row in table.rows
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for key, *numbers in lines:
        cells = [key.ljust(widths[0])]
        cells += [
            cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _shown(cell: Cell, *, is_share: bool) -> str:
    if isinstance(cell, float) and is_share:
        return f"{cell:.1%}"
    if isinstance(cell, float):
        return f"{cell:.2f}".rstrip("0").rstrip(".")
    return "-" if cell is None else str(cell)


def _rate_names(name: str) -> list[str]:
    return [name, *(name + bound for bound in BOUNDS)]


def _rate_cells(estimate: Estimate) -> list[Cell]:
    if not estimate.is_shown:
        return [None, None, None]
    return [round(value, 4) for value in (estimate.share, estimate.low, estimate.high)]
