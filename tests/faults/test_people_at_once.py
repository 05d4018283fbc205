"""SQ-18 to SQ-27 of the hostile list: imports, erasure, merge and edits at once."""

from contextlib import suppress

import pytest
from django.utils import timezone

from leads import erasing, forgetting, merging, particulars
from leads.activities import NewActivity, record
from leads.capture.introducing import Introduction, introduce
from leads.capture.models import FileImport
from leads.capture.uploads import running, storing
from leads.choices import ActivityKind, Role
from leads.models import Activity, Lead, Standing
from leads.owed import OwedState
from tests.connections import Work
from tests.leads.factories import NOON, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _quiet(settings, tmp_path):
    settings.IMPORTS_DIR = tmp_path
    settings.BELLS = {bell: [] for bell in settings.BELLS}


def stored(content, name="people.csv"):
    made = storing.store(
        name=name,
        content=[content.encode()],
        kind="leads",
        system="",
        actor=UserFactory(role=Role.MARKETER),
        now=NOON,
    )
    running.start(file_import=made, now=NOON)
    return made


def people(numbers, title):
    rows = (f"p{number}@acme.example,{title}" for number in numbers)
    return "email,title\n" + "\n".join(rows) + "\n"


def at_once(*deeds):
    """Do them at the same time; every one must come to an end of its own."""
    for work in [Work(deed) for deed in deeds]:
        work.result()


def run_imports():
    running.continue_owed(now=timezone.now())


def test_the_same_people_in_opposite_order_are_there_once_and_whole():
    stored(people(range(60), "A"))
    stored(people(range(59, -1, -1), "B"), "back.csv")

    at_once(run_imports, run_imports)
    run_imports()

    assert {*FileImport.objects.values_list("state", flat=True)} == {OwedState.DONE}
    assert Lead.objects.count() == Standing.objects.count() == 60
    assert {*Lead.objects.values_list("title", flat=True)} <= {"A", "B"}
    assert sum(FileImport.objects.values_list("created", flat=True)) == 60


def test_one_file_by_two_workers_is_taken_in_once():
    made = stored(people(range(60), "A"))

    at_once(run_imports, run_imports)

    made.refresh_from_db()
    assert (made.state, made.created, made.done_rows) == (OwedState.DONE, 60, 60)


def test_a_form_and_a_file_about_one_new_person_at_once_make_one_lead():
    stored(people([1], "A"))
    who = Introduction(said={"email": "P1@acme.example", "first_name": "Pat"})

    at_once(run_imports, lambda: introduce(who=who, now=NOON))

    lead = Lead.objects.get()
    assert (lead.title, lead.email_key) == ("A", "p1@acme.example")
    assert Standing.objects.count() == 1


def test_who_is_erased_while_a_file_names_them_does_not_come_back():
    lead = LeadFactory(email="p1@acme.example")
    stored(people(range(3), "A"))

    at_once(run_imports, lambda: erasing.erase(lead=lead, actor=None, now=NOON))
    stored(people(range(4), "B"), "again.csv")
    run_imports()
    run_imports()

    assert not Lead.objects.filter(email_key="p1@acme.example").exists()
    lead.refresh_from_db()
    assert lead.erased_at == NOON
    known = [forgetting.by_email("p1@acme.example")]
    assert forgetting.forgotten(particulars=known) == {*known}


def test_what_happens_to_one_that_is_being_merged_is_the_survivors():
    kept, merged, actor = LeadFactory(), LeadFactory(), UserFactory()
    ids = [merged.pk] * 5
    views = [
        NewActivity(pk, ActivityKind.PAGE_VIEW, NOON, external_id=str(number))
        for number, pk in enumerate(ids)
    ]

    def merge():
        merging.merge(kept=kept, merged=merged, chosen={}, actor=actor, now=NOON)

    at_once(merge, *(lambda view=view: record(activities=[view]) for view in views))

    assert Lead.objects.get() == kept
    assert Activity.objects.filter(lead=kept).count() == 5


def test_an_address_that_another_lead_has_is_refused_and_nothing_is_changed():
    first, second = LeadFactory(email="a@acme.example"), LeadFactory()
    typed = particulars.as_typed(second) | {"email": "A@acme.example", "title": "New"}

    with suppress(particulars.ParticularsError):
        particulars.save_lead(lead=second, typed=typed, now=NOON)
        raise AssertionError

    second.refresh_from_db()
    assert second.title != "New"
    assert Lead.objects.get(email_key="a@acme.example") == first
