"""Taking out again what an import made."""

import pytest
from django.apps import apps
from django.urls import reverse

from handoff.views.stuck_work import SORTS
from leads import activities, particulars
from leads.activities import NewActivity
from leads.capture.models import FileImport, ImportedRecord, ImportUndo
from leads.capture.uploads import running, storing, undoing
from leads.choices import ActivityKind, KeptWhy, Role
from leads.models import (
    Account,
    Activity,
    Lead,
    NotificationDelivery,
    StageChange,
    Standing,
)
from leads.owed import Owed, OwedState
from tests.leads.factories import NOON, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
PEOPLE = (
    "email,first_name,company,stage,custom.seats\n"
    "ada@acme.example,Ada,Acme,mql,1.5\n"
    "bob@acme.example,Bob,Acme,,\n"
    "cyd@beta.example,Cyd,Beta,,7\n"
)


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.IMPORTS_DIR = tmp_path
    settings.BELLS = {bell: [] for bell in settings.BELLS}


def brought(content, kind="leads"):
    file_import = storing.store(
        name="people.csv",
        content=[content.encode()],
        kind=kind,
        system="generic",
        actor=UserFactory(),
        now=NOON,
    )
    running.start(file_import=file_import, now=NOON)
    running.continue_owed(now=NOON)
    file_import.refresh_from_db()
    return file_import


def undone(file_import):
    actor = UserFactory()
    undoing.ask(file_import=file_import, actor_id=actor.pk, now=NOON)
    undoing.continue_owed(now=NOON)
    file_import.refresh_from_db()
    return ImportUndo.objects.get(file_import=file_import)


def test_what_nobody_touched_goes_and_the_file_may_come_again():
    known = LeadFactory(email="bob@acme.example", first_name="Robert")
    done = brought(PEOPLE)

    undo = undone(done)

    assert (undo.state, undo.removed) == (OwedState.DONE, 3)
    assert Lead.objects.get() == known
    assert Account.objects.count() == 1  # Acme has Bob
    assert not StageChange.objects.exclude(lead=known).exists()
    assert undoing.kept(file_import=done)[0].why == KeptWhy.PEOPLE.label
    assert brought(PEOPLE).created == 2


def test_whom_somebody_works_with_stays_and_it_is_told_why():
    done = brought(PEOPLE)
    ada, bob, _cyd = Lead.objects.order_by("email")
    note = NewActivity(ada.pk, ActivityKind.NOTE, NOON, external_id="1")
    activities.record(activities=[note])
    typed = particulars.as_typed(bob) | {"title": "CTO"}
    particulars.save_lead(lead=bob, typed=typed, now=NOON)

    undone(done)

    assert {*Lead.objects.all()} == {ada, bob}
    why = dict(
        ImportedRecord.objects.filter(what="lead").values_list("record_id", "kept_why")
    )
    assert why == {ada.pk: KeptWhy.ACTIVE, bob.pk: KeptWhy.CHANGED}


def test_a_later_import_of_the_lead_keeps_it_but_a_later_row_of_the_same_does_not(
    monkeypatch,
):
    monkeypatch.setattr(running, "CHUNK", 1)
    first = brought(
        "email,title\na@acme.example,x\nb@acme.example,x\na@acme.example,y\n"
    )
    brought("email,title\nb@acme.example,z\n")

    undone(first)

    assert [lead.email for lead in Lead.objects.all()] == ["b@acme.example"]


def test_activities_go_and_their_lead_is_owed_a_score():
    lead = LeadFactory(email="ada@acme.example")
    row = "ada@acme.example,note,2026-01-02"
    brought(f"email,kind,occurred_at\n{row}\n", kind="activities")
    before = Standing.objects.get().stale_seq

    second = brought(
        f"email,kind,occurred_at\n{row}\n{row}T10:00Z\n", kind="activities"
    )
    undone(second)

    assert Activity.objects.get().lead == lead
    assert Standing.objects.get().stale_seq == before + 2


def test_the_page_asks_first_says_how_many_and_then_what_became_of_it(client):
    client.force_login(UserFactory(role=Role.MARKETER))
    done = brought(PEOPLE)
    address = reverse("imports:undo", args=[done.pk])

    asked = client.get(address, headers={"HX-Request": "true"}).content.decode()
    twice = [client.post(address).status_code for _time in range(2)]
    undoing.continue_owed(now=ImportUndo.objects.get().not_before)
    page = client.get(done.get_absolute_url()).content.decode()

    assert "<dialog" in asked
    assert "<b>3</b> Leads" in asked
    assert "<b>2</b> Accounts" in asked
    assert twice == [302, 302]
    assert "5 records were taken out." in page
    assert "Undo…" not in page
    assert FileImport.objects.get().undone_at


def test_a_rep_cannot_undo(client):
    done = brought(PEOPLE)
    client.force_login(UserFactory(role=Role.REP))

    assert client.post(reverse("imports:undo", args=[done.pk])).status_code == 403
    assert Lead.objects.count() == 3


def test_every_sort_of_stuck_work_is_listed_and_can_run_again(client):
    client.force_login(UserFactory(role=Role.MANAGER))
    done = brought(PEOPLE)
    undoing.ask(file_import=done, actor_id=UserFactory().pk, now=NOON)
    stuck = {"state": OwedState.STUCK, "ended_at": NOON, "last_error": "disk is full"}
    ImportUndo.objects.update(**stuck)
    undo = ImportUndo.objects.get()

    page = client.get(reverse("operations")).content.decode()
    address = reverse("operations-run-work-again", args=["undo", undo.pk])
    answers = [client.post(address).status_code for _time in range(2)]

    assert "disk is full" in page
    assert answers == [302, 302]
    undo.refresh_from_db()
    assert undo.state == OwedState.DUE
    owed = {model for model in apps.get_models() if issubclass(model, Owed)}
    assert owed == {sort.model for sort in SORTS.values()} | {NotificationDelivery}
