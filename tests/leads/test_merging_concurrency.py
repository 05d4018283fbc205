"""Two connections at once: a merge loses nothing, and nobody waits in a circle."""

import pytest
from django.core.management import call_command
from django.db import transaction

from leads import activities, merging
from leads.activities import NewActivity
from leads.choices import ActivityKind
from leads.models import Activity, Lead, Merge
from scoring import rescoring
from tests.connections import Work, wait_for_a_waiting_lock
from tests.leads.factories import NOON, LeadFactory, UserFactory

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def quiet(settings):
    settings.BELLS = {bell: [] for bell in settings.BELLS}


def merge(kept, merged, actor):
    return merging.merge(kept=kept, merged=merged, chosen={}, actor=actor, now=NOON)


def page_view(lead):
    return NewActivity(lead.pk, ActivityKind.PAGE_VIEW, NOON, external_id="1")


def test_of_two_merges_of_the_same_two_one_wins_and_the_other_is_told():
    first, second, actor = LeadFactory(), LeadFactory(), UserFactory()
    with transaction.atomic():
        merge(first, second, actor)
        other = Work(lambda: merge(second, first, actor))
        wait_for_a_waiting_lock()

    with pytest.raises(merging.MergeError, match="meanwhile"):
        other.result()
    assert Lead.objects.get() == first
    assert Merge.objects.count() == 1


def test_an_activity_that_comes_during_the_merge_is_the_survivors():
    kept, merged, actor = LeadFactory(), LeadFactory(), UserFactory()
    with transaction.atomic():
        merge(kept, merged, actor)
        other = Work(lambda: activities.record(activities=[page_view(merged)]))
        wait_for_a_waiting_lock()

    assert other.result() == 1
    assert Activity.objects.get().lead_id == kept.pk


def test_a_merge_waits_for_an_activity_that_is_being_recorded():
    kept, merged, actor = LeadFactory(), LeadFactory(), UserFactory()
    with transaction.atomic():
        activities.record(activities=[page_view(merged)])
        other = Work(lambda: merge(kept, merged, actor))
        wait_for_a_waiting_lock()
    other.result()

    assert Activity.objects.get().lead_id == kept.pk


@pytest.mark.usefixtures("workspace_of_its_own")
def test_a_rescore_during_the_merge_leaves_the_survivor_owed_one():
    kept, merged, actor = LeadFactory(), LeadFactory(), UserFactory()
    with transaction.atomic():
        merge(kept, merged, actor)
        other = Work(lambda: rescoring.rescore_stale(now=NOON))
        activities.mark_stale(lead_ids=[kept.pk])
    other.result()

    rescoring.rescore_stale(now=NOON)
    kept.standing.refresh_from_db()
    assert kept.standing.stale_seq == kept.standing.scored_seq


@pytest.fixture
def workspace_of_its_own(transactional_db):
    call_command("setup")
