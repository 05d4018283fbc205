"""Taking out again what an import made, a chunk a transaction, by a worker.

What somebody has touched since stays, each with its reason. Records that were there
before the import keep what it wrote on them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Count, F
from django.utils.translation import gettext as _

from leads import bells, removing
from leads.capture.choices import What
from leads.capture.models import FileImport, ImportedRecord, ImportUndo
from leads.capture.uploads.kinds import kind_of
from leads.capture.uploads.running import ImportStateError
from leads.choices import KeptWhy
from leads.crashpoints import crashpoint
from leads.models import Lead
from leads.owed import OwedState
from leads.querysets import LeadQuerySet

CHUNK = 500
CHUNKS_A_TURN = 40


@dataclass(frozen=True)
class Kept:
    """How many records of one sort stay for one reason."""

    what: str
    why: str
    count: int


def made(*, file_import: FileImport) -> dict[str, int]:
    """How many records of each sort the import made that are not undone yet."""
    rows = file_import.made.filter(kept_why="").order_by("-what")
    counted = rows.values_list("what").annotate(count=Count("pk"))
    return {str(What(what).label): count for what, count in counted}


def kept(*, file_import: FileImport) -> list[Kept]:
    """What stays, and why, the most frequent first."""
    rows = file_import.made.exclude(kept_why="").values_list("what", "kept_why")
    counted = rows.annotate(count=Count("pk")).order_by("-count", "what")
    return [
        Kept(str(What(what).label), str(KeptWhy(why).label), count)
        for what, why, count in counted
    ]


def kept_leads(*, file_import: FileImport) -> LeadQuerySet:
    """The leads that stay and are still there."""
    ours = file_import.made.filter(what=What.LEAD).exclude(kept_why="")
    return Lead.objects.filter(pk__in=ours.values("record_id")).order_by("pk")


def may_undo(file_import: FileImport) -> bool:
    """Whether it has ended, made something, and nobody asked for its undoing yet."""
    has_ended = file_import.state in (OwedState.DONE, OwedState.CANCELLED)
    return (
        has_ended
        and not ImportUndo.objects.filter(file_import=file_import).exists()
        and file_import.made.exists()
    )


def ask(*, file_import: FileImport, actor_id: int, now: datetime) -> ImportUndo:
    """Owe the undoing of an import to a worker; it is asked for once.

    Raises:
        ImportStateError: it has not ended, made nothing, or is undone already.
    """
    text = _("This import cannot be undone, or is undone already.")
    if not may_undo(file_import):
        raise ImportStateError(text)
    try:
        with transaction.atomic():
            undo = ImportUndo.objects.create(
                file_import=file_import,
                asked_by_id=actor_id,
                asked_at=now,
                not_before=now,
            )
            bells.ring("imports_owed")
    except IntegrityError as error:
        raise ImportStateError(text) from error
    return undo


def run_again(*, file_import: FileImport, now: datetime) -> None:
    """Let a stuck undoing go on where it stopped.

    Raises:
        ImportStateError: it is not stuck.
    """
    with transaction.atomic():
        if not ImportUndo.objects.filter(file_import=file_import).run_again(now=now):
            raise ImportStateError(_("The undoing is not stuck."))
        bells.ring("imports_owed")


def continue_owed(*, now: datetime) -> None:
    """Go on with the undoing that waits longest, for a bounded number of chunks."""
    ImportUndo.objects.give_up(now=now)
    undo = ImportUndo.objects.take(now=now)
    if undo is None:
        return
    crashpoint("undo_after_claim")
    for _turn in range(CHUNKS_A_TURN):
        left = _take_out(undo, now)
        if left is None:
            return
        if not left:
            crashpoint("undo_before_done")
            _finish(undo, now)
            return
        crashpoint("undo_after_chunk")
    with transaction.atomic():
        held = ImportUndo.objects.held(undo)
        if held.update(lease_until=None, attempts=0, not_before=now):
            bells.ring("imports_owed")


@transaction.atomic
def _take_out(undo: ImportUndo, now: datetime) -> int | None:
    """Judge the next records of one sort; how many, None where it is not ours now."""
    held = ImportUndo.objects.held(undo)
    if held.select_for_update().first() is None:
        return None
    rows = ImportedRecord.objects.filter(file_import=undo.file_import_id, kept_why="")
    some = list(rows.order_by("-what", "record_id")[:CHUNK])
    some = [one for one in some if one.what == some[0].what]
    if not some:
        return 0
    kept = _remover(undo.file_import, some, now)()
    for why in set(kept.values()):
        ids = [pk for pk, reason in kept.items() if reason == why]
        same = rows.filter(what=some[0].what, record_id__in=ids)
        same.update(kept_why=why)
    gone = [one.pk for one in some if one.record_id not in kept]
    ImportedRecord.objects.filter(pk__in=gone).delete()
    held.update(attempts=0, removed=F("removed") + len(gone))
    crashpoint("undo_before_commit")
    return len(some)


def _remover(
    file_import: FileImport, some: list[ImportedRecord], now: datetime
) -> Callable[[], dict[int, KeptWhy]]:
    ids = [one.record_id for one in some]
    own = kind_of(file_import.kind).removers.get(What(some[0].what))
    if own is not None:
        return partial(own, record_ids=ids, file_import_id=file_import.pk, now=now)
    match some[0].what:
        case What.LEAD:
            told = {one.record_id: one.fingerprint for one in some}
            return partial(removing.remove_leads, fingerprints=told)
        case What.ACTIVITY:
            return partial(removing.remove_activities, activity_ids=ids)
        case _:
            return partial(removing.remove_accounts, account_ids=ids)


@transaction.atomic
def _finish(undo: ImportUndo, now: datetime) -> None:
    """The same file may be brought again."""
    if ImportUndo.objects.finish(undo, now=now):
        FileImport.objects.filter(pk=undo.file_import_id).update(undone_at=now)
