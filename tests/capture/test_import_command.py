import csv
import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection

from leads.capture import importing
from leads.capture.importing import Outcome
from leads.capture.management.commands import import_leads
from leads.models import Account, Lead, StageChange
from tests.capture.shell import run

pytestmark = pytest.mark.django_db
ROWS = "email,name,employees\nok@b.example,Ada,5\nnobody,=1+1,6\nc@d.example,Bo,many\n"


def test_refused_rows_are_kept_with_their_line_column_and_reason(tmp_path):
    printed = run("import_leads", tmp_path, ROWS)

    with (tmp_path / "refused.csv").open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["line", "column", "reason", "email", "name", "employees"],
            ["3", "email", "“nobody” is no e-mail address", "nobody", "'=1+1", "6"],
            [
                "4",
                "employees",
                "“many” is no whole number from 0 to 2147483647",
                "c@d.example",
                "Bo",
                "many",
            ],
        ]
    assert "line 3, column email: “nobody” is no e-mail address\n" in printed
    assert "created 1, updated 0, unchanged 0, refused 2\n" in printed
    assert f"Refused rows are in {tmp_path / 'refused.csv'}\n" in printed
    assert "Columns left out: name\n" in printed


def test_mended_refused_rows_can_be_imported_as_they_are(tmp_path):
    run("import_leads", tmp_path, ROWS)
    mended = (tmp_path / "refused.csv").read_text(encoding="utf-8")
    mended = mended.replace("nobody", "now@b.example")

    printed = run("import_leads", tmp_path, mended, "--map=name=last_name")

    assert Lead.objects.get(email="now@b.example").last_name == "=1+1"
    assert "created 1, updated 0, unchanged 0, refused 1\n" in printed
    again = (tmp_path / "refused.csv").read_text(encoding="utf-8")
    assert again.startswith('"line","column","reason","email","name","employees"')


def test_no_refused_row_makes_no_file(tmp_path):
    run("import_leads", tmp_path, "email\na@b.example\n")

    assert not (tmp_path / "refused.csv").exists()


def test_a_rehearsal_counts_what_the_run_then_does_and_writes_nothing(tmp_path):
    # Rows that meet in different chunks see each other in a rehearsal too.
    lines = [f"l{n}@b.example,x" for n in range(importing.CHUNK + 5)]
    content = "\n".join(["email,phone", *lines, "l0@b.example,y", "bad,z"])

    rehearsed = run("import_leads", tmp_path, content, "--dry-run")
    assert not Lead.objects.exists()
    assert not Account.objects.exists()
    done = run("import_leads", tmp_path, content)

    assert rehearsed.replace("Dry run: nothing was written.\n", "") == done
    assert "created 505, updated 1, unchanged 0, refused 1\n" in done


def test_a_mapping_file_and_the_options_say_the_same(tmp_path):
    mapping = tmp_path / "mapping.json"
    mapping.write_text(
        json.dumps(
            {"map": {"Mail": "email", "a=b": "phone"}, "set": {"source": "Fair"}}
        )
    )

    run("import_leads", tmp_path, "Mail,a=b\na@b.example,1\n", f"--mapping={mapping}")
    run(
        "import_leads",
        tmp_path,
        "Mail,a=b\nc@d.example,1\n",
        "--map=Mail=email",
        "--map=a=b=phone",
        "--set=source=Fair",
    )

    assert set(Lead.objects.values_list("source", "phone")) == {("fair", "1")}


@pytest.mark.parametrize(
    "mapping", ["", "[]", '{"maps": {}}', '{"map": []}', '{"set": {"stage": 1}}']
)
def test_a_mapping_file_of_another_shape_is_refused(tmp_path, mapping):
    path = tmp_path / "mapping.json"
    path.write_text(mapping)

    with pytest.raises(CommandError, match=r"mapping\.json: "):
        run("import_leads", tmp_path, "email\na@b.example\n", f"--mapping={path}")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--map=email"], "--map email: write COLUMN=FIELD."),
        (["--set=email"], "--set email: write FIELD=VALUE."),
        (["--map=gone=email"], "The file has no column “gone”"),
    ],
)
def test_an_option_that_cannot_be_is_refused_before_any_row(tmp_path, options, message):
    with pytest.raises(CommandError, match=message):
        run("import_leads", tmp_path, "email\na@b.example\n", *options)

    assert not Lead.objects.exists()


def test_the_input_is_never_overwritten_by_its_refused_rows(tmp_path):
    path = tmp_path / "input.csv"
    path.write_text("email\nbad\n")

    with pytest.raises(CommandError, match="--refused names the file that is read"):
        call_command("import_leads", path, f"--refused={path}")


def test_only_the_first_warnings_are_printed_and_all_are_counted(tmp_path):
    rows = "\n".join(f"a{n}@gmail.com,5" for n in range(25))

    printed = run("import_leads", tmp_path, f"email,employees\n{rows}\n")

    assert printed.count("warning: line ") == 20
    assert "… and 5 more warnings" in printed


def test_a_file_that_is_no_utf8_is_read_and_told(tmp_path):
    content = "email,last_name\na@b.example,Zoé\n".encode("cp1252")

    printed = run("import_leads", tmp_path, content)

    assert Lead.objects.get().last_name == "Zoé"
    assert "read as Windows-1252" in printed


def test_a_chunk_that_met_another_import_is_done_again(tmp_path, monkeypatch):
    errors = [IntegrityError("met"), OperationalError("deadlock")]
    take = import_leads.LEADS.take

    def meeting_take(*, rows, now):
        outcome = take(rows=rows, now=now)
        if errors:
            raise errors.pop()
        return outcome

    kind = importing.Kind(import_leads.LEADS.fields, meeting_take)
    monkeypatch.setattr(import_leads.Command, "kind", kind)

    printed = run("import_leads", tmp_path, "email\na@b.example\n")

    assert printed == "created 1, updated 0, unchanged 0, refused 0\n"
    assert StageChange.objects.count() == 1


def test_a_chunk_that_the_database_refuses_is_not_half_written(tmp_path, monkeypatch):
    take = import_leads.LEADS.take

    def failing_take(*, rows, now):
        take(rows=rows, now=now)
        raise IntegrityError("no.")

    kind = importing.Kind(import_leads.LEADS.fields, failing_take)
    monkeypatch.setattr(import_leads.Command, "kind", kind)

    with pytest.raises(
        CommandError, match=r"Lines 2 to 2 were not taken.*: no\. The same"
    ):
        run("import_leads", tmp_path, "email\na@b.example\n")
    assert not Lead.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_file_at_once_leave_what_one_leaves(tmp_path, settings):
    settings.BELLS = {bell: [] for bell in settings.BELLS}
    rows = "\n".join(f"p{n}@c{n % 40}.example,t{n % 7}" for n in range(700))
    folders = [tmp_path / "first", tmp_path / "second"]

    def import_in(folder):
        folder.mkdir()
        try:
            return run("import_leads", folder, f"email,tags\n{rows}\n")
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as threads:
        printed = list(threads.map(import_in, folders))

    assert all("refused 0" in each for each in printed)
    assert sum(int(each.split()[1].strip(",")) for each in printed) == 700
    assert (Lead.objects.count(), Account.objects.count()) == (700, 40)
    assert StageChange.objects.count() == 700


def test_counts_of_an_outcome_add_up_to_its_rows():
    outcome = Outcome()
    outcome.count([True, True, False], is_new=True, is_changed=True)
    outcome.count([True, False], is_new=False, is_changed=True)
    outcome.count([True, True], is_new=False, is_changed=False)

    assert (outcome.created, outcome.updated, outcome.unchanged) == (1, 2, 4)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_progress_is_shown_in_a_terminal_only(tmp_path, monkeypatch, is_terminal):
    drawn = StringIO()
    monkeypatch.setattr(drawn, "isatty", lambda: is_terminal, raising=False)
    monkeypatch.setattr("sys.stderr", drawn)

    run("import_leads", tmp_path, "email\na@b.example\n")

    assert ("rows/s" in drawn.getvalue()) == is_terminal
