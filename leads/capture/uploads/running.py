"""Taking an uploaded file in, a chunk a transaction, by whichever worker is free."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import reset_queries, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from leads import bells, copying, notifications
from leads.capture import importing
from leads.capture.choices import What
from leads.capture.importing import Outcome, Summary, Take
from leads.capture.mapping import Plan, Refusal, Wishes, make_plan
from leads.capture.models import FileImport, ImportedRecord, RefusedRow
from leads.capture.rows import FileError, Row, Table
from leads.capture.uploads import storing
from leads.capture.uploads.kinds import kind_of
from leads.choices import NotificationKind
from leads.crashpoints import crashpoint
from leads.notifications import News
from leads.owed import OwedState

CHUNK = 500
# After so many chunks the worker lets go, so that no import outlasts its lease.
CHUNKS_A_TURN = 40


class ImportStateError(Exception):
    """The import is not in a state in which this can be done."""


def save_mapping(
    *, file_import: FileImport, mapped: dict[str, str], known: str
) -> None:
    """Keep what a person chose, while the import is a draft.

    Raises:
        ImportStateError: it was started or ended before.
    """
    drafts = FileImport.objects.filter(
        pk=file_import.pk, state=OwedState.DUE, started_at=None
    )
    fixed = {
        name: value
        for name, value in file_import.fixed.items()
        if name not in mapped.values()
    }
    if not drafts.update(fields_by_column=mapped, known=known, fixed=fixed):
        raise ImportStateError(_("The import was started before."))
    file_import.fields_by_column = mapped
    file_import.known, file_import.fixed = known, fixed


def start(*, file_import: FileImport, now: datetime) -> None:
    """Owe the import to a worker; a draft alone can be started.

    Raises:
        ImportStateError: it was started or ended before.
    """
    drafts = FileImport.objects.filter(
        pk=file_import.pk, state=OwedState.DUE, started_at=None
    )
    with transaction.atomic():
        if not drafts.update(started_at=now, not_before=now):
            raise ImportStateError(_("The import was started before."))
        storing.forget_trial(file_import=file_import)
        transaction.on_commit(lambda: storing.delete_workbook(file_import))
        bells.ring("imports_owed")


def cancel(*, file_import: FileImport, now: datetime) -> None:
    """End it after the chunk that is being written; what was taken in stays.

    Raises:
        ImportStateError: it has ended already.
    """
    due = FileImport.objects.filter(pk=file_import.pk, state=OwedState.DUE)
    with transaction.atomic():
        if not due.update(state=OwedState.CANCELLED, ended_at=now, lease_until=None):
            raise ImportStateError(_("The import has ended already."))
        if file_import.started_at is None:
            storing.forget_trial(file_import=file_import)


def run_again(*, file_import: FileImport, now: datetime) -> None:
    """Let a stuck import go on at the row where it stopped.

    Raises:
        ImportStateError: it is not stuck.
    """
    with transaction.atomic():
        if not FileImport.objects.filter(pk=file_import.pk).run_again(now=now):
            raise ImportStateError(_("The import is not stuck."))
        bells.ring("imports_owed")


@dataclass(frozen=True)
class Pace:
    """How fast rows are taken in, and about how long the rest takes."""

    rows_a_second: int
    seconds_left: int


def pace(*, file_import: FileImport, now: datetime) -> Pace | None:
    """Since a worker began with it; None before its first chunk and after its end."""
    began_at, done = file_import.began_at, file_import.done_rows
    if not file_import.is_running or began_at is None or not done:
        return None
    seconds = max((now - began_at).total_seconds(), 0.1)
    left = max(file_import.row_count - done, 0)
    return Pace(round(done / seconds), math.ceil(left * seconds / done))


def continue_owed(*, now: datetime) -> None:
    """Go on with the import that waits longest, for a bounded number of chunks."""
    FileImport.objects.give_up(now=now)
    file_import = FileImport.objects.take(now=now)
    if file_import is None:
        return
    if file_import.began_at is None:
        FileImport.objects.filter(pk=file_import.pk).update(began_at=now)
    crashpoint("import_after_claim")
    try:
        table, plan = opened(file_import, file_import.started_at or now)
        is_whole = _turn(file_import, table, plan, now)
    except FileError as error:
        FileImport.objects.fail(file_import, error=str(error), now=now)
        return
    if is_whole:
        crashpoint("import_before_done")
        _finish(file_import, now)
    else:
        with transaction.atomic():
            held = FileImport.objects.held(file_import)
            if held.update(lease_until=None, attempts=0, not_before=now):
                bells.ring("imports_owed")


def opened(file_import: FileImport, now: datetime) -> tuple[Table, Plan]:
    """The stored file, and how its rows become values.

    Raises:
        FileError: the file or its mapping cannot be used.
    """
    mapped = file_import.fields_by_column
    wishes = Wishes(
        {column: name for column, name in mapped.items() if name},
        file_import.fixed,
        left_out=[column for column, name in mapped.items() if not name],
    )
    table = storing.table_of(file_import)
    fields = kind_of(file_import.kind).fields
    return table, make_plan(table=table, fields=fields, wishes=wishes, now=now)


def _turn(file_import: FileImport, table: Table, plan: Plan, now: datetime) -> bool:
    """Whether the last row was reached; also where somebody else took over, False."""
    take = kind_of(file_import.kind).way(file_import.known)
    left = islice(table.rows(), file_import.done_rows, None)
    turn = islice(importing.chunks(left, CHUNK), CHUNKS_A_TURN)
    for chunk in turn:
        if not _take_chunk(file_import, chunk, plan, take, now):
            return False
        crashpoint("import_after_chunk")
        reset_queries()  # with DEBUG on, Django keeps every statement
    return next(left, None) is None


@transaction.atomic
def _take_chunk(
    file_import: FileImport, chunk: list[Row], plan: Plan, take: Take, now: datetime
) -> bool:
    """Write the rows and how far it is, together; False where it is not ours now."""
    held = FileImport.objects.held(file_import)
    if held.select_for_update().first() is None:
        return False
    outcome, refusals = importing.take_chunk(chunk=chunk, plan=plan, take=take, now=now)
    crashpoint("import_row")
    keep_refused(file_import_id=file_import.pk, refused=refusals)
    _note_made(file_import, outcome)
    _count(file_import, len(chunk), outcome, len(refusals))
    crashpoint("import_before_commit")
    return True


def keep_refused(*, file_import_id: int, refused: Sequence[Refusal]) -> None:
    """Write the rows that were not taken, to be shown and fetched as a file."""
    copying.insert(
        RefusedRow,
        ("file_import_id", "line", "column", "reason", "cells"),
        (
            (file_import_id, it.line, it.column[:1000], it.reason, it.cells)
            for it in refused
        ),
    )


def _note_made(file_import: FileImport, outcome: Outcome) -> None:
    """Keep what the rows made, so that it can be taken out again."""
    copying.insert(
        ImportedRecord,
        ("file_import_id", "what", "record_id", "fingerprint"),
        (
            (file_import.pk, what, pk, told)
            for what, made in outcome.made.items()
            for pk, told in made.items()
        ),
    )
    if outcome.changed:
        # Of these some may have come with rows above.
        ours = file_import.made.filter(what=What.LEAD, record_id__in=outcome.changed)
        for trace in (traces := list(ours)):
            trace.fingerprint = outcome.changed[trace.record_id]
        ImportedRecord.objects.bulk_update(traces, ["fingerprint"])


def _count(file_import: FileImport, rows: int, outcome: Outcome, refused: int) -> None:
    FileImport.objects.held(file_import).update(
        attempts=0,
        done_rows=F("done_rows") + rows,
        created=F("created") + outcome.created,
        updated=F("updated") + outcome.updated,
        unchanged=F("unchanged") + outcome.unchanged,
        refused=F("refused") + refused,
    )


@transaction.atomic
def _finish(file_import: FileImport, now: datetime) -> None:
    if not FileImport.objects.finish(file_import, now=now):
        return
    transaction.on_commit(lambda: storing.delete_file(file_import))
    if file_import.uploaded_by_id is None:
        return
    file_import.refresh_from_db()
    news = News(
        person_id=file_import.uploaded_by_id,
        kind=NotificationKind.IMPORT_FINISHED,
        event=f"import-{file_import.pk}",
        title=_("“{name}” is imported").format(name=file_import.name),
        lines=(
            str(
                Summary(
                    created=file_import.created,
                    updated=file_import.updated,
                    unchanged=file_import.unchanged,
                    refused=file_import.refused,
                )
            ),
        ),
        path=file_import.get_absolute_url(),
    )
    notifications.notify(news=[news], now=now)
