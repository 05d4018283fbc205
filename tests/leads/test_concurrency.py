"""Two connections at once: who waits for whom, and that nobody waits in a circle."""

import pytest
from django.db import transaction

from leads import activities, lifecycle, particulars
from leads.activities import NewActivity
from leads.capture import lead_import
from leads.capture.mapping import ParsedRow
from leads.choices import ActivityKind, Cause, Stage
from leads.lifecycle import Move
from leads.models import Account, Activity, Lead, Standing
from tests.connections import Work, wait_for_a_waiting_lock
from tests.leads.factories import NOON, AccountFactory, LeadFactory

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def quiet(settings):
    settings.BELLS = {bell: [] for bell in settings.BELLS}


def edit(lead, **typed):
    typed = particulars.as_typed(lead) | {"title": "CTO"} | typed
    return particulars.save_lead(lead=lead, typed=typed, now=NOON)


def take(lead, **cells):
    row = ParsedRow(2, [], {"email": lead.email, "title": "CTO", **cells})
    return lead_import.take(rows=[row], now=NOON)


def page_view(lead, external_id):
    return NewActivity(lead.pk, ActivityKind.PAGE_VIEW, NOON, external_id=external_id)


@transaction.atomic
def import_rows(lead, **cells):
    take(lead, **cells)


@pytest.mark.parametrize("write", [edit, import_rows])
def test_a_move_passes_while_somebody_writes_the_particulars_of_the_lead(write):
    lead = LeadFactory()
    with transaction.atomic():
        Standing.objects.select_for_update().get(lead=lead)
        # The other holds the lead by now, and waits for its standing.
        other = Work(lambda: write(lead))
        wait_for_a_waiting_lock()
        wanted = Move(lead.pk, Stage.MQL, Cause.PERSON, NOON)
        lifecycle.move(wanted=wanted, now=NOON)
    other.result()

    lead.refresh_from_db()
    assert lead.title == "CTO"
    assert lead.standing.stage == Stage.MQL


@pytest.mark.parametrize(
    ("write", "changes"),
    [
        (edit, {"company": "Apex", "company_domain": "acme.com"}),
        (import_rows, {"industry": "Toys"}),
    ],
)
def test_what_changes_a_company_locks_its_leads_upwards(write, changes):
    acme = AccountFactory(name="Acme", name_key="acme", domain="acme.com")
    lower = LeadFactory(account=acme)
    higher = LeadFactory(account=acme)
    with transaction.atomic():
        Lead.objects.select_for_update(no_key=True).get(pk=lower.pk)
        other = Work(lambda: write(higher, **changes))
        wait_for_a_waiting_lock()
        # Whoever goes upwards from the lower lead finds the higher one free.
        Lead.objects.select_for_update(no_key=True, nowait=True).get(pk=higher.pk)
        Standing.objects.select_for_update(nowait=True).get(pk=higher.pk)
        assert not Account.objects.exclude(name="Acme").exists()
    other.result()

    assert not Standing.objects.filter(stale_seq=1).exists()


def test_what_another_sender_recorded_first_is_not_counted_as_new():
    first, second = LeadFactory(), LeadFactory()
    both = [page_view(first, "1"), page_view(second, "2")]
    with transaction.atomic():
        activities.record(activities=[page_view(first, "1")])
        other = Work(lambda: activities.record(activities=both))
        wait_for_a_waiting_lock()

    assert other.result() == 1
    assert Activity.objects.count() == 2
    stale = dict(Standing.objects.values_list("lead", "stale_seq"))
    assert stale == {first.pk: 2, second.pk: 2}
