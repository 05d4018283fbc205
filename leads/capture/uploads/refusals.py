"""The refused rows of an import as a file that can be mended and imported again."""

import csv
from collections.abc import Iterator
from io import StringIO

from leads.capture.cells import guard
from leads.capture.models import FileImport

ADDED = ("line", "column", "reason")


def lines(file_import: FileImport) -> Iterator[str]:
    """Yield the lines of a CSV file, in which no cell is a formula to a spreadsheet."""
    # A file of refused rows that comes back has these columns already.
    skipped = 3 if tuple(file_import.columns[:3]) == ADDED else 0
    yield _line([*ADDED, *file_import.columns[skipped:]])
    for row in file_import.refused_rows.iterator(chunk_size=500):
        yield _line([str(row.line), row.column, row.reason, *row.cells[skipped:]])


def _line(cells: list[str]) -> str:
    stream = StringIO()
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerow([guard(cell) for cell in cells])
    return stream.getvalue()
