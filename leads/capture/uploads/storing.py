"""Keeping an uploaded file until it is taken in, and forgetting it afterwards."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from leads.capture.models import FileImport, ImportedRecord, ImportTrial, RefusedRow
from leads.capture.rows import FileError, Limits, Table, open_table
from leads.capture.uploads import mapping_guess, spreadsheets
from leads.models import User
from leads.owed import OwedState

LIMITS = Limits(max_bytes=50_000_000, max_rows=500_000)
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")
# Of a workbook in which nothing can be read so many sheets are tried.
MOST_SHEETS = 10
# What reading a draft anew writes.
READ = ("kind", "digest", "sheet", "columns", "row_count", "fields_by_column", "fixed")
DRAFTS_LAST = timedelta(days=7)
REFUSED_LAST = timedelta(days=90)


def store(
    *,
    name: str,
    content: Iterable[bytes],
    kind: str,
    system: str,
    actor: User,
    now: datetime,
) -> FileImport:
    """Keep the file under a name of ours, as a draft that waits to be mapped.

    kind: an `ImportKind`, or empty to find out by the columns. Of a workbook the first
    visible sheet is read that can be read and was not imported before.

    Raises:
        FileError: it cannot be read, is too large, or was imported before.
    """
    if Path(name).suffix.casefold() not in ENDINGS:
        raise FileError(_("Only CSV and Excel (.xlsx) files can be imported."))
    settings.IMPORTS_DIR.mkdir(parents=True, exist_ok=True)
    made = FileImport(
        name=Path(name).name[-200:],
        stored_as=secrets.token_hex(16),
        uploaded_by=actor,
        uploaded_at=now,
        not_before=now,
    )
    try:
        made.digest = _written(path_of(made), content)
        if spreadsheets.is_workbook(path_of(made)):
            _read_workbook(made, kind, system)
        else:
            _read(made, path_of(made), kind, system)
        return _saved(made)
    except FileError:
        path_of(made).unlink(missing_ok=True)
        workbook_of(made).unlink(missing_ok=True)
        raise


def reread(*, file_import: FileImport, kind: str, sheet: str) -> None:
    """Read a draft as another kind of record, or another sheet of its workbook.

    The mapping is guessed anew. `sheet` is empty where there is only one.

    Raises:
        FileError: it cannot be read so, or was imported so before.
    """
    path, fresh = path_of(file_import), path_of(file_import).with_suffix(".csv")
    try:
        if sheet and sheet != file_import.sheet:
            _unpack(file_import, sheet, fresh)
            _read(file_import, fresh, kind, "")
        else:
            _read(file_import, path, kind, "")
        _save_draft(file_import)
        if fresh.is_file():
            fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def forget_trial(*, file_import: FileImport) -> None:
    """Drop what a trial of a draft found; whoever is at work on it then stops."""
    ImportTrial.objects.filter(file_import=file_import).delete()
    RefusedRow.objects.filter(file_import=file_import).delete()


def path_of(file_import: FileImport) -> Path:
    """Where the rows are, as CSV."""
    return settings.IMPORTS_DIR / file_import.stored_as


def workbook_of(file_import: FileImport) -> Path:
    """Where the workbook lies of whose sheets a person may still choose."""
    return path_of(file_import).with_suffix(".xlsx")


def table_of(file_import: FileImport) -> Table:
    """The stored file, read through once.

    Raises:
        FileError: it is not there any more.
    """
    if not file_import.stored_as:
        raise FileError(_("The file was deleted."))
    if not path_of(file_import).is_file():
        raise FileError(_("The file is not in the folder for imports any more."))
    return open_table(path=path_of(file_import), limits=LIMITS)


def delete_file(file_import: FileImport) -> None:
    """Delete what was uploaded; its counts and refused rows stay."""
    if file_import.stored_as:
        path_of(file_import).unlink(missing_ok=True)
        delete_workbook(file_import)
        FileImport.objects.filter(pk=file_import.pk).update(stored_as="")


def delete_workbook(file_import: FileImport) -> None:
    """Delete what other sheets are read from; the rows of the chosen one stay."""
    if file_import.stored_as:
        workbook_of(file_import).unlink(missing_ok=True)


def forget(*, now: datetime) -> None:
    """Drop drafts that nobody started, and refused rows that nobody fetched."""
    drafts = FileImport.objects.filter(
        state=OwedState.DUE, started_at=None, uploaded_at__lt=now - DRAFTS_LAST
    )
    for draft in drafts:
        delete_file(draft)
        draft.delete()
    for ended in FileImport.objects.exclude(stored_as="").filter(
        state__in=[OwedState.DONE, OwedState.CANCELLED]
    ):
        delete_file(ended)
    old = {"file_import__ended_at__lt": now - REFUSED_LAST}
    RefusedRow.objects.filter(**old).delete()
    # Afterwards an import cannot be undone any more.
    ImportedRecord.objects.filter(**old).delete()


def _written(path: Path, content: Iterable[bytes]) -> str:
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as stream:
        for part in content:
            size += len(part)
            if size > LIMITS.max_bytes:
                text = _("The file is larger than {size} MB.")
                raise FileError(text.format(size=LIMITS.max_bytes // 1_000_000))
            digest.update(part)
            stream.write(part)
    return digest.hexdigest()


def _read_workbook(made: FileImport, kind: str, system: str) -> None:
    """Read the first sheet that can be read; of several the workbook is kept."""
    path_of(made).replace(workbook_of(made))
    sheets = spreadsheets.visible_sheets(workbook_of(made))
    made.sheets = sheets if len(sheets) > 1 else []
    refusals: list[FileError] = []
    for sheet in sheets[:MOST_SHEETS]:
        try:
            _unpack(made, sheet, path_of(made))
            _read(made, path_of(made), kind, system)
            break
        except FileError as error:
            refusals.append(error)
    else:
        raise refusals[0]
    if not made.sheets:
        workbook_of(made).unlink()


def _unpack(file_import: FileImport, sheet: str, target: Path) -> None:
    """Write the sheet as CSV; the import's digest is then the sheet's."""
    workbook = workbook_of(file_import)
    if not workbook.is_file():
        raise FileError(_("The workbook is not there any more; bring it again."))
    spreadsheets.write_csv(workbook=workbook, sheet=sheet, target=target, limits=LIMITS)
    with workbook.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
    sheets = file_import.sheets
    if sheets and sheet != sheets[0]:
        digest.update(sheet.encode())
    file_import.digest = digest.hexdigest()
    file_import.sheet = sheet if sheets else ""


def _read(file_import: FileImport, path: Path, kind: str, system: str) -> None:
    """Note what the file holds, and guess which column fills what."""
    table = open_table(path=path, limits=LIMITS)
    if not table.row_count:
        raise FileError(_("The file has a header and no rows."))
    file_import.columns = list(table.columns)
    file_import.row_count = table.row_count
    file_import.kind = kind or mapping_guess.kind_by(file_import.columns)
    _refuse_known(file_import)
    mapping_guess.fill(file_import=file_import, system=system)


def _refuse_known(file_import: FileImport) -> None:
    same = FileImport.objects.filter(
        digest=file_import.digest,
        kind=file_import.kind,
        state__in=[OwedState.DUE, OwedState.DONE],
        undone_at=None,
    )
    known = same.exclude(pk=file_import.pk).first()
    if known is None:
        return
    if known.is_draft:
        text = _("This file is in the list already and waits to be started.")
        raise FileError(text)
    day = date_format(localtime(known.started_at), "DATE_FORMAT")
    raise FileError(_("This file was already imported on {day}.").format(day=day))


def _saved(file_import: FileImport) -> FileImport:
    try:
        with transaction.atomic():
            file_import.save()
    except IntegrityError as error:
        raise FileError(_("This file is in the list already.")) from error
    return file_import


def _save_draft(file_import: FileImport) -> None:
    drafts = FileImport.objects.filter(
        pk=file_import.pk, state=OwedState.DUE, started_at=None
    )
    try:
        with transaction.atomic():
            if not drafts.update(**{it: getattr(file_import, it) for it in READ}):
                raise FileError(_("The import was started before."))
            forget_trial(file_import=file_import)
    except IntegrityError as error:
        raise FileError(_("This file is in the list already.")) from error
