from datetime import timedelta

import pytest

from leads import lifecycle
from leads.choices import Cause, Stage
from leads.lifecycle import Entry
from leads.models import StageChange, Standing
from leads.nurture import recycling
from tests.leads.factories import NOON, LeadFactory

pytestmark = pytest.mark.django_db


def recycled_lead(*, returns_at):
    lead = LeadFactory.build()
    lead.save()
    entry = Entry(
        lead.pk, Stage.RECYCLED, NOON - timedelta(days=90), Cause.IMPORT, returns_at
    )
    lifecycle.enter_many(entries=[entry])
    return lead


def test_a_lead_returns_on_its_date_and_is_owed_a_rescore():
    lead = recycled_lead(returns_at=NOON)
    before = Standing.objects.get(lead=lead).stale_seq

    assert recycling.return_recycled(now=NOON) == 1

    standing = Standing.objects.get(lead=lead)
    assert (standing.stage, standing.returns_at) == (Stage.NEW, None)
    assert standing.stale_seq > before
    assert StageChange.objects.filter(lead=lead).last().cause == Cause.RETURN


def test_returning_twice_is_returning_once():
    recycled_lead(returns_at=NOON)

    assert [recycling.return_recycled(now=NOON) for _again in range(2)] == [1, 0]


def test_a_lead_stays_recycled_until_its_date():
    recycled_lead(returns_at=NOON + timedelta(seconds=1))

    assert recycling.return_recycled(now=NOON) == 0


def test_a_lead_recycled_without_a_date_waits_for_new_intent():
    recycled_lead(returns_at=None)

    assert recycling.return_recycled(now=NOON) == 0


def test_ten_leads_return_with_as_many_queries_as_one(django_assert_max_num_queries):
    for _number in range(10):
        recycled_lead(returns_at=NOON)

    with django_assert_max_num_queries(14):
        assert recycling.return_recycled(now=NOON) == 10
