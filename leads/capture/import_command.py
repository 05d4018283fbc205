"""What the three import commands share: options, progress, what they print."""

import csv
import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from leads.capture import importing
from leads.capture.cells import guard
from leads.capture.importing import Kind, Summary
from leads.capture.mapping import Plan, Refusal, Wishes, make_plan
from leads.capture.rows import FileError, Limits, Table, open_table

SHOWN = 20  # warnings, and refused rows, that are printed
ADDED_COLUMNS = ("line", "column", "reason")


class RefusedRows:
    """The file of refused rows; it is made when the first one comes."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self.count = 0
        # A file of refused rows that comes back has these columns already.
        self._skipped = 3 if tuple(columns[:3]) == ADDED_COLUMNS else 0
        self._columns = columns
        self._stack = ExitStack()
        self._stream: TextIO | None = None

    def write(self, refusal: Refusal) -> None:
        self.count += 1
        if self._stream is None:
            stream = self.path.open("w", encoding="utf-8", newline="")
            self._stream = self._stack.enter_context(stream)
            self._row([*ADDED_COLUMNS, *self._columns[self._skipped :]])
        cells = refusal.cells[self._skipped :]
        self._row([str(refusal.line), refusal.column, refusal.reason, *cells])

    def close(self) -> None:
        self._stack.close()

    def _row(self, cells: Sequence[str]) -> None:
        writer = csv.writer(self._stream or sys.stdout, quoting=csv.QUOTE_ALL)
        writer.writerow([guard(cell) for cell in cells])


class _Printer:
    """Hears what becomes of the rows, and shows it in a terminal."""

    def __init__(self, command: BaseCommand, refused_rows: RefusedRows, bar: tqdm):
        self.command = command
        self.refused_rows = refused_rows
        self.bar = bar
        self.warnings: list[str] = []

    def refused(self, refusal: Refusal) -> None:
        self.refused_rows.write(refusal)
        if self.refused_rows.count <= SHOWN:
            text = _("line {line}, column {column}: {reason}")
            if not refusal.column:
                text = _("line {line}: {reason}")
            shown = text.format(
                line=refusal.line, column=refusal.column, reason=refusal.reason
            )
            self.bar.clear()
            self.command.stderr.write(shown)

    def warned(self, line: int, text: str) -> None:
        if len(self.warnings) < SHOWN:
            shown = _("line {line}: {text}").format(line=line, text=text)
            self.warnings.append(shown)

    def done(self, rows: int) -> None:
        self.bar.update(rows)


class ImportCommand(BaseCommand):
    """Base of a command that takes one kind of record in from a CSV file."""

    kind: ClassVar[Kind]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=FIELD",
            help="fill the field from this column; may be given many times",
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="FIELD=VALUE",
            help="fill the field with this value in every row",
        )
        parser.add_argument(
            "--mapping",
            type=Path,
            metavar="FILE.json",
            help='both from a file: {"map": {COLUMN: FIELD}, "set": {FIELD: VALUE}}',
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="say what would be done, and write nothing; others wait meanwhile",
        )
        parser.add_argument(
            "--refused",
            type=Path,
            metavar="FILE.csv",
            help="where to write refused rows; NAME.refused.csv when not given",
        )
        free = [f"{self.kind.fields.free}KEY"] if self.kind.fields.free else []
        known = ", ".join([*self.kind.fields.parsers, *free])
        parser.epilog = _("Fields: {known}").format(known=known)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        refused_path = options["refused"] or Path(f"{path.stem}.refused.csv")
        now = timezone.now()
        try:
            if refused_path.resolve() == path.resolve():
                raise FileError(_("--refused names the file that is read."))
            table = open_table(path=path, limits=Limits())
            wishes = _wishes(options["mapping"], options["map"], options["set"])
            fields = self.kind.fields
            plan = make_plan(table=table, fields=fields, wishes=wishes, now=now)
            refused_rows = RefusedRows(refused_path, table.columns)
            self._run(table, plan, refused_rows, now, is_dry=options["dry_run"])
        except FileError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error

    def _run(
        self,
        table: Table,
        plan: Plan,
        refused_rows: RefusedRows,
        now: datetime,
        *,
        is_dry: bool,
    ) -> None:
        with ExitStack() as stack:
            stack.callback(refused_rows.close)
            # Without a terminal there is no bar.
            bar = tqdm(total=table.row_count, unit="rows", disable=None, leave=False)
            printer = _Printer(self, refused_rows, stack.enter_context(bar))

            def act() -> Summary:
                return importing.run(
                    table=table,
                    plan=plan,
                    take=self.kind.take,
                    listener=printer,
                    now=now,
                )

            summary = importing.rehearse(act) if is_dry else act()
        self._report(table, plan, printer, summary, is_dry=is_dry)

    def _report(
        self,
        table: Table,
        plan: Plan,
        printer: _Printer,
        summary: Summary,
        *,
        is_dry: bool,
    ) -> None:
        if is_dry:
            self.stdout.write(_("Dry run: nothing was written."))
        self.stdout.write(str(summary))
        if table.encoding == "cp1252":
            self.stdout.write(_("The file is not UTF-8; it was read as Windows-1252."))
        if plan.unused:
            columns = ", ".join(plan.unused)
            self.stdout.write(_("Columns left out: {columns}").format(columns=columns))
        if printer.refused_rows.count:
            path = printer.refused_rows.path
            self.stdout.write(_("Refused rows are in {path}").format(path=path))
        for warning in printer.warnings:
            self.stdout.write(_("warning: {text}").format(text=warning))
        more = summary.warnings - len(printer.warnings)
        if more:
            self.stdout.write(_("… and {count} more warnings").format(count=more))


def _wishes(path: Path | None, mapped: list[str], fixed: list[str]) -> Wishes:
    """What the options ask for; they go before the mapping file."""
    from_file = _mapping_file(path) if path else {"map": {}, "set": {}}
    fields_by_column = dict(from_file["map"])
    values_by_field = dict(from_file["set"])
    for text in mapped:
        column, equals, name = text.rpartition("=")
        if not equals or not column or not name:
            raise FileError(_("--map {text}: write COLUMN=FIELD.").format(text=text))
        fields_by_column[column] = name
    for text in fixed:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise FileError(_("--set {text}: write FIELD=VALUE.").format(text=text))
        values_by_field[name] = value
    return Wishes(fields_by_column, values_by_field)


def _mapping_file(path: Path) -> dict[str, dict[str, str]]:
    try:
        read = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FileError(f"{path}: {error}") from error
    parts = {"map": {}, "set": {}} | (read if isinstance(read, dict) else {"": read})
    for name, part in parts.items():
        is_known = name in ("map", "set") and isinstance(part, dict)
        if not is_known or not all(isinstance(text, str) for text in part.values()):
            text = _('{path}: write {{"map": {{…}}, "set": {{…}}}} with texts.')
            raise FileError(text.format(path=path))
    return parts
