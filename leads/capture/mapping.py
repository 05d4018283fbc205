"""Which column of a file fills which field."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from leads.capture import values
from leads.capture.rows import FileError, Row, Table
from leads.text import fold

# Clocks differ a little; what is later than this has not happened yet.
TOLERANCE = timedelta(minutes=5)
_FREE_KEY = re.compile(r"[\w .-]{1,50}")


@dataclass(frozen=True)
class FieldSet:
    """The fields of one kind of record.

    noun: the record's name, “lead”. synonyms: how other systems head a column.
    free: the prefix of fields that a file may make up, such as `custom.`.
    needs: of each group at least one field has to be filled by the file.
    """

    noun: str | Promise
    parsers: Mapping[str, values.Parser]
    synonyms: Mapping[str, Sequence[str]]
    needs: Sequence[Sequence[str]]
    free: str = ""

    def parser(self, name: str) -> values.Parser | None:
        """How the field's cells are read; None where there is no such field."""
        if self.free and name.startswith(self.free):
            is_key = _FREE_KEY.fullmatch(name.removeprefix(self.free))
            return values.anything if is_key else None
        return self.parsers.get(name)

    def named(self, column: str) -> str | None:
        """The field that a column is headed after, if any."""
        if self.free and column.casefold().startswith(self.free):
            return f"{self.free}{column[len(self.free) :]}"
        return self._by_heading.get(_heading(column))

    @property
    def _by_heading(self) -> dict[str, str]:
        by_heading = {
            _heading(synonym): name
            for name, synonyms in self.synonyms.items()
            for synonym in synonyms
        }
        return by_heading | {_heading(name): name for name in self.parsers}


@dataclass(frozen=True)
class Wishes:
    """What the person says about the file: column → field, and field → fixed value.

    left_out: columns that fill nothing, whatever their heading says.
    """

    fields_by_column: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    left_out: Collection[str] = ()


@dataclass(frozen=True)
class ParsedRow:
    """One row as values of fields; an empty cell is not among them."""

    line: int
    cells: list[str]
    values: dict[str, Any]


@dataclass(frozen=True)
class Refusal:
    """Why a row is not taken. `column` is empty where it is the row as a whole."""

    line: int
    column: str
    reason: str
    cells: list[str]


@dataclass(frozen=True)
class _Source:
    index: int
    field: str
    parser: values.Parser


@dataclass(frozen=True)
class Plan:
    """How the rows of one file become values. `latest`: nothing is later than this."""

    columns: tuple[str, ...]
    sources: tuple[_Source, ...]
    fixed: dict[str, Any]
    latest: datetime

    @property
    def unused(self) -> list[str]:
        """The columns that fill no field."""
        used = {source.index for source in self.sources}
        return [name for at, name in enumerate(self.columns) if at not in used]

    def column_of(self, name: str) -> str:
        """The column that fills a field, or the field's own name without one."""
        for source in self.sources:
            if source.field == name:
                return self.columns[source.index]
        return name

    def parsed(self, row: Row) -> ParsedRow | Refusal:
        """The row's values, or its first cell that cannot be taken."""
        if row.reason:
            return Refusal(row.line, "", row.reason, row.cells)
        found = dict(self.fixed)
        for source in self.sources:
            try:
                value = value_of(source.parser, row.cells[source.index], self.latest)
            except values.ValueRefusedError as error:
                column = self.columns[source.index]
                return Refusal(row.line, column, str(error), row.cells)
            if value is not None:
                found[source.field] = value
        return ParsedRow(row.line, row.cells, found)


def make_plan(*, table: Table, fields: FieldSet, wishes: Wishes, now: datetime) -> Plan:
    """Match columns and fields: first by the wishes, the rest by their headings.

    Raises:
        FileError: a wish names an unknown column or field or an unusable value, a
            field would be filled twice, or one that is needed is not filled.
    """
    latest = now + TOLERANCE
    fixed: dict[str, Any] = {}
    for name, text in wishes.fixed.items():
        try:
            value = value_of(_known_parser(fields, name), text, latest)
        except values.ValueRefusedError as error:
            raise FileError(f"{name}: {error}") from error
        if value is not None:
            fixed[name] = value
    by_index = _wished(table.columns, wishes.fields_by_column)
    filled = {*by_index.values()}
    _refuse_twice([*by_index.values(), *wishes.fixed])
    for index, column in enumerate(table.columns):
        name = "" if column in wishes.left_out else fields.named(column) or ""
        if index not in by_index and name and name not in {*filled, *wishes.fixed}:
            by_index[index] = name
            filled.add(name)
    sources = tuple(
        _Source(index, name, _known_parser(fields, name))
        for index, name in sorted(by_index.items())
    )
    _refuse_missing(fields, filled | {*fixed}, table)
    return Plan(table.columns, sources, fixed, latest)


def value_of(parser: Callable[[str], Any], cell: str, latest: datetime) -> Any:
    """What the cell says; None where it is empty.

    Raises:
        ValueRefusedError: the parser cannot take it, or it is dated after `latest`.
    """
    text = values.plain(cell)
    if not text:
        return None
    value = parser(text)
    if isinstance(value, datetime) and value > latest:
        reason = _("“{text}” lies in the future").format(text=text)
        raise values.ValueRefusedError(reason)
    return value


def _heading(column: str) -> str:
    return " ".join(re.split(r"[\W_]+", fold(column))).strip()


def _wished(columns: Sequence[str], wished: Mapping[str, str]) -> dict[int, str]:
    """The fields by the index of their column."""
    index_by_column = {name.casefold(): at for at, name in enumerate(columns)}
    by_index: dict[int, str] = {}
    for column, name in wished.items():
        index = index_by_column.get(column.strip().casefold())
        if index is None:
            text = _("The file has no column “{column}”. Its columns: {columns}.")
            shown = ", ".join(columns)
            raise FileError(text.format(column=column, columns=shown))
        by_index[index] = name
    return by_index


def _known_parser(fields: FieldSet, name: str) -> values.Parser:
    parser = fields.parser(name)
    if parser is None:
        known = ", ".join(
            [*fields.parsers, *([f"{fields.free}KEY"] * bool(fields.free))]
        )
        text = _("“{name}” is no field of a {noun}. The fields: {known}.")
        raise FileError(text.format(name=name, noun=fields.noun, known=known))
    return parser


def _refuse_twice(names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            text = _("The field “{name}” would be filled twice.")
            raise FileError(text.format(name=name))


def _refuse_missing(fields: FieldSet, filled: set[str], table: Table) -> None:
    for group in fields.needs:
        if not filled & {*group}:
            text = _(
                "No column fills “{names}”: name one by --map COLUMN={first}. "
                "The columns of the file: {columns}."
            )
            names = _("” or “").join(group)
            columns = ", ".join(table.columns)
            raise FileError(text.format(names=names, first=group[0], columns=columns))
