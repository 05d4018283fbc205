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

from leads.capture.models import FileImport, ImportedRecord, RefusedRow
from leads.capture.rows import FileError, Limits, Table, open_table
from leads.capture.uploads import mapping_guess, spreadsheets
from leads.models import User
from leads.owed import OwedState

LIMITS = Limits(max_bytes=50_000_000, max_rows=500_000)
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")
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

    Raises:
        FileError: it cannot be read, is too large, or was imported before.
    """
    if Path(name).suffix.casefold() not in ENDINGS:
        raise FileError(_("Only CSV and Excel (.xlsx) files can be imported."))
    settings.IMPORTS_DIR.mkdir(parents=True, exist_ok=True)
    stored_as = secrets.token_hex(16)
    path = settings.IMPORTS_DIR / stored_as
    try:
        digest = _written(path, content)
        _refuse_known(digest, kind)
        if spreadsheets.is_workbook(path):
            _unpack(path)
        table = open_table(path=path, limits=LIMITS)
        if not table.row_count:
            raise FileError(_("The file has a header and no rows."))
        made = FileImport(
            kind=kind,
            name=Path(name).name[-200:],
            digest=digest,
            stored_as=stored_as,
            columns=list(table.columns),
            row_count=table.row_count,
            uploaded_by=actor,
            uploaded_at=now,
            not_before=now,
        )
        mapping_guess.fill(file_import=made, system=system)
        return _saved(made)
    except FileError:
        path.unlink(missing_ok=True)
        raise


def table_of(file_import: FileImport) -> Table:
    """The stored file, read through once.

    Raises:
        FileError: it is not there any more.
    """
    if not file_import.stored_as:
        raise FileError(_("The file was deleted."))
    path = settings.IMPORTS_DIR / file_import.stored_as
    if not path.is_file():
        raise FileError(_("The file is not in the folder for imports any more."))
    return open_table(path=path, limits=LIMITS)


def delete_file(file_import: FileImport) -> None:
    """Delete what was uploaded; its counts and refused rows stay."""
    if file_import.stored_as:
        (settings.IMPORTS_DIR / file_import.stored_as).unlink(missing_ok=True)
        FileImport.objects.filter(pk=file_import.pk).update(stored_as="")


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


def _unpack(path: Path) -> None:
    target = path.with_suffix(".csv")
    try:
        spreadsheets.write_csv(workbook=path, target=target, limits=LIMITS)
        target.replace(path)
    finally:
        target.unlink(missing_ok=True)


def _refuse_known(digest: str, kind: str) -> None:
    known = FileImport.objects.filter(
        digest=digest,
        kind=kind,
        state__in=[OwedState.DUE, OwedState.DONE],
        undone_at=None,
    ).first()
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
