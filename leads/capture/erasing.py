"""The files that people brought, where they name somebody who is erased."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from django.db import transaction

from leads.capture.models import FileImport
from leads.capture.uploads import storing


def delete_files(*, lead_id: int, sought: Sequence[str], now: datetime) -> None:
    """Delete each stored file that names the person, once the erasure is committed.

    An import that still waits for its file then says that it is gone. Workbooks are
    not looked into: they all go, and of a draft the chosen sheet stays.
    """
    written = {
        word.encode(encoding, errors="ignore")
        for word in sought
        for encoding in ("utf-8", "cp1252")
    }
    if not written - {b""}:
        return
    named = re.compile(b"|".join(map(re.escape, written - {b""})), re.IGNORECASE)
    for one in FileImport.objects.exclude(stored_as=""):
        is_named = _names(storing.path_of(one), named)
        forget = storing.delete_file if is_named else storing.delete_workbook
        transaction.on_commit(partial(forget, one))


def _names(path: Path, named: re.Pattern[bytes]) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return any(named.search(line) for line in stream)
