"""What erasing a person asks of the reports."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from reports import exporting


def delete_files(*, lead_id: int, sought: Sequence[str], now: datetime) -> None:
    """Delete the kept files of all reports once the erasure is committed.

    A workbook is compressed, so nobody can look for a name in it; they are few, kept
    for days alone, and written anew when asked for.
    """
    transaction.on_commit(exporting.forget_all)
