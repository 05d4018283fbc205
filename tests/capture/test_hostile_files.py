"""Every hostile file, address, text and date of the shared list, imported."""

import base64
import csv
import json
import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError

from leads.capture.rows import Limits
from leads.models import Account, Lead, StageChange, Standing
from tests.capture.shell import run

SHARED = Path(__file__).parents[3] / "shared" / "data"
LIST = Path(os.environ.get("BATON_DATA", SHARED)).parent / "bad_inputs.json"
if not LIST.is_file() and not os.environ.get("CI"):
    pytest.skip(f"{LIST} is not there", allow_module_level=True)

pytestmark = pytest.mark.django_db
GROUPS = json.loads(LIST.read_text(encoding="utf-8"))["groups"]


def cases(group):
    """The cases of a group, each with what is expected of it."""
    whole = GROUPS[group]
    return [
        (case, case.get("expect", whole["default_expect"])) for case in whole["cases"]
    ]


def text_of(case):
    """The value of a case as the text of a cell."""
    if "repeat" in case:
        repeat = case["repeat"]
        return repeat["prefix"] + repeat["text"] * repeat["times"] + repeat["suffix"]
    value = json.loads(case["raw_json"]) if "raw_json" in case else case["value"]
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode()


def content_of(file):
    if "b64" in file:
        return base64.b64decode(file["b64"])
    if "text" in file:
        return file["text"]
    fill = file["fill"]
    if "header_columns" in fill:
        header = ",".join(["email", *(f"c{n}" for n in range(fill["header_columns"]))])
        return f"{header}\n"
    if "pad_to" in fill:
        return "email\n" + "a@b.example\n" * 200
    big = fill.get("big", {"text": "", "times": 0})
    # The limits of the test stand in for the large ones of the product.
    count = 1_001 if fill["rows"] == "limit+1" else min(fill["rows"], 1_000)
    row = fill["row"].replace("{big}", big["text"] * big["times"])
    return fill["header"] + "".join(row.replace("{n}", str(n)) for n in range(count))


def one_cell(column, text):
    stream = StringIO()
    writer = csv.writer(stream)
    writer.writerows([["id", column], ["1", text], ["2", ""]])
    return stream.getvalue()


def refusal_of(folder, content, *options):
    """Import the file; why it was refused as a whole, empty where it was not."""
    try:
        run("import_leads", folder, content, *options)
    except CommandError as error:
        return str(error)
    return ""


def written():
    """Leads, after a look that nothing of them is there by half."""
    leads = Lead.objects.count()
    assert Standing.objects.count() == leads
    assert StageChange.objects.filter(to_stage="new").count() == leads
    assert not Account.objects.filter(leads=None).exists()
    return leads


@pytest.fixture
def small_limits(monkeypatch):
    limits = Limits(max_bytes=1_500_000, max_rows=1_000, max_columns=200)
    monkeypatch.setattr("leads.capture.import_command.Limits", lambda: limits)
    return limits


@pytest.mark.parametrize(
    ("case", "expect"),
    cases("csv_files"),
    ids=lambda value: value["id"] if isinstance(value, dict) else value,
)
def test_a_hostile_file_is_taken_row_by_row_or_refused_in_one_line(
    tmp_path, small_limits, case, expect
):
    content = content_of(case["file"])
    if "pad_to" in case["file"].get("fill", {}):
        content += "x" * small_limits.max_bytes

    refusal = refusal_of(tmp_path, content)

    assert "\n" not in refusal
    assert not refusal or expect != "accept"
    assert refusal or expect != "reject"
    assert written() == 0 or not refusal
    if not refusal:
        again = run("import_leads", tmp_path, content)
        assert "created 0, updated 0" in again


@pytest.mark.parametrize("group", ["email", "text", "dates", "export_cells"])
def test_a_hostile_cell_is_taken_or_refused_and_its_neighbour_is_taken(tmp_path, group):
    column = {"email": "email", "dates": "created_at"}.get(group, "last_name")
    for case, expect in cases(group):
        Lead.objects.all().delete()
        Account.objects.all().delete()
        content = one_cell(column, text_of(case))

        refusal = refusal_of(tmp_path, content, "--map=id=external_id")

        leads, is_empty = written(), not text_of(case).strip()
        assert leads == 0 if refusal else leads in (1, 2), case["id"]
        assert "NUL" in refusal or not refusal, case["id"]
        assert leads == 2 or expect != "accept", case["id"]
        assert leads < 2 or expect != "reject" or is_empty, case["id"]
