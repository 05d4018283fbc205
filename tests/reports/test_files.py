"""What a workbook tells beside its cells, and the page that lists who took what."""

import csv
import io

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from leads.choices import Role
from reports import exporting, tasks
from reports.models import Export, Shape
from reports.tables import Table
from tests.leads.factories import UserFactory
from tests.reports.test_report_pages import client_of, some_rows

pytestmark = pytest.mark.django_db
DATES = {"from": "2026-03-01", "to": "2026-04-01"}


@pytest.fixture
def manager(db, settings, tmp_path):
    settings.EXPORTS_DIR = tmp_path
    return client_of(Role.MANAGER)


def take(client, name, **query):
    address = reverse("reports:export", args=[name])
    answer = client.get(address, {**DATES, **query})
    assert answer.status_code in (200, 302)
    return b"".join(answer.streaming_content) if answer.status_code == 200 else b""


def files(client):
    return client.get(reverse("reports:exports")).text


def notes_of(content):
    (sheet,) = load_workbook(io.BytesIO(content)).worksheets
    return {cell.value: cell.comment.text if cell.comment else "" for cell in sheet[1]}


def test_a_workbook_notes_on_its_names_which_columns_are_cents_and_seconds(manager):
    revenue = notes_of(take(manager, "revenue", section="parts", format="xlsx"))
    waits = notes_of(take(manager, "follow-up", section="response", format="xlsx"))

    assert (revenue["amount"], revenue["deals"]) == ("In cents", "")
    assert (waits["median"], waits["n"], waits["within"]) == ("In seconds", "", "")


def test_a_workbook_has_the_names_and_cells_of_the_file_of_text(manager):
    some_rows()
    query = {"section": "response", "by": "source"}
    text = take(manager, "follow-up", **query).decode("utf-8-sig")
    content = take(manager, "follow-up", format="xlsx", **query)
    (sheet,) = load_workbook(io.BytesIO(content)).worksheets

    header, *rows = csv.reader(text.splitlines())
    assert [cell.value for cell in sheet[1]] == header
    assert sheet.max_row == 1 + len(rows)


def test_a_compared_column_of_money_is_noted_too(manager):
    notes = notes_of(
        take(manager, "revenue", section="parts", format="xlsx", compare="before")
    )

    assert notes["amount_before"] == notes["amount_change"] == "In cents"
    assert notes["amount_sure"] == ""


def test_each_row_says_in_words_which_table_was_taken(manager):
    some_rows()
    take(manager, "follow-up", section="response", by="team")
    take(manager, "acceptance", by="rep")
    take(manager, "acceptance", column="all", outcome="accepted")

    page = files(manager)

    assert "Follow-up: Rep response, in working time<" in page
    assert "follow-up-response.csv · 2026-03-01 – 2026-04-01 · team" in page
    assert "Acceptance: By rep<" in page
    assert "Acceptance: Hand-offs, lead by lead<" in page
    assert "acceptance-leads.csv · 2026-03-01 – 2026-04-01 · accepted" in page


def test_a_file_of_which_no_words_were_kept_is_told_by_its_name(manager):
    take(manager, "funnel")
    Export.objects.update(title="")

    assert "<div>funnel.csv<br>" in files(manager)


def test_what_went_out_at_once_is_downloaded(manager):
    take(manager, "funnel")

    page = files(manager)

    assert "Downloaded\n" in page
    assert "No longer kept" not in page


def test_a_kept_file_is_ready_for_whoever_asked_and_then_no_longer_kept(
    manager, monkeypatch
):
    some_rows()
    monkeypatch.setattr(exporting, "MOST_ROWS_AT_ONCE", 2)
    take(manager, "follow-up", section="response", column="n")
    tasks.write_exports()

    own, of_another = files(manager), files(client_of(Role.MANAGER))
    exporting.forget(now=timezone.now() + exporting.KEPT_FOR * 2)
    later = files(manager)

    export = reverse("reports:export-file", args=[Export.objects.get().pk])
    assert export in own
    assert export not in of_another
    assert "Ready\n" in of_another
    assert "No longer kept" in later
    assert "Downloaded\n" not in own + of_another + later


def test_who_sees_only_their_own_files_is_not_told_of_everybody(manager):
    marketer = client_of(Role.MARKETER)
    nobody = files(manager)
    take(manager, "funnel")

    page = files(marketer)

    assert "Nobody has downloaded a report yet." in nobody
    assert "Who downloaded what." in nobody
    assert "You have not downloaded a report yet." in page
    assert "What you downloaded." in page
    assert "Nobody" not in page


def test_an_address_cannot_name_the_file_as_it_likes(db):
    export = exporting.note(
        name="funnel",
        query={"section": 'x";\r\nSet-Cookie: a/..', "column": "all"},
        shape=Shape.CSV,
        table=Table([], [], 0),
        actor=UserFactory(),
        now=timezone.now(),
    )

    assert str(export) == "funnel-x-set-cookie-a-leads.csv"
