"""The one writer of CSV and Excel files: no cell starts a formula in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import IO, Protocol

import xlsxwriter

from leads.capture.cells import guard

Cell = str | int | float | None
# Without it Excel takes UTF-8 for the code page of the machine.
BYTE_ORDER_MARK = "\ufeff"
# What a cell of Excel holds.
LONGEST_TEXT = 32_767
MOST_LINES = 1_048_576


class Tabular(Protocol):
    """What can be written: column names, rows of cells, and notes on columns."""

    @property
    def header(self) -> Sequence[str]: ...

    @property
    def notes(self) -> Mapping[str, str]: ...

    @property
    def rows(self) -> Iterable[Sequence[Cell]]: ...


class _Line:
    """What `csv.writer` writes to: it hands the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(
    *, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> Iterator[str]:
    """Yield the lines of a CSV file, every cell quoted; numbers stay numbers."""
    writer = csv.writer(_Line(), quoting=csv.QUOTE_ALL)
    for row in chain([header], rows):
        cells = [guard(cell) if isinstance(cell, str) else cell for cell in row]
        yield writer.writerow(cells)


def csv_bytes(table: Tabular) -> Iterator[bytes]:
    """Yield the file line by line, as spreadsheets open it."""
    yield BYTE_ORDER_MARK.encode()
    for line in csv_lines(header=table.header, rows=table.rows):
        yield line.encode()


def write_xlsx(*, table: Tabular, stream: IO[bytes]) -> None:
    """Write a workbook of one sheet; a row is in memory at a time.

    What its columns are in is noted on their names, which stay those of a CSV file.
    Beyond what a sheet of Excel holds, the last line says that there is more.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as workbook:
        sheet = workbook.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(table.header):
            if name in table.notes:
                sheet.write_comment(0, place, table.notes[name])
        for number, row in enumerate(chain([table.header], table.rows)):
            if number == MOST_LINES - 1:
                sheet.write_string(number, 0, "…")
                return
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, place, guard(cell)[:LONGEST_TEXT])
                elif cell is not None:
                    sheet.write_number(number, place, cell)
