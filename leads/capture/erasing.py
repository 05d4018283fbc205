"""The files that people brought, where they name somebody who is erased."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from leads.capture.models import FileImport
from leads.capture.uploads import storing


def delete_files(*, lead_id: int, sought: Sequence[str], now: datetime) -> None:
    """Delete each stored file that names the person, once the erasure is committed.

    An import that still waits for its file then says that it is gone.
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
        if _names(settings.IMPORTS_DIR / one.stored_as, named):
            transaction.on_commit(partial(storing.delete_file, one))


def _names(path: Path, named: re.Pattern[bytes]) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return any(named.search(line) for line in stream)
