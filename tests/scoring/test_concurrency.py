"""Two connections at once: what only a server's row locks can show."""

import pytest
from django.db import transaction

from leads import activities
from leads.models import Standing
from scoring import rescoring
from tests.connections import Work, wait_for_a_waiting_lock
from tests.leads.factories import NOON, LeadFactory
from tests.scoring.factories import ModelFactory, RuleFactory

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def record(lead, external_id):
    new = activities.NewActivity(lead.pk, "page_view", NOON, external_id=external_id)
    activities.record(activities=[new])


@pytest.fixture(autouse=True)
def quiet(settings):
    settings.BELLS = {bell: [] for bell in settings.BELLS}


def test_an_activity_committed_during_a_rescore_stays_owed():
    model = ModelFactory()
    RuleFactory(model=model)
    lead = LeadFactory()
    with transaction.atomic():
        record(lead, "1")
        # The rescore reads without this activity, then waits for this lead's row.
        rescore = Work(lambda: rescoring.rescore(lead_ids=[lead.pk], now=NOON))
        wait_for_a_waiting_lock()
    rescore.result()

    standing = Standing.objects.get(lead=lead)
    assert standing.s_never == 0
    assert standing.stale_seq != standing.scored_seq

    rescoring.rescore_stale(now=NOON)
    standing.refresh_from_db()
    assert standing.s_never == 10
    assert standing.stale_seq == standing.scored_seq


def test_two_workers_never_take_the_same_lead():
    model = ModelFactory()
    RuleFactory(model=model)
    first, second = LeadFactory(), LeadFactory()
    with transaction.atomic():
        Standing.objects.select_for_update().get(lead=first)
        other = Work(lambda: rescoring.rescore_stale(now=NOON))
        assert other.result() == 1

    assert Standing.objects.get(lead=second).model_version == model.version
    assert rescoring.rescore_stale(now=NOON) == 1
