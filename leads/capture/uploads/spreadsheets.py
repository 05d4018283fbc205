"""Workbooks as CSV files, so that one reader reads every import."""

import csv
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from leads.capture.rows import FileError, Limits

# A small archive may unpack to terabytes.
MOST_UNPACKED = 300_000_000  # bytes
# What openpyxl raises about a file that only looks like a workbook.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ParseError,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


def is_workbook(path: Path) -> bool:
    """Whether the content is an XLSX file, whatever its name says."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def visible_sheets(workbook: Path) -> list[str]:
    """The names of the sheets that are not hidden, in their order.

    Raises:
        FileError: it cannot be read, or has none.
    """
    with _opened(workbook) as book:
        names = [it.title for it in book.worksheets if it.sheet_state == "visible"]
    if not names:
        raise FileError(_("The workbook has no visible sheet."))
    return names


def write_csv(*, workbook: Path, sheet: str, target: Path, limits: Limits) -> None:
    """Write one sheet as CSV, a formula by its last value.

    A line break within a cell becomes a space, so that lines are the sheet's rows.

    Raises:
        FileError: it cannot be read, or is too large.
    """
    with _opened(workbook) as book:
        read = book[sheet]
        # What the file says of its size may be wrong.
        read.reset_dimensions()
        rows = read.iter_rows(max_col=limits.max_columns + 1, values_only=True)
        _write(rows, target, limits)


@contextmanager
def _opened(workbook: Path) -> Iterator[Any]:
    try:
        _refuse_bomb(workbook)
        # By its name openpyxl would refuse it: ours has no ending.
        with workbook.open("rb") as stream:
            yield load_workbook(stream, read_only=True, data_only=True)
    except BROKEN as error:
        raise FileError(_("The workbook is damaged and cannot be read.")) from error


def _refuse_bomb(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > MOST_UNPACKED:
        size = MOST_UNPACKED // 1_000_000
        raise FileError(
            _("The workbook unpacks to more than {size} MB.").format(size=size)
        )


def _write(rows: Iterable[tuple[Any, ...]], target: Path, limits: Limits) -> None:
    width = 0
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        for number, row in enumerate(rows):
            if number > limits.max_rows:
                text = _("The file has more than {count} rows.")
                raise FileError(text.format(count=limits.max_rows))
            cells = [_text(value) for value in row]
            while len(cells) > width and not cells[-1]:
                cells.pop()
            width = width or len(cells)
            writer.writerow(cells)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).splitlines())
