"""What reports count of the changes of a lead: its cycles and its stays."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from leads import accounts, cycles, lifecycle
from leads.choices import Cause, Stage
from leads.lifecycle import Move
from leads.merging import merge
from leads.models import Campaign, Cycle, StageChange
from leads.particulars import TYPED, as_typed, save_lead
from tests.leads.factories import NOON, AccountFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def came(stage=Stage.NEW, hours=0):
    """A lead that was seen to come in this stage."""
    lead = LeadFactory(stage=stage, stage_at=NOON + hours * HOUR)
    lead.stage_changes.update(cause=Cause.PERSON, is_imported=False)
    cycles.retell(lead_ids=[lead.pk])
    return lead


def second(hours=0):
    return int((NOON + hours * HOUR).timestamp())


def move(lead, to, hours, cause=Cause.PERSON):
    at = NOON + hours * HOUR
    return lifecycle.move(wanted=Move(lead.pk, to, cause, at), now=at)


def stays(lead):
    """From which stage, and for how many hours; those that have a true time."""
    told = lead.stage_changes.exclude(stayed_seconds=None).order_by("at", "pk")
    return [(each.from_stage, each.stayed_seconds / 3_600) for each in told]


def test_a_cycle_tells_when_the_lead_first_came_to_each_stage():
    lead = came()
    move(lead, Stage.IQL, 1)
    move(lead, Stage.NEW, 2)
    move(lead, Stage.IQL, 3)

    (cycle,) = Cycle.objects.filter(lead=lead)

    assert (cycle.cycle, cycle.new_seconds) == (1, second())
    assert cycle.iql_seconds == second(1)
    assert cycle.mql_seconds is None


def test_a_stage_that_was_skipped_was_reached_but_not_seen():
    lead = came()
    move(lead, Stage.MQL, 2)

    cycle = Cycle.objects.get(lead=lead)

    assert cycle.iql_seconds == cycle.mql_seconds == second(2)
    assert cycle.mql_seen_seconds == second(2)
    assert cycle.iql_seen_seconds is None


def test_who_comes_back_from_recycling_begins_another_cycle():
    lead = came(Stage.SQL)
    move(lead, Stage.RECYCLED, 1, Cause.DECISION)
    move(lead, Stage.MQL, 5, Cause.RETURN)

    told = Cycle.objects.filter(lead=lead).order_by("cycle")

    columns = told.values_list("cycle", "sql_seconds", "mql_seconds")
    assert list(columns) == [(1, second(), second()), (2, None, second(5))]


def test_a_move_that_was_taken_back_leaves_neither_entry_nor_stay():
    lead = came()
    move(lead, Stage.IQL, 1)
    lifecycle.undo(
        lead_id=lead.pk,
        cause=Cause.PERSON,
        actor=UserFactory(),
        now=NOON + 2 * HOUR,
    )

    cycle = Cycle.objects.get(lead=lead)

    assert cycle.iql_seconds is None
    move(lead, Stage.IQL, 4)
    assert stays(lead) == [("new", 4)]


def test_a_stay_ends_with_the_next_change_and_a_skipped_stage_has_none():
    lead = came()
    move(lead, Stage.MQL, 3)
    move(lead, Stage.IQL, 8)
    move(lead, Stage.NEW, 10)

    assert stays(lead) == [("new", 3), ("mql", 5), ("iql", 2)]


def test_a_merged_lead_has_the_cycles_of_both_histories():
    kept = came()
    merged = came(hours=1)
    move(merged, Stage.IQL, 3)

    now = NOON + 4 * HOUR
    merge(kept=kept, merged=merged, chosen={}, actor=UserFactory(), now=now)

    (cycle,) = Cycle.objects.all()
    assert (cycle.lead, cycle.new_seconds) == (kept, second())
    assert cycle.iql_seconds == second(3)


def whence(lead):
    """What the cycles of a lead say of where it came from, all of them alike."""
    told_by_each = lead.cycles.values_list(
        "source", "campaign__name", "created_seconds", "country", "industry"
    )
    (told,) = {*told_by_each}
    return told


def test_a_cycle_says_whence_its_lead_came_as_the_lead_says_now():
    campaign = Campaign.objects.create(name="Fair", name_key="fair")
    typed = dict.fromkeys([*TYPED, "company", "company_domain"], "")
    typed |= {"email": "maya@acme.example", "source": "Web", "campaign": None}
    lead = save_lead(lead=None, typed=typed, now=NOON)
    assert whence(lead) == ("web", None, second(), "", "")

    move(lead, Stage.SQL, 1)
    move(lead, Stage.RECYCLED, 2, Cause.DECISION)
    move(lead, Stage.MQL, 5, Cause.RETURN)
    typed |= {"source": "Fair", "campaign": campaign, "country": "Peru"}
    save_lead(lead=lead, typed=typed, now=NOON + 6 * HOUR)

    assert lead.cycles.count() == 2
    assert whence(lead) == ("fair", "Fair", second(), "Peru", "")
    campaign.delete()
    assert whence(lead) == ("fair", None, second(), "Peru", "")


def of_company(lead):
    """The country and the industry that the cycles of a lead say."""
    return whence(lead)[-2:]


def test_a_lead_that_moves_to_another_company_is_counted_as_that_one_is():
    AccountFactory(name="Acme", country="Peru", industry="Mining")
    lead = came()
    save_lead(lead=lead, typed=as_typed(lead) | {"company": "Acme"}, now=NOON)

    assert of_company(lead) == ("Peru", "Mining")


def test_what_is_edited_of_a_company_counts_for_its_people():
    account = AccountFactory(industry="Mining")
    lead, elsewhere = LeadFactory(account=account), LeadFactory(account=account)
    elsewhere.country = "Chile"
    elsewhere.save(update_fields=["country"])
    move(lead, Stage.IQL, 3)
    move(elsewhere, Stage.IQL, 3)

    accounts.edit(
        account=account,
        typed=accounts.as_typed(account) | {"country": "Peru", "industry": "Steel"},
        seen=accounts.fingerprint(account),
    )

    assert of_company(lead) == ("Peru", "Steel")
    assert of_company(elsewhere) == ("Chile", "Steel")


def test_the_people_of_merged_companies_are_counted_by_the_one_that_stays():
    kept = AccountFactory(industry="Steel")
    merged = AccountFactory(industry="Mining")
    lead = LeadFactory(account=merged)
    move(lead, Stage.IQL, 3)

    accounts.merge(kept=kept, merged=merged, now=NOON + 4 * HOUR)

    assert of_company(lead) == ("", "Steel")


def test_a_merged_lead_is_counted_by_the_source_that_stays():
    kept, merged = LeadFactory(source="web"), LeadFactory(source="fair")
    move(merged, Stage.IQL, 3)

    merge(
        kept=kept,
        merged=merged,
        chosen={"source": "merged"},
        actor=UserFactory(),
        now=NOON + 4 * HOUR,
    )

    assert whence(kept)[0] == "fair"


def test_telling_again_changes_nothing():
    lead = came()
    move(lead, Stage.MQL, 3)
    before = list(Cycle.objects.values_list("lead", "new_seconds", "mql_seconds"))

    cycles.retell(lead_ids=[lead.pk])

    assert (
        list(Cycle.objects.values_list("lead", "new_seconds", "mql_seconds")) == before
    )
    assert stays(lead) == [("new", 3)]


def test_who_comes_as_a_customer_is_seen_to_be_one():
    lead = came(Stage.CUSTOMER)

    seen = Cycle.objects.filter(lead=lead).values_list("customer_seen_seconds")

    assert list(seen) == [(second(0),)]
    Cycle.objects.update(customer_seen_seconds=None)
    name = "leads.migrations.0014_tell_of_customers_from_outside"
    import_module(name).tell(None, connection.SchemaEditorClass(connection))
    assert list(seen.all()) == [(second(0),)]


def test_the_migration_tells_what_was_there_before():
    came(Stage.CUSTOMER)
    lead = came()
    campaign = Campaign.objects.create(name="Fair", name_key="fair")
    AccountFactory(name="Acme", country="Peru", industry="Mining")
    typed = as_typed(lead) | {"source": "web", "campaign": campaign, "company": "Acme"}
    save_lead(lead=lead, typed=typed, now=NOON)
    move(lead, Stage.MQL, 3)
    move(lead, Stage.NEW, 5)
    told = Cycle.objects.order_by("lead").values()
    before = [{**row, "id": None} for row in told.all()]
    Cycle.objects.all().delete()
    StageChange.objects.update(stayed_seconds=None)
    names = (
        "0012_tell_cycles_and_stays",
        "0014_tell_of_customers_from_outside",
        "0016_tell_whence_leads_came",
        "0019_tell_what_handoffs_join",
    )
    migrations = [import_module(f"leads.migrations.{name}") for name in names]

    for _again in range(2):
        for each in migrations:
            each.tell(None, connection.SchemaEditorClass(connection))

        assert [{**row, "id": None} for row in told.all()] == before
        assert stays(lead) == [("new", 3), ("mql", 2)]
