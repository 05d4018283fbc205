"""Answers as the generic page prints them: each value in words, with its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from reports.answers import (
    Amount,
    Answer,
    Column,
    Figure,
    Record,
    Records,
    Row,
    Section,
)
from reports.estimates import Estimate
from reports.words import shown

Query = Mapping[str, str]


@dataclass(frozen=True)
class Value:
    """One cell of a table; `address` is empty where nothing can be opened."""

    column: Column
    text: str
    address: str = ""
    estimate: Estimate | None = None


@dataclass(frozen=True)
class Line:
    """One row of a table, or its total."""

    label: str
    values: list[Value]


@dataclass(frozen=True)
class Sheet:
    """A section with what its page prints; `chart_id` names its data."""

    section: Section
    lines: list[Line]
    total: Line | None
    chart_id: str
    export_query: str


@dataclass(frozen=True)
class Tile:
    """A figure in words."""

    figure: Figure
    text: str
    interval: Estimate | None
    before: str = ""


def sheets(sections: Sequence[Section], *, name: str, query: Query) -> list[Sheet]:
    """The sections in their order; name: of their report."""
    return [_sheet(section, name, query) for section in sections]


def _sheet(section: Section, name: str, query: Query) -> Sheet:
    lines = [_line(section, row, name, query) for row in section.rows]
    total = _line(section, section.total, name, query) if section.total else None
    asked = urlencode({**query, "section": section.name})
    return Sheet(section, lines, total, f"chart-{section.name}", asked)


def _line(section: Section, row: Row, name: str, query: Query) -> Line:
    values = []
    for column in section.columns:
        amount = row.values.get(column.name)
        estimate = amount if isinstance(amount, Estimate) else None
        address = ""
        if column.opens and amount:
            cell = {"section": section.name, "column": column.name, "key": row.key}
            asked = {**query, **{part: text for part, text in cell.items() if text}}
            address = f"{reverse('reports:records', args=[name])}?{urlencode(asked)}"
        text = shown(amount, column.kind)
        values.append(Value(column, text, address, estimate))
    return Line(str(row.label), values)


def tiles(answer: Answer, *, before: Answer | None = None) -> list[Tile]:
    """The figures in their order, each beside that of the period before."""
    was = {each.name: each for each in before.figures} if before else {}
    return [_tile(each, was.get(each.name)) for each in answer.figures]


def _tile(figure: Figure, was: Figure | None) -> Tile:
    estimate = figure.value if isinstance(figure.value, Estimate) else None
    is_rate = estimate is not None and estimate.is_shown
    text = ""
    if was is not None:
        before = shown(was.value, was.kind)
        text = _("{value} in the period before").format(value=before)
    return Tile(
        figure, shown(figure.value, figure.kind), estimate if is_rate else None, text
    )


def record_values(records: Records, record: Record) -> Sequence[tuple[Any, str]]:
    """The cells of a record in words, each with its column."""
    pairs: Sequence[tuple[Column, Amount]] = list(
        zip(records.columns, record.cells, strict=True)
    )
    return [(column, shown(amount, column.kind)) for column, amount in pairs]
