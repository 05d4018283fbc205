"""The one writer of CSV: no cell of an export starts a formula in a spreadsheet."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

Cell = str | int | float | None

# What spreadsheets skip before they look whether a cell is a formula.
_SKIPPED = r"[\s\x00-\x1f\x7f-\x9f\xa0\u200b-\u200f\u2060\ufeff]*"
# Leading apostrophes are part of it, so that `unguard` undoes `guard` exactly.
_FORMULA = re.compile(rf"'*{_SKIPPED}[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001


class _Line:
    """What `csv.writer` writes to: it hands the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def guard(text: str) -> str:
    """The text with a leading `'` where a spreadsheet would read a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """The text as it was before `guard`."""
    is_guarded = text.startswith("'") and _FORMULA.match(text[1:])
    return text[1:] if is_guarded else text


def csv_lines(
    *, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> Iterator[str]:
    """Yield the lines of a CSV file, every cell quoted; numbers stay numbers."""
    writer = csv.writer(_Line(), quoting=csv.QUOTE_ALL)
    for row in chain([header], rows):
        cells = [guard(cell) if isinstance(cell, str) else cell for cell in row]
        yield writer.writerow(cells)
