from datetime import timedelta

import pytest

from leads.clock import frozen_instant, instant
from leads.models import Lead
from leads.paging import page_of
from tests.leads.factories import NOON, LeadFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (str(int(NOON.timestamp()) - 60), NOON - timedelta(seconds=60)),
        (str(int(NOON.timestamp()) + 60), NOON),
        (str(int(NOON.timestamp()) - 7200), NOON),
        ("9" * 40, NOON),
        ("soon", NOON),
        (None, NOON),
    ],
)
def test_a_list_is_read_on_as_of_when_it_was_opened_for_an_hour(text, expected):
    assert frozen_instant(text, now=NOON) == expected


def test_an_instant_without_an_offset_is_in_utc():
    assert instant("2026-03-02T12:00:00") == NOON


def test_pages_follow_on_without_a_gap_or_a_repeat():
    leads = LeadFactory.create_batch(5)  # all created at the same instant
    order = ("-created_at", "-pk")

    first = page_of(Lead.objects.all(), order=order, cursor="", size=3)
    second = page_of(Lead.objects.all(), order=order, cursor=first.next_cursor, size=3)

    assert [*first.rows, *second.rows] == leads[::-1]
    assert second.next_cursor == ""


def test_a_cursor_of_another_order_begins_at_the_first_page():
    LeadFactory.create_batch(2)
    by_name = page_of(Lead.objects.all(), order=("last_name", "pk"), cursor="", size=1)

    newest = page_of(
        Lead.objects.all(), order=("-pk",), cursor=by_name.next_cursor, size=5
    )
    forged = page_of(Lead.objects.all(), order=("-pk",), cursor="x:y:z", size=5)

    assert len(newest.rows) == len(forged.rows) == 2
