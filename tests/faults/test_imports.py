"""A worker that is killed in the middle of an import."""

from datetime import timedelta

import pytest

from leads.capture.models import FileImport, ImportUndo, RefusedRow
from leads.capture.uploads import running, storing, undoing
from leads.crashpoints import KILLED
from leads.models import Account, Lead, Standing
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
UNDO = (
    "from datetime import datetime; "
    "from leads.capture.uploads import undoing; undoing.CHUNK = 2; "
    "undoing.continue_owed(now=datetime.fromisoformat({now!r}))"
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


@pytest.mark.parametrize(
    ("crash_at", "by_then"),
    [
        ("undo_after_claim:1", 0),
        ("undo_before_commit:2", 2),
        ("undo_after_chunk:2", 4),
        ("undo_before_done:1", 5),
    ],
)
def test_what_was_not_taken_out_when_it_died_is_taken_out_once(
    settings, tmp_path, crash_at, by_then
):
    settings.IMPORTS_DIR = tmp_path
    settings.BELLS = {bell: [] for bell in settings.BELLS}
    actor = UserFactory()
    people = "\n".join(["email", *(f"p{n}@acme.example" for n in range(4))])
    file_import = storing.store(
        name="people.csv",
        content=[people.encode()],
        kind="leads",
        system="",
        actor=actor,
        now=NOON,
    )
    running.start(file_import=file_import, now=NOON)
    running.continue_owed(now=NOON)
    file_import.refresh_from_db()
    undoing.ask(file_import=file_import, actor_id=actor.pk, now=NOON)

    code = UNDO.format(now=NOON.isoformat())
    assert processes.run(code, crash_at=crash_at) == KILLED
    assert ImportUndo.objects.get().removed == by_then
    undoing.continue_owed(now=NOON + LEASE + timedelta(seconds=1))

    undo = ImportUndo.objects.get()
    assert (undo.state, undo.removed) == (OwedState.DONE, 5)
    assert not Lead.objects.exists()
    assert not Account.objects.exists()
