"""Taking a report out as a file: at once, or by the worker where it is long.

Every file leaves a row that says who took what and when.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads import bells, notifications
from leads.choices import NotificationKind
from leads.models import Erasure, User
from leads.notifications import News
from leads.owed import OwedState
from reports import exports, lead_files, words
from reports.catalogue import REPORTS
from reports.models import Export, ExportQuerySet, Shape
from reports.reading import NotAskedError
from reports.tables import Table

# Longer ones are written by the worker.
MOST_ROWS_AT_ONCE = 10_000
KEPT_FOR = timedelta(days=7)


def table_of(
    *, name: str, query: Mapping[str, str], reader: User | None, now: datetime
) -> Table:
    """The table, or the rows behind a number, that the query asks for.

    Raises:
        NotAskedError: it asks for nothing sensible; the message is for whoever asked.
    """
    if name == lead_files.NAME and reader is not None:
        return lead_files.table(query=query, reader=reader, now=now)
    report = REPORTS.get(name)
    if report is None:
        raise NotAskedError(_("There is no such report."))
    if "column" in query:
        return report.file_of_records(query, reader=reader, now=now)
    return report.file(query, reader=reader, now=now)


@transaction.atomic
def note(
    *,
    name: str,
    query: Mapping[str, str],
    shape: Shape,
    table: Table,
    actor: User,
    now: datetime,
) -> Export:
    """Write down who takes what; a long one is owed to the worker.

    Asking again for one that is under way makes no second one.
    """
    is_long = table.count > MOST_ROWS_AT_ONCE
    asked = {"report": name, "query": dict(query), "shape": shape, "asked_by": actor}
    if is_long and (
        same := Export.objects.filter(state=OwedState.DUE, **asked).first()
    ):
        return same
    made = Export.objects.create(
        **asked,
        title=_title(name, query, table),
        row_count=table.count,
        asked_at=now,
        not_before=now,
        state=OwedState.DUE if is_long else OwedState.DONE,
        ended_at=None if is_long else now,
    )
    if is_long:
        bells.ring("exports_owed")
    return made


def _title(name: str, query: Mapping[str, str], table: Table) -> str:
    """What the file tells of, in words: the report and which of its tables."""
    if name not in REPORTS:
        return table.title
    title = f"{REPORTS[name].title}: {table.title}"
    is_of_leads = "column" in query
    return _("{title}, lead by lead").format(title=title) if is_of_leads else title


def write_owed(*, now: datetime) -> int:
    """Write every file that is owed, and count them."""
    written = 0
    while (export := Export.objects.take(now=now)) is not None:
        _write(export, now)
        written += 1
    Export.objects.give_up(now=now)
    return written


def path_of(export: Export) -> Path:
    """Where the kept file is."""
    return Path(settings.EXPORTS_DIR) / export.stored_as


def forget(*, now: datetime) -> int:
    """Delete the files that nobody needs any more; who took them stays written."""
    return _forget(Export.objects.filter(ended_at__lt=now - KEPT_FOR))


def forget_all() -> int:
    """Delete every kept file, since each may name a person who was erased."""
    return _forget(Export.objects.all())


def _forget(exports: ExportQuerySet) -> int:
    count = 0
    for export in exports.exclude(stored_as=""):
        path_of(export).unlink(missing_ok=True)
        Export.objects.filter(pk=export.pk).update(stored_as="")
        count += 1
    return count


def _write(export: Export, now: datetime) -> None:
    directory = Path(settings.EXPORTS_DIR)
    directory.mkdir(parents=True, exist_ok=True)
    stored_as = secrets.token_hex(16)
    path = directory / stored_as
    erased_before = _erasures()
    try:
        table = table_of(
            name=export.report,
            query=export.query,
            reader=export.asked_by,
            now=export.asked_at,
        )
        with path.open("xb") as stream:
            if export.shape == Shape.XLSX:
                exports.write_xlsx(table=table, stream=stream)
            else:
                for part in exports.csv_bytes(table):
                    stream.write(part)
    except (NotAskedError, OSError) as error:
        path.unlink(missing_ok=True)
        Export.objects.fail(export, error=str(error), now=now)
        return
    if _erasures() != erased_before:
        # What was read before may name the person; the next try does not.
        path.unlink(missing_ok=True)
        text = _("A person was erased meanwhile; the file is written once more.")
        Export.objects.fail(export, error=text, now=now)
    elif not _finish(export, stored_as, now):
        path.unlink(missing_ok=True)
    elif _erasures() != erased_before:
        # Whoever erased may have looked for files just before this one was there.
        _forget(Export.objects.filter(pk=export.pk))


def _erasures() -> int:
    """How many people were erased so far."""
    return Erasure.objects.count()


@transaction.atomic
def _finish(export: Export, stored_as: str, now: datetime) -> bool:
    Export.objects.held(export).update(stored_as=stored_as)
    if not Export.objects.finish(export, now=now):
        return False
    if export.asked_by_id is not None:
        rows = ngettext("{count} row", "{count} rows", export.row_count)
        title = _("Your file of “{name}” is ready")
        news = News(
            person_id=export.asked_by_id,
            kind=NotificationKind.EXPORT_READY,
            event=f"export-{export.pk}",
            title=title.format(name=export.words),
            lines=(rows.format(count=words.grouped(export.row_count)),),
            path=reverse("reports:exports"),
        )
        notifications.notify(news=[news], now=now)
    return True
