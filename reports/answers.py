"""What a report answers: figures and tables of plain values, whoever shows them.

The page, the files, the command and the API read the same answer, so none of them can
tell another number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise

from reports.estimates import Estimate

Text = str | Promise
# None is an empty cell; `inf` a time that was not reached.
Amount = int | float | str | datetime | Estimate | None
NOT_REACHED = inf


class Kind(TextChoices):
    """How a value is to be read."""

    COUNT = "count"
    SHARE = "share"
    # The difference of two shares, in parts of one.
    POINTS = "points"
    # Seconds, by the clock or of working time.
    TIME = "time"
    # Cents of the currency of the workspace.
    MONEY = "money"
    NUMBER = "number"
    TEXT = "text"
    INSTANT = "instant"


@dataclass(frozen=True)
class Column:
    """One column; `opens` says that its rows can be listed.

    A share opens what it is a share of.
    definition: slug of the definition that tells what it means.
    """

    name: str
    label: Text
    kind: Kind = Kind.COUNT
    opens: bool = False
    definition: str = ""


@dataclass(frozen=True)
class Row:
    """The values of one key, by the names of the columns; the total's key is empty.

    missed: the columns whose value is below what was promised.
    """

    key: str
    label: Text
    values: dict[str, Amount]
    missed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Section:
    """One table with its chart; `chart` is what `static/js/charts.js` draws.

    note: what a reader must know of the table; first: what the rows stand for.
    instead: what it is better asked by, each in words and as parts of its address.
    """

    name: str
    title: Text
    first: Text
    columns: Sequence[Column]
    rows: Sequence[Row]
    total: Row | None = None
    chart: dict[str, Any] | None = None
    note: Text = ""
    definition: str = ""
    instead: Sequence[tuple[Text, Mapping[str, str]]] = ()


@dataclass(frozen=True)
class Figure:
    """One number on top of a report; n is what it is taken of."""

    name: str
    label: Text
    kind: Kind
    value: Amount
    n: int | None = None
    definition: str = ""
    note: Text = ""


@dataclass(frozen=True)
class Answer:
    """A report with its words: `sentences` say what the charts show."""

    figures: Sequence[Figure]
    sections: Sequence[Section]
    sentences: Sequence[str] = ()
    is_empty: bool = False

    def section(self, name: str) -> Section | None:
        """The table of that name; the first one for an empty name."""
        for section in self.sections:
            if name in ("", section.name):
                return section
        return None


@dataclass(frozen=True)
class Record:
    """One thing that a number counts: its lead, and what it is about."""

    lead_id: int
    cells: tuple[Amount, ...]


@dataclass(frozen=True)
class Records:
    """What a number counts, in the order in which people read it.

    window: of when they are where that is not the period of the report.
    """

    title: Text
    columns: Sequence[Column]
    rows: Sequence[Record]
    window: Text = ""


@dataclass(frozen=True)
class Cell:
    """One number of an answer: its table, its column and its key; "" is every key."""

    section: str
    column: str
    key: str = ""


class NoSuchNumberError(Exception):
    """An address names a number that the report does not have, or that counts none."""


def total_of(rows: Sequence[Row], name: str) -> int:
    """The sum of a column of counts, or of cents."""
    values = (row.values.get(name) for row in rows)
    return sum(value for value in values if isinstance(value, int))


def check_opens(cell: Cell, columns: Sequence[Column]) -> None:
    """Let pass what is one of the columns that open.

    Raises:
        NoSuchNumberError: it is none of them.
    """
    if not any(each.name == cell.column and each.opens for each in columns):
        raise NoSuchNumberError


def plain(amount: Amount) -> int | float | str | None:
    """The value as JSON has it; a share of fewer than 20, and what is not, is null."""
    if isinstance(amount, Estimate):
        return amount.share if amount.is_shown else None
    if isinstance(amount, datetime):
        return amount.isoformat()
    return None if amount == NOT_REACHED else amount


def document(answer: Answer) -> dict[str, Any]:
    """The figures and tables as the command and the API print them."""
    return {
        "figures": _plain_values({each.name: each.value for each in answer.figures}),
        "tables": tables_of(answer.sections),
    }


def tables_of(sections: Sequence[Section]) -> dict[str, Any]:
    """The tables by their names."""
    return {
        section.name: {
            "rows": [_plain_row(row) for row in section.rows],
            "total": _plain_row(section.total) if section.total else None,
        }
        for section in sections
    }


def _plain_row(row: Row) -> dict[str, Any]:
    return {"key": row.key, "label": str(row.label), **_plain_values(row.values)}


def _plain_values(values: Mapping[str, Amount]) -> dict[str, Any]:
    """Each value by its name; beside a share its bounds and n, named as in files."""
    found: dict[str, Any] = {name: plain(value) for name, value in values.items()}
    for name, value in values.items():
        if isinstance(value, Estimate):
            beside = value.document
            del beside["share"]
            found |= {f"{name}_{part}": told for part, told in beside.items()}
    return found
