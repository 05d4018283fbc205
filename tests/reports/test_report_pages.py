"""Every report of the catalogue: its page, its files and the words for bad input."""

import csv
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import quote

import openpyxl
import pytest
from django.core.exceptions import TooManyFieldsSent
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads.choices import Role, Stage
from leads.erasing import erase
from leads.models import Lead, Notification
from leads.owed import OwedState
from reports import exporting, tasks
from reports.answers import Kind
from reports.catalogue import REPORTS
from reports.models import Export
from tests.bad_inputs import listed, query_of
from tests.handoff.factories import DealFactory, HandoffFactory
from tests.leads.factories import NOON, LeadFactory, UserFactory
from tests.reports.factories import travel
from tests.reports.test_follow_up import clock

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 7, 1, tzinfo=UTC)
DATES = {"from": "2026-03-01", "to": "2026-04-01"}
GENERIC = [name for name, report in REPORTS.items() if report.answer is not None]


def client_of(role):
    client = Client()
    client.force_login(UserFactory(role=role))
    return client


@pytest.fixture
def manager(db):
    return client_of(Role.MANAGER)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.EXPORTS_DIR = tmp_path


def some_rows():
    for source in ("web", "=1+1", ""):
        clock(HandoffFactory(lead=LeadFactory(source=source, stage="sql")))


def address(name, what="export"):
    return reverse(f"reports:{what}", args=[name])


def read_csv(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(text.splitlines()))


@pytest.mark.parametrize("name", GENERIC)
def test_each_report_has_a_page_with_its_words(manager, name):
    some_rows()
    report = REPORTS[name]

    page = manager.get(address(name, "report"), DATES)
    fragment = manager.get(address(name, "report"), DATES, HTTP_HX_REQUEST="true")
    refused = client_of(Role.REP).get(address(name, "report"))

    assert page.status_code == 200
    assert all(f"definition-{each.slug}" in page.text for each in report.definitions)
    assert fragment.text.strip().startswith('<div id="report"')
    assert refused.status_code == 403


def test_every_number_of_a_page_opens_its_records(manager):
    some_rows()

    for name in GENERIC:
        context = manager.get(address(name, "report"), DATES).context
        for sheet in context["sheets"]:
            for line in [*sheet.lines, *([sheet.total] if sheet.total else [])]:
                for value in line.values:
                    if value.address:
                        opened = manager.get(value.address)
                        assert opened.status_code == 200, value.address
                        assert opened.context["page"].paginator.count > 0


def test_another_way_to_ask_for_a_table_is_one_click_away(manager):
    DealFactory(won_at=NOON, amount=10)

    page = manager.get(address("revenue", "report"), {**DATES, "by": "source"})

    sheet = next(each for each in page.context["sheets"] if each.instead)
    words, to = sheet.instead[0]
    assert f">{words}</a>" in page.text
    assert (sheet.section.name, words) == ("attributed", "Kind of touch")
    assert manager.get(to).context["form"].cleaned_data["by"] == "kind"


@pytest.mark.parametrize("by", ["source", "campaign"])
def test_the_rows_behind_a_number_tell_the_source_once(manager, by):
    some_rows()
    query = {**DATES, "by": by, "section": "response", "column": "n"}

    text = manager.get(address("follow-up", "records"), query).text

    assert text.count('<th scope="col">Source</th>') == 1


@pytest.mark.parametrize("name", GENERIC)
def test_every_figure_leads_to_the_rows_behind_it(manager, name):
    some_rows()
    for number in range(3):
        steps = (Stage.SQL, number + 1), (Stage.ACCEPTED, number + 2)
        lead = travel(LeadFactory(stage="mql"), *steps)
        DealFactory(lead=lead, won_at=NOON + timedelta(days=number), amount=10)

    page = manager.get(address(name, "report"), DATES)

    addresses = [tile.address for tile in page.context["tiles"]]
    assert any(addresses)
    for tile in page.context["tiles"]:
        if tile.address.startswith("#"):
            assert f'id="{tile.address[1:]}"' in page.text
        elif tile.address:
            listed = manager.get(tile.address).context["page"].paginator.count
            is_count = tile.figure.kind == Kind.COUNT
            assert listed == tile.figure.value if is_count else listed > 0


def test_no_report_breaks_on_bad_input(manager):
    cases = [*listed("query_params"), *listed("dates")]
    asked_of = [
        query_of(case)
        if "query" in case or "query_repeat" in case
        else f"from={quote(str(case['value']))}"
        for case, _expect in cases
    ]
    for asked in asked_of:
        try:
            query = QueryDict(asked).dict()
        except TooManyFieldsSent:
            continue  # 400, said by Django
        for report in REPORTS.values():
            form = report.make_form(query, now=NOW)
            # Whatever the address says: words, or a period that can be counted.
            assert form.errors or form.cleaned_period().start_at, asked
    for asked in asked_of[::9]:
        response = manager.get(f"{REPORTS['sources'].address}?{asked}")
        assert response.status_code in (200, 400), asked


def test_a_question_without_sense_is_answered_in_words(manager):
    for name, report in REPORTS.items():
        wrong = ["from=2026-12-01&to=2026-01-01", "period=ever"]
        wrong += ["by=password"] if "by" in report.make_form.usual else []
        for asked in [*wrong, "from=1600-01-01&to=2000-01-01"]:
            response = manager.get(f"{report.address}?{asked}")
            assert response.status_code == 400, (name, asked)
            assert 'role="alert"' in response.text
        export = manager.get(f"{report.export_address}?{wrong[0]}")
        assert export.status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        {"section": "response", "column": "median"},
        {"section": "nothing", "column": "n"},
        {"column": "\0"},
        {},
    ],
)
def test_a_number_that_is_none_opens_nothing(manager, query):
    response = manager.get(address("follow-up", "records"), {**DATES, **query})

    assert response.status_code == 400


def test_a_table_is_a_file_that_no_spreadsheet_runs(manager):
    some_rows()
    query = {**DATES, "section": "response"}

    rows = read_csv(manager.get(address("follow-up"), {**query, "format": "csv"}))
    sheet = manager.get(address("follow-up"), {**query, "format": "xlsx"})
    book = openpyxl.load_workbook(BytesIO(b"".join(sheet.streaming_content)))
    cells = list(book.active.iter_rows(values_only=True))

    assert rows[0][:2] == ["key", "n"]
    assert {row[0] for row in rows[1:]} == {"web", "'=1+1", "none", "total"}
    assert [row[0] for row in cells] == [row[0] for row in rows]
    assert cells[-1][1] == 3
    assert book.active["A2"].data_type != "f"


def test_the_rows_behind_a_number_are_a_file_too(manager):
    some_rows()
    cell = {"section": "response", "column": "n", "key": "web"}

    rows = read_csv(manager.get(address("follow-up"), {**DATES, **cell}))

    assert rows[0][:3] == ["lead", "external_id", "name"]
    assert len(rows) == 2


def test_a_download_needs_its_own_right_and_is_written_down(manager):
    some_rows()
    marketer = UserFactory(role=Role.MARKETER)
    rights = marketer.groups.get().permissions
    rights.remove(rights.get(codename="export_reports"))
    client = Client()
    client.force_login(marketer)

    refused = client.get(address("follow-up"), DATES)
    manager.get(address("follow-up"), DATES)

    assert refused.status_code == 403
    assert "/export/" not in client.get(address("follow-up", "report"), DATES).text
    (export,) = Export.objects.all()
    assert (export.report, export.state) == ("follow-up", OwedState.DONE)
    assert export.query == DATES
    assert "follow-up.csv" in manager.get(reverse("reports:exports")).text


@pytest.mark.parametrize("shape", ["csv", "xlsx"])
def test_a_long_file_is_owed_and_told_once(
    manager, monkeypatch, django_capture_on_commit_callbacks, shape
):
    some_rows()
    monkeypatch.setattr(exporting, "MOST_ROWS_AT_ONCE", 2)
    asked = {**DATES, "section": "response", "column": "n", "format": shape}

    first = manager.get(address("follow-up"), asked)
    again = manager.get(address("follow-up"), asked)
    tasks.write_exports()
    tasks.write_exports()

    export = Export.objects.get()
    assert (first.status_code, again.status_code) == (302, 302)
    assert export.state == OwedState.DONE
    assert Notification.objects.filter(kind="export_ready").count() == 1
    got = manager.get(reverse("reports:export-file", args=[export.pk]))
    assert len(b"".join(got.streaming_content)) > 100
    other = client_of(Role.MANAGER)
    assert (
        other.get(reverse("reports:export-file", args=[export.pk])).status_code == 404
    )


def test_a_kept_file_is_forgotten_after_a_week(manager, monkeypatch, settings):
    some_rows()
    monkeypatch.setattr(exporting, "MOST_ROWS_AT_ONCE", 2)
    manager.get(address("follow-up"), {**DATES, "section": "response", "column": "n"})
    tasks.write_exports()

    exporting.forget(now=timezone.now() + exporting.KEPT_FOR * 2)

    assert list(settings.EXPORTS_DIR.iterdir()) == []
    assert Export.objects.get().stored_as == ""


def test_no_kept_file_outlives_a_person_who_was_erased(
    manager, monkeypatch, settings, django_capture_on_commit_callbacks
):
    some_rows()
    monkeypatch.setattr(exporting, "MOST_ROWS_AT_ONCE", 2)
    manager.get(address("follow-up"), {**DATES, "section": "response", "column": "n"})
    tasks.write_exports()
    assert len(list(settings.EXPORTS_DIR.iterdir())) == 1

    with django_capture_on_commit_callbacks(execute=True):
        erase(lead=Lead.objects.first(), actor=None, now=timezone.now())

    assert list(settings.EXPORTS_DIR.iterdir()) == []
    assert Export.objects.get().stored_as == ""


def test_a_file_during_whose_writing_a_person_was_erased_is_written_once_more(
    manager, monkeypatch, settings
):
    some_rows()
    monkeypatch.setattr(exporting, "MOST_ROWS_AT_ONCE", 2)
    manager.get(address("follow-up"), {**DATES, "section": "response", "column": "n"})
    counts = iter([0, 1, 1, 1, 1])
    monkeypatch.setattr(exporting, "_erasures", lambda: next(counts))

    tasks.write_exports()
    waits = Export.objects.get()
    Export.objects.update(not_before=timezone.now())
    tasks.write_exports()

    assert (waits.state, waits.stored_as) == (OwedState.DUE, "")
    assert Export.objects.get().state == OwedState.DONE
    assert len(list(settings.EXPORTS_DIR.iterdir())) == 1


def test_the_list_of_files_tells_them_apart_and_asks_again_until_all_are_written(
    manager, monkeypatch
):
    some_rows()
    monkeypatch.setattr(exporting, "MOST_ROWS_AT_ONCE", 2)
    leads = {**DATES, "section": "response", "column": "n", "key": ""}
    manager.get(address("follow-up"), {"period": "90d", "by": "team"})
    manager.get(address("follow-up"), leads)
    files = reverse("reports:exports")

    waiting = manager.get(files).text
    tasks.write_exports()
    ready = manager.get(files).text
    (note,) = Notification.objects.filter(kind="export_ready")

    assert "follow-up-response-leads.csv" in waiting
    assert "2026-03-01 – 2026-04-01 · n" in waiting
    assert "Last 90 days · team" in waiting
    assert 'hx-trigger="every 3s"' in waiting
    assert "hx-trigger" not in ready.split('id="export-table"')[1]
    got = manager.get(reverse("reports:export-file", args=[Export.objects.last().pk]))
    assert b"".join(got.streaming_content)
    assert "follow-up-response-leads.csv" in got["Content-Disposition"]
    assert "3 rows" in str(note.lines)


def test_a_printed_report_says_of_which_days_and_leads_it_is(manager):
    some_rows()

    for name in GENERIC:
        text = manager.get(address(name, "report"), DATES).text
        assert '<p class="print-only">1 Mar 2026 to 31 Mar 2026' in text, name


def test_a_chart_says_what_it_draws_where_its_table_does_not(manager):
    some_rows()

    page = manager.get(address("throughput", "report"), DATES).text
    said = render_to_string(
        "reports/_chart_title.html",
        {"chart_title": "Moves", "title": "Moves between stages"},
    )

    titles = re.findall(r'<p class="chart-title">([^<]+)</p>', page)
    assert titles == ["Entered in the period", "Leads now"]
    assert not said.strip()
