"""Trying a whole file: what would become of each row, of which nothing is kept.

Rows that may be about one record are tried together, all others in chunks, so that
nobody waits long for a lock and memory stays small, however large the file is.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import OperationalError, reset_queries, transaction
from django.db.models import Count, F
from django.utils.translation import gettext as _

from config import busy
from leads import bells
from leads.capture import importing
from leads.capture.importing import Summary, Take
from leads.capture.mapping import Plan, Refusal
from leads.capture.models import FileImport, ImportTrial
from leads.capture.rows import FileError, Row, Table
from leads.capture.uploads import repeats, running, storing
from leads.capture.uploads.kinds import kind_of
from leads.capture.uploads.running import ImportStateError
from leads.crashpoints import crashpoint

CHUNK = 500
# After so many chunks the worker lets go, so that no trial outlasts its lease.
CHUNKS_A_TURN = 40
# So many rows about records of other rows are tried in one transaction.
MOST_TOGETHER = 5_000
# A file of so many rows is tried while the person waits.
AT_ONCE = 1_000


@transaction.atomic
def ask(*, file_import: FileImport, now: datetime) -> ImportTrial:
    """Owe a trial of the draft, by the mapping as it is; an earlier one is forgotten.

    Raises:
        ImportStateError: it is no draft any more.
    """
    rows = FileImport.objects.filter(pk=file_import.pk).select_for_update()
    if not rows.get().is_draft:
        raise ImportStateError(_("The import was started before."))
    storing.forget_trial(file_import=file_import)
    trial = ImportTrial.objects.create(
        file_import=file_import, asked_at=now, not_before=now
    )
    bells.ring("imports_owed")
    return trial


def try_at_once(*, trial: ImportTrial, now: datetime) -> None:
    """Do it here and now where the file is small and no worker was faster."""
    is_small = trial.file_import.row_count <= AT_ONCE
    if is_small and ImportTrial.objects.claim(trial.pk, now=now):
        _go_on(ImportTrial.objects.get(pk=trial.pk), now)


def continue_owed(*, now: datetime) -> None:
    """Go on with the trial that waits longest, for a bounded number of chunks."""
    ImportTrial.objects.give_up(now=now)
    trial = ImportTrial.objects.take(now=now)
    if trial is not None:
        _go_on(trial, now)


def at_fault(*, file_import: FileImport) -> list[tuple[str, int]]:
    """The columns for which rows are refused, each with how many; "" is the row."""
    rows = file_import.refused_rows.order_by().values_list("column")
    counted = rows.annotate(count=Count("pk")).order_by("-count", "column")
    return list(counted[:10])


def _go_on(trial: ImportTrial, now: datetime) -> None:
    file_import = trial.file_import
    try:
        table, plan = running.opened(file_import, now)
        is_whole = _turn(trial, table, plan, now)
    except (FileError, OperationalError) as error:
        if busy.is_busy(error):
            why = _("Somebody else writes the same records; it is tried again soon.")
            ImportTrial.objects.fail(trial, error=why, now=now)
        elif isinstance(error, FileError):
            ImportTrial.objects.abandon(trial, error=str(error), now=now)
        else:
            raise
        return
    if not is_whole:
        with transaction.atomic():
            held = ImportTrial.objects.held(trial)
            if held.update(lease_until=None, attempts=0, not_before=now):
                bells.ring("imports_owed")


def _turn(trial: ImportTrial, table: Table, plan: Plan, now: datetime) -> bool:
    """Whether the trial ended, or is not ours any more."""
    kind = kind_of(trial.file_import.kind)
    entangled = repeats.entangled_lines(table=table, plan=plan, kind=kind)
    if len(entangled) > MOST_TOGETHER:
        entangled = frozenset()
        ImportTrial.objects.held(trial).update(is_rough=True)
    way = _Way(plan, kind.way(trial.file_import.known), now)
    left = islice(table.rows(), trial.done_rows, None)
    for chunk in islice(importing.chunks(left, CHUNK), CHUNKS_A_TURN):
        alone = [row for row in chunk if row.line not in entangled]
        if not _keep(trial, len(chunk), way.tried(alone)):
            return True
        crashpoint("trial_after_chunk")
        reset_queries()  # with DEBUG on, Django keeps every statement
    if next(left, None) is not None:
        return False
    together = [row for row in table.rows() if row.line in entangled]
    _keep(trial, 0, way.tried(together), ended_at=now)
    return True


@dataclass(frozen=True)
class _Way:
    """How the rows of one file are taken."""

    plan: Plan
    take: Take
    now: datetime

    def tried(self, rows: list[Row]) -> tuple[Summary, list[Refusal]]:
        """What would become of the rows, and which are refused; nothing is kept."""
        summary, refused = Summary(), list[Refusal]()

        def act() -> None:
            for chunk in importing.chunks(rows, CHUNK):
                outcome, refusals = importing.take_chunk(
                    chunk=chunk, plan=self.plan, take=self.take, now=self.now
                )
                summary.created += outcome.created
                summary.updated += outcome.updated
                summary.unchanged += outcome.unchanged
                summary.refused += len(refusals)
                refused.extend(refusals)

        importing.rehearse(act)
        return summary, refused


@transaction.atomic
def _keep(
    trial: ImportTrial,
    rows: int,
    tried: tuple[Summary, list[Refusal]],
    ended_at: datetime | None = None,
) -> bool:
    """Write how far it is, and with the last rows that it ended; False if not ours."""
    summary, refused = tried
    held = ImportTrial.objects.held(trial)
    if held.select_for_update().first() is None:
        return False
    running.keep_refused(file_import_id=trial.file_import_id, refused=refused)
    held.update(
        attempts=0,
        done_rows=F("done_rows") + rows,
        created=F("created") + summary.created,
        updated=F("updated") + summary.updated,
        unchanged=F("unchanged") + summary.unchanged,
        refused=F("refused") + summary.refused,
    )
    if ended_at is not None:
        ImportTrial.objects.finish(trial, now=ended_at)
    return True
