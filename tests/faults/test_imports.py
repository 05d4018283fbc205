"""A worker that is killed in the middle of an import."""

from datetime import timedelta

import pytest

from leads.capture.models import FileImport, RefusedRow
from leads.capture.uploads import running, storing
from leads.crashpoints import KILLED
from leads.models import Lead, Standing
from leads.owed import LEASE, OwedState
from tests.faults import processes
from tests.leads.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
CODE = (
    "from pathlib import Path; from datetime import datetime; "
    "from django.conf import settings; "
    "from leads.capture.uploads import running; running.CHUNK = 2; "
    "settings.IMPORTS_DIR = Path({folder!r}); "
    "running.continue_owed(now=datetime.fromisoformat({now!r}))"
)


@pytest.mark.parametrize(
    ("crash_at", "by_then"),
    [
        ("import_after_claim:1", 0),
        ("import_row:2", 2),
        ("import_before_commit:2", 2),
        ("import_after_chunk:2", 4),
        ("import_before_done:1", 6),
    ],
)
def test_what_was_not_taken_in_when_it_died_is_taken_in_once(
    settings, tmp_path, crash_at, by_then
):
    settings.IMPORTS_DIR = tmp_path
    settings.BELLS = {bell: [] for bell in settings.BELLS}
    rows = [*(f"p{n}@acme.example" for n in range(3)), "none", "p3@acme.example", "no"]
    file_import = storing.store(
        name="people.csv",
        content=["\n".join(["email", *rows]).encode()],
        kind="leads",
        system="",
        actor=UserFactory(),
        now=NOON,
    )
    running.start(file_import=file_import, now=NOON)
    code = CODE.format(folder=str(tmp_path), now=NOON.isoformat())

    assert processes.run(code, crash_at=crash_at) == KILLED
    file_import.refresh_from_db()
    assert file_import.done_rows == by_then
    later = NOON + LEASE + timedelta(seconds=1)
    running.continue_owed(now=later)
    running.continue_owed(now=later)

    done = FileImport.objects.get()
    assert (done.state, done.created, done.refused) == (OwedState.DONE, 4, 2)
    assert not [*tmp_path.iterdir()]
    assert Lead.objects.count() == Standing.objects.count() == 4
    assert RefusedRow.objects.count() == 2
