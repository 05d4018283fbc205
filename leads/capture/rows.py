"""Reading the rows of a CSV file, one at a time."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from leads.capture.cells import unguard

# In this order; every file can be read in the second, bar five bytes without meaning.
ENCODINGS = ("utf-8-sig", "cp1252")
DELIMITERS = (",", ";", "\t")
LONGEST_LINE = 10_000_000  # characters
# The words of Python's csv module for a quotation mark that nothing closes.
UNCLOSED = "unexpected end of data"


class FileError(Exception):
    """The file as a whole cannot be read; the message says why."""


@dataclass(frozen=True)
class Limits:
    """What is still read; a larger file is refused before its first row is taken."""

    max_bytes: int = 1_000_000_000
    max_rows: int = 5_000_000
    max_columns: int = 200


@dataclass(frozen=True)
class Row:
    """The cells of one row. `reason` says why a row cannot be read, else is empty.

    line counts from 1, the header's; a row of several lines has that of its first.
    """

    line: int
    cells: list[str]
    reason: str = ""


@dataclass(frozen=True)
class Table:
    """A file that was read through once: its form is known, and that it is whole."""

    path: Path
    encoding: str
    delimiter: str
    has_separator_line: bool
    columns: tuple[str, ...]
    row_count: int

    def rows(self) -> Iterator[Row]:
        """Yield each row that is not blank, without the guard of our own exports."""
        with _opened(self.path, self.encoding) as stream:
            lines = _lines(stream)
            offset = int(self.has_separator_line)
            for row in islice(_records(lines, self.delimiter, offset), 1, None):
                if any(cell.strip() for cell in row.cells) or row.reason:
                    yield self._checked(row)

    def _checked(self, row: Row) -> Row:
        cells = [unguard(cell) for cell in row.cells]
        width = len(self.columns)
        if row.reason or len(cells) == width:
            return Row(row.line, cells, row.reason)
        reason = _("{found} cells, where the header has {wanted}").format(
            found=len(cells), wanted=width
        )
        return Row(row.line, cells, reason)


def open_table(*, path: Path, limits: Limits) -> Table:
    """Read the file through once, and give its rows to be read again.

    Raises:
        FileError: there is no such file, it is too large, it is no text, its header
            is not usable, or a quotation mark is never closed.
    """
    try:
        if path.stat().st_size > limits.max_bytes:
            size = limits.max_bytes // 1_000_000
            raise FileError(_("The file is larger than {size} MB.").format(size=size))
        for encoding in ENCODINGS:
            try:
                return _scanned(path, encoding, limits)
            except UnicodeDecodeError:
                continue
    except OSError as error:
        raise FileError(f"{path}: {error.strerror}") from error
    raise FileError(_("The file is not text in UTF-8 or Windows-1252."))


def _scanned(path: Path, encoding: str, limits: Limits) -> Table:
    with _opened(path, encoding) as stream:
        first = next(_lines(stream), "")
        separator = re.fullmatch(r"sep=(.)[\r\n]*", first)
        header = next(_lines(stream), "") if separator else first
        delimiter = separator[1] if separator else _delimiter(header)
        stream.seek(0)
        records = _records(_lines(stream), delimiter, offset=int(bool(separator)))
        columns = _columns(next(records, None), limits)
        count = 0
        for row in records:
            count += bool(row.reason) or any(cell.strip() for cell in row.cells)
            if count > limits.max_rows:
                text = _("The file has more than {count} rows.")
                raise FileError(text.format(count=limits.max_rows))
    return Table(path, encoding, delimiter, bool(separator), columns, count)


def _opened(path: Path, encoding: str) -> TextIO:
    return path.open(encoding=encoding, newline="")


def _lines(stream: TextIO) -> Iterator[str]:
    """Yield the lines; none is longer than memory can hold."""
    for line in iter(partial(stream.readline, LONGEST_LINE + 1), ""):
        if "\0" in line:
            raise FileError(
                _("The file holds NUL bytes: it is no text, or not saved as UTF-8.")
            )
        if len(line) > LONGEST_LINE:
            text = _("A line of the file is longer than {count} characters.")
            raise FileError(text.format(count=LONGEST_LINE))
        yield line


def _records(lines: Iterator[str], delimiter: str, offset: int) -> Iterator[Row]:
    """Yield the header and every row, also the blank ones.

    offset: the lines in front of the header, which are passed over.
    """
    reader = csv.reader(islice(lines, offset, None), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1 + offset
        try:
            yield Row(line, next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            if str(error) == UNCLOSED:
                text = _("Line {line}: a quotation mark is opened and never closed.")
                raise FileError(text.format(line=line)) from error
            last = reader.line_num + offset
            text = _("lines {line} to {last} cannot be read: {error}")
            reason = text.format(line=line, last=last, error=error)
            yield Row(line, [], reason)


def _delimiter(header: str) -> str:
    outside_quotes = re.sub(r'"[^"]*"', "", header)
    return max(DELIMITERS, key=outside_quotes.count)


def _columns(header: Row | None, limits: Limits) -> tuple[str, ...]:
    if header is None or not any(cell.strip() for cell in header.cells):
        raise FileError(header.reason if header and header.reason else _("No header."))
    columns = tuple(unguard(cell).strip() for cell in header.cells)
    if len(columns) > limits.max_columns:
        text = _("The file has more than {count} columns.")
        raise FileError(text.format(count=limits.max_columns))
    seen: set[str] = set()
    for number, column in enumerate(columns, start=1):
        if not column:
            text = _("Column {number} has no name in the header.")
            raise FileError(text.format(number=number))
        if column.casefold() in seen:
            text = _("The header names the column “{column}” twice.")
            raise FileError(text.format(column=column))
        seen.add(column.casefold())
    return columns
