"""Instants that a report reads as whole numbers."""

from datetime import UTC, datetime, timedelta

import pytest

from leads.instants import Microseconds, Seconds
from leads.models import Lead
from tests.leads.factories import LeadFactory

pytestmark = pytest.mark.django_db
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 29, 1, 59, 59, 999_999, UTC),
        datetime(2026, 3, 29, 2, 0, 0, 1, UTC),
        datetime(2026, 3, 29, 2, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 250_000, UTC),
    ],
)
def test_an_instant_is_told_to_the_microsecond(at):
    lead = LeadFactory()
    Lead.objects.filter(pk=lead.pk).update(created_at=at)

    told = Lead.objects.values_list(Microseconds("created_at"), Seconds("created_at"))

    since = (at - datetime(1970, 1, 1, tzinfo=UTC)) // TICK
    assert told.get() == (since, since // 1_000_000)
