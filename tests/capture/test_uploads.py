import io
import zipfile
from datetime import date, timedelta

import pytest
from django.urls import reverse
from openpyxl import Workbook

from leads import particulars
from leads.capture.models import FileImport, ImportTrial, RefusedRow
from leads.capture.uploads import running, spreadsheets, storing, systems, trying
from leads.choices import Role
from leads.models import Account, Lead, Notification, Standing
from leads.owed import LEASE, OwedState
from tests import bad_inputs
from tests.capture.bringing import brought, run_all, start, try_it, upload
from tests.leads.factories import NOON, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
PEOPLE = "email,first_name\nada@acme.example,Ada\nbob@acme.example,Bob\n"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.IMPORTS_DIR = tmp_path
    settings.BELLS = {bell: [] for bell in settings.BELLS}


@pytest.fixture
def marketer(client):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    return user


def test_a_file_is_brought_mapped_and_taken_in_and_its_owner_is_told(client, marketer):
    done = brought(client, PEOPLE)

    assert (done.state, done.created, done.done_rows) == (OwedState.DONE, 2, 2)
    assert set(Lead.objects.values_list("first_name", flat=True)) == {"Ada", "Bob"}
    assert Notification.objects.get().path == done.get_absolute_url()


def counts(row):
    return row.created, row.updated, row.unchanged, row.refused


def test_nothing_is_written_before_the_start_nor_by_a_trial(client, marketer):
    upload(client, PEOPLE + "no address,X\n")
    file_import = FileImport.objects.get()

    run_all()
    page = try_it(client, file_import).content.decode()

    assert counts(ImportTrial.objects.get()) == (2, 0, 0, 1)
    assert "All 3 rows were tried" in page
    assert "Line 4, email: " in page
    assert not Lead.objects.exists()

    start(client, file_import)

    assert not ImportTrial.objects.exists()
    assert not RefusedRow.objects.exists()


def test_a_trial_of_a_large_file_is_owed_and_counts_what_the_import_does(
    client, marketer, monkeypatch
):
    monkeypatch.setattr(trying, "AT_ONCE", 0)
    monkeypatch.setattr(trying, "CHUNK", 2)
    monkeypatch.setattr(trying, "CHUNKS_A_TURN", 2)
    LeadFactory(email="k@acme.example", first_name="K")
    rows = ["k@acme.example,K", "a@acme.example,A", "none,X", "b@acme.example,B"]
    rows += ["c@acme.example,C", "A@acme.example,Ann", "b@acme.example,B", "d,e,f"]
    upload(client, "email,first_name\n" + "\n".join(rows))
    file_import = FileImport.objects.get()

    waiting = try_it(client, file_import).content.decode()
    ImportTrial.objects.update(not_before=NOON)
    trying.continue_owed(now=NOON)
    part = f"{file_import.get_absolute_url()}?part=trial"
    half_way = client.get(part).content.decode()
    trying.continue_owed(now=NOON)
    ended = client.get(part).content.decode()

    assert "0 of 8 rows are tried" in waiting
    assert "4 of 8 rows are tried" in half_way
    assert 'hx-trigger="tick' in half_way
    assert "hx-trigger" not in ended
    trial = counts(ImportTrial.objects.get())
    start(client, file_import)
    FileImport.objects.update(not_before=NOON)
    run_all()
    assert trial == counts(FileImport.objects.get()) == (3, 1, 2, 2)


def test_a_trial_that_cannot_keep_repeats_together_says_so(
    client, marketer, monkeypatch
):
    monkeypatch.setattr(trying, "MOST_TOGETHER", 1)
    upload(client, PEOPLE + "ada@acme.example,Ada\n")

    page = try_it(client, FileImport.objects.get()).content.decode()

    assert "is a rough count" in page


def test_what_a_file_holds_is_guessed_by_its_columns_and_can_be_said(client, marketer):
    files = {
        "leads": "email,company,created\na@acme.example,A,2026-01-02\n",
        "activities": "email,type,date,page\na@acme.example,note,2026-01-02,x\n",
        "deals": "deal id,lead id,amount,won date\n1,2,3,2026-01-02\n",
    }
    for content in files.values():
        upload(client, content, kind="")
    made = FileImport.objects.order_by("pk")

    assert [one.kind for one in made] == [*files]

    address = reverse("imports:reread", args=[made[1].pk])
    client.post(address, {"kind": "leads"})

    again = FileImport.objects.get(pk=made[1].pk)
    assert again.kind == "leads"
    assert again.fields_by_column["type"] == ""


def workbook(**sheets):
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_the_sheet_of_a_workbook_is_chosen_and_each_can_be_imported(
    client, marketer, tmp_path
):
    north = [["email"], ["n@acme.example"]]
    south = [["email", "first_name"], ["s@acme.example", "S"]]
    content = workbook(Empty=[], North=north, South=south)

    upload(client, content, "people.xlsx")
    first = FileImport.objects.get()
    refused = client.post(
        reverse("imports:reread", args=[first.pk]), {"kind": "leads", "sheet": "West"}
    )
    chosen = client.post(
        reverse("imports:reread", args=[first.pk]), {"kind": "leads", "sheet": "South"}
    )
    upload(client, content, "people.xlsx")
    second = FileImport.objects.exclude(pk=first.pk).get()
    third = upload(client, content, "people.xlsx")
    first.refresh_from_db()
    for one in (first, second):
        start(client, one)
    FileImport.objects.update(not_before=NOON)
    run_all()
    storing.forget(now=NOON)

    assert (refused.status_code, chosen.status_code) == (302, 302)
    assert (first.sheet, first.columns) == ("South", ["email", "first_name"])
    assert (second.sheet, second.row_count) == ("North", 1)
    assert third.status_code == 422
    assert {*Lead.objects.values_list("email", flat=True)} == {
        "n@acme.example",
        "s@acme.example",
    }
    assert not [*tmp_path.iterdir()]


def test_the_same_file_again_is_told_when_it_was_imported(client, marketer):
    brought(client, PEOPLE)

    answer = upload(client, PEOPLE, "other name.csv")

    assert answer.status_code == 422
    assert "already imported on" in answer.content.decode()
    assert FileImport.objects.count() == 1


def test_a_mapping_without_what_finds_a_lead_is_refused_in_words(client, marketer):
    upload(client, PEOPLE)

    answer = start(client, FileImport.objects.get(), column_0="")

    assert answer.status_code == 422
    assert "Choose a column for" in answer.content.decode()


@pytest.mark.parametrize(
    ("known", "names"),
    [("update", ("Ada", "Boss")), ("blanks", ("A.", "Boss")), ("skip", ("A.", ""))],
)
def test_known_leads_are_updated_filled_in_or_left(client, marketer, known, names):
    LeadFactory(email="ada@acme.example", first_name="A.", title="")
    content = "email,first_name,title\nada@acme.example,Ada,Boss\n"

    brought(client, content, known=known)

    lead = Lead.objects.get()
    assert (lead.first_name, lead.title) == names


def test_what_a_person_typed_is_not_overwritten(client, marketer):
    lead = LeadFactory(email="ada@acme.example", first_name="A.", title="Chief")
    typed = particulars.as_typed(lead) | {"first_name": "Adele"}
    particulars.save_lead(lead=lead, typed=typed, now=NOON)

    brought(client, "email,first_name,title\nada@acme.example,Ada,Boss\n")

    lead.refresh_from_db()
    assert (lead.first_name, lead.title) == ("Adele", "Boss")


def test_a_cancelled_import_takes_in_nothing_more(client, marketer):
    upload(client, PEOPLE)
    file_import = FileImport.objects.get()
    start(client, file_import)

    client.post(reverse("imports:cancel", args=[file_import.pk]))
    FileImport.objects.update(not_before=NOON)
    run_all()

    file_import.refresh_from_db()
    assert file_import.state == OwedState.CANCELLED
    assert not Lead.objects.exists()


def test_a_large_file_is_taken_in_by_turns_and_no_row_twice(client, marketer):
    people = "".join(f"p{n}@acme.example\n" for n in range(running.CHUNK * 2 + 1))
    before, running.CHUNKS_A_TURN = running.CHUNKS_A_TURN, 1

    done = brought(client, f"email\n{people}")
    running.CHUNKS_A_TURN = before

    assert (done.created, done.unchanged) == (running.CHUNK * 2 + 1, 0)


def test_refused_rows_come_back_as_a_file_without_formulas(client, marketer):
    done = brought(client, "email,first_name\nnot one,=1+1\n")

    answer = client.get(reverse("imports:refused", args=[done.pk]))

    text = b"".join(answer.streaming_content).decode()
    page = client.get(done.get_absolute_url()).content.decode()
    assert "Line 2, email: “not one” is no e-mail address" in page
    assert text.startswith('"line","column","reason","email","first_name"')
    assert '"2","email"' in text
    assert '"\'=1+1"' in text
    assert "attachment" in answer["Content-Disposition"]


def test_a_workbook_is_read_with_its_dates_and_numbers(client, marketer):
    book = Workbook()
    book.active.append(["email", "created_at", "custom.seats"])
    book.active.append(["ada@acme.example", date(2026, 1, 2), 12.0])
    stream = io.BytesIO()
    book.save(stream)

    brought(client, stream.getvalue(), "people.xlsx")

    lead = Lead.objects.get()
    assert lead.created_at.date() == date(2026, 1, 2)
    assert lead.custom == {"seats": 12}


def test_a_workbook_that_unpacks_to_too_much_is_refused(client, marketer, monkeypatch):
    monkeypatch.setattr(spreadsheets, "MOST_UNPACKED", 1000)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "0" * 2000)

    answer = upload(client, stream.getvalue(), "bomb.xlsx")

    assert answer.status_code == 422
    assert not FileImport.objects.exists()


@pytest.mark.parametrize("key", systems.SYSTEMS)
def test_the_export_of_another_system_is_recognised_and_taken_in(client, marketer, key):
    system = systems.SYSTEMS[key]
    cells = {"external_id": "7", "email": "ada@acme.example", "last_name": "Byron"}
    columns = list(dict.fromkeys([*system.marks, *system.fields]))
    row = [cells.get(system.fields.get(column, ""), "") for column in columns]
    emails = [at for at, name in enumerate(columns) if "Email" in name]
    row[emails[0]] = "ada@acme.example"

    brought(client, f"{','.join(columns)}\n{','.join(row)}\n")

    lead = Lead.objects.get()
    assert (lead.external_id, lead.source_system, lead.last_name) == ("7", key, "Byron")


def test_a_rep_may_not_import(client):
    client.force_login(UserFactory(role=Role.REP))

    assert client.get(reverse("imports:list")).status_code == 403
    assert upload(client, PEOPLE).status_code == 403


def test_the_list_costs_as_many_queries_for_ten_as_for_one(
    client, marketer, django_assert_max_num_queries
):
    for number in range(10):
        upload(client, f"email\np{number}@acme.example\n")

    with django_assert_max_num_queries(12):
        client.get(reverse("imports:list"))


def test_progress_asks_again_only_while_it_runs(client, marketer):
    upload(client, PEOPLE)
    file_import = FileImport.objects.get()
    start(client, file_import)
    address = file_import.get_absolute_url()

    running_page = client.get(address, headers={"HX-Request": "true"})
    FileImport.objects.update(not_before=NOON)
    run_all()
    done_page = client.get(address, headers={"HX-Request": "true"})

    assert 'hx-trigger="tick' in running_page.content.decode()
    assert "hx-trigger" not in done_page.content.decode()


@pytest.mark.parametrize(("case", "expect"), bad_inputs.cases("csv_files"))
def test_a_hostile_file_is_taken_row_by_row_or_refused(client, marketer, case, expect):
    file = case["file"]
    if "fill" in file:
        pytest.skip("the command's tests bring the large ones")
    content = bad_inputs.file_bytes(file)

    answer = upload(client, content)
    if answer.status_code == 302:
        file_import = FileImport.objects.get()
        FileImport.objects.update(not_before=NOON)
        answer = start(client, file_import)
        FileImport.objects.update(not_before=NOON)
        run_all()

    assert answer.status_code in (302, 422)
    assert Standing.objects.count() == Lead.objects.count()
    assert not Account.objects.filter(leads=None).exists()
    assert expect != "reject" or answer.status_code == 422
    assert RefusedRow.objects.count() + Lead.objects.count() or (
        answer.status_code == 422 or not FileImport.objects.get().row_count
    )


def test_a_trial_that_died_goes_on_and_counts_no_row_twice(
    client, marketer, monkeypatch
):
    def die(_name):
        raise RuntimeError

    monkeypatch.setattr(trying, "AT_ONCE", 0)
    monkeypatch.setattr(trying, "CHUNK", 1)
    upload(client, PEOPLE + "not one,X\n")
    file_import = FileImport.objects.get()
    try_it(client, file_import)
    ImportTrial.objects.update(not_before=NOON)
    with monkeypatch.context() as dying:
        dying.setattr(trying, "crashpoint", die)
        with pytest.raises(RuntimeError):
            trying.continue_owed(now=NOON)

    assert ImportTrial.objects.get().done_rows == 1
    trying.continue_owed(now=NOON)
    assert ImportTrial.objects.get().done_rows == 1
    trying.continue_owed(now=NOON + LEASE + timedelta(seconds=1))

    assert counts(ImportTrial.objects.get()) == (2, 0, 0, 1)
    assert RefusedRow.objects.count() == 1
