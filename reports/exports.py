"""The one writer of CSV: no cell of an export starts a formula in a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from leads.capture.cells import guard

Cell = str | int | float | None


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
