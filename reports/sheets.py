"""Answers as the generic page prints them: each value in words, with its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from reports import comparing, opening
from reports.answers import (
    Amount,
    Answer,
    Cell,
    Column,
    Figure,
    Kind,
    Record,
    Records,
    Row,
    Section,
)
from reports.comparing import Compared, Difference
from reports.estimates import Estimate
from reports.words import shown

Query = Mapping[str, str]


@dataclass(frozen=True)
class Value:
    """One cell of a table; `address` is empty where nothing can be opened.

    label: of its column, which a narrow screen shows beside it. is_missed: it is below
    what was promised.
    """

    label: str
    is_figure: bool
    text: str
    address: str = ""
    estimate: Estimate | None = None
    difference: Difference | None = None
    is_missed: bool = False


@dataclass(frozen=True)
class Line:
    """One row of a table, or its total."""

    label: str
    values: list[Value]


@dataclass(frozen=True)
class Sheet:
    """A section with what its page prints; `chart_id` names its data.

    instead: words and address of each other way to ask for the table.
    """

    section: Section
    lines: list[Line]
    total: Line | None
    chart_id: str
    export_query: str
    instead: list[tuple[str, str]]


@dataclass(frozen=True)
class Tile:
    """A figure in words, and where the rows behind it, or their table, are."""

    figure: Figure
    text: str
    interval: Estimate | None
    difference: Difference | None = None
    address: str = ""


def sheets(
    sections: Sequence[Section],
    *,
    name: str,
    query: Query,
    before: Sequence[Section] = (),
) -> list[Sheet]:
    """The sections in their order; name: of their report.

    before: those of the period before, of which each number then tells the difference.
    """
    compared = comparing.beside(sections, before, report=name)
    return [
        _sheet(compared.get(each.name, Compared(each)), name, query)
        for each in sections
    ]


def _sheet(compared: Compared, name: str, query: Query) -> Sheet:
    section = compared.section
    # A page has more than a thousand cells: what a column says is said once for all.
    columns = [
        (
            column,
            str(column.label),
            address(Cell(section.name, column.name), name, query),
        )
        for column in section.columns
    ]
    lines = [_line(row, columns, compared) for row in section.rows]
    total = _line(section.total, columns, compared) if section.total else None
    asked = urlencode({**query, "section": section.name})
    instead = [
        (str(words), _page({**query, **parts}, name, section.name))
        for words, parts in section.instead
    ]
    return Sheet(section, lines, total, f"chart-{section.name}", asked, instead)


def _page(query: Query, name: str, section: str) -> str:
    """Where a table of the report is."""
    page = reverse("reports:report", args=[name])
    return f"{page}?{urlencode(query)}#section-{section}"


def _line(
    row: Row, columns: Sequence[tuple[Column, str, str]], compared: Compared
) -> Line:
    key = f"&{urlencode({'key': row.key})}" if row.key else ""
    values = []
    for column, label, of_column in columns:
        amount = row.values.get(column.name)
        values.append(
            Value(
                label,
                column.kind != Kind.TEXT,
                shown(amount, column.kind),
                f"{of_column}{key}" if column.opens and is_some(amount) else "",
                amount if isinstance(amount, Estimate) else None,
                compared.differences.get((row.key, column.name)),
                column.name in row.missed,
            )
        )
    return Line(str(row.label), values)


def is_some(amount: Amount) -> bool:
    """Whether there is anything behind it; behind a share, what it is a share of."""
    return bool(amount.n if isinstance(amount, Estimate) else amount)


def address(cell: Cell, name: str, query: Query) -> str:
    """Where the rows behind a number are listed."""
    named = {"section": cell.section, "column": cell.column, "key": cell.key}
    asked = {**query, **{part: text for part, text in named.items() if text}}
    return f"{reverse('reports:records', args=[name])}?{urlencode(asked)}"


def tiles(
    answer: Answer, *, name: str, query: Query, before: Answer | None = None
) -> list[Tile]:
    """The figures in their order, each beside that of the period before."""
    differences = comparing.figures(answer, before, report=name) if before else {}
    return [
        replace(
            _tile(each, differences.get(each.name)),
            address=behind(each, answer, name, query),
        )
        for each in answer.figures
    ]


def behind(figure: Figure, answer: Answer, name: str, query: Query) -> str:
    """Where the rows behind a figure are, or "#…" of the table that has its parts."""
    if figure.value in (None, 0) or figure.n == 0:
        return ""
    cell = opening.cell_of(name, figure)
    if cell is not None:
        return address(cell, name, query)
    return f"#section-{opening.section_of(name, figure, answer)}"


def _tile(figure: Figure, difference: Difference | None) -> Tile:
    estimate = figure.value if isinstance(figure.value, Estimate) else None
    is_rate = estimate is not None and estimate.is_shown
    return Tile(
        figure,
        shown(figure.value, figure.kind),
        estimate if is_rate else None,
        difference,
    )


def record_values(records: Records, record: Record) -> Sequence[tuple[Any, str]]:
    """The cells of a record in words, each with its column."""
    pairs: Sequence[tuple[Column, Amount]] = list(
        zip(records.columns, record.cells, strict=True)
    )
    return [(column, shown(amount, column.kind)) for column, amount in pairs]
