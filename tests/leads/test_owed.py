"""The claim, lease and end of owed rows, by the deliveries of news."""

from datetime import timedelta

import pytest

from leads.models import NotificationDelivery as Delivery
from leads.owed import BACKOFF, LEASE, MAX_ATTEMPTS, OwedState
from tests.leads.factories import NOON, DeliveryFactory

pytestmark = pytest.mark.django_db
AFTER_LEASE = NOON + LEASE + timedelta(seconds=1)


def fail_once(now):
    row = Delivery.objects.take(now=now)
    assert Delivery.objects.fail(row, error="away", now=now)
    row.refresh_from_db()
    return row


def test_of_two_who_claim_a_row_one_gets_it():
    row = DeliveryFactory()

    claims = [Delivery.objects.claim(row.pk, now=NOON) for _worker in range(2)]

    assert claims == [True, False]


def test_the_longest_waiting_row_is_taken_first():
    DeliveryFactory(not_before=NOON)
    waiting = DeliveryFactory(not_before=NOON - timedelta(hours=1))

    assert Delivery.objects.take(now=NOON) == waiting


def test_a_row_is_not_taken_before_its_time():
    DeliveryFactory(not_before=NOON + timedelta(seconds=1))

    assert Delivery.objects.take(now=NOON) is None


def test_a_row_is_free_again_when_its_lease_is_over():
    row = DeliveryFactory()
    Delivery.objects.claim(row.pk, now=NOON)

    assert Delivery.objects.take(now=NOON + LEASE) is None
    assert Delivery.objects.take(now=AFTER_LEASE).attempts == 2


@pytest.mark.parametrize("end", ["finish", "cancel", "fail"])
def test_who_lost_the_lease_changes_nothing(end):
    DeliveryFactory()
    slow = Delivery.objects.take(now=NOON)
    Delivery.objects.take(now=AFTER_LEASE)
    error = {"error": "late"} if end == "fail" else {}

    assert not getattr(Delivery.objects, end)(slow, now=AFTER_LEASE, **error)

    slow.refresh_from_db()
    assert (slow.state, slow.last_error) == (OwedState.DUE, "")


@pytest.mark.parametrize(
    ("end", "state"), [("finish", OwedState.DONE), ("cancel", OwedState.CANCELLED)]
)
def test_a_row_that_has_ended_is_owed_no_more(end, state):
    DeliveryFactory()
    row = Delivery.objects.take(now=NOON)

    assert getattr(Delivery.objects, end)(row, now=NOON)

    row.refresh_from_db()
    assert (row.state, row.ended_at, row.lease_until) == (state, NOON, None)
    assert Delivery.objects.take(now=AFTER_LEASE) is None


def test_each_failure_waits_longer_for_the_next_try():
    DeliveryFactory()
    now, waits = NOON, []
    for _try in range(MAX_ATTEMPTS - 1):
        row = fail_once(now)
        waits.append(row.not_before - now)
        now = row.not_before

    assert tuple(waits) == BACKOFF


def test_after_five_failures_a_row_is_stuck_with_its_reason():
    DeliveryFactory()
    now = NOON
    for _try in range(MAX_ATTEMPTS):
        row = fail_once(now)
        now = row.not_before

    assert row.is_stuck
    assert row.last_error == "away"
    assert list(Delivery.objects.stuck()) == [row]
    assert not Delivery.objects.owed(now=NOON + timedelta(days=1)).exists()


def test_a_row_that_kills_each_worker_is_stuck_in_the_end():
    row = DeliveryFactory(attempts=MAX_ATTEMPTS, lease_until=NOON)

    assert Delivery.objects.give_up(now=NOON) == 0
    assert Delivery.objects.take(now=AFTER_LEASE) is None
    assert Delivery.objects.give_up(now=AFTER_LEASE) == 1

    row.refresh_from_db()
    assert row.is_stuck
    assert row.last_error


def test_a_stuck_row_that_is_run_again_has_five_tries_more():
    DeliveryFactory(state=OwedState.STUCK, attempts=MAX_ATTEMPTS, ended_at=NOON)
    DeliveryFactory(state=OwedState.DONE, ended_at=NOON)

    assert Delivery.objects.run_again(now=NOON) == 1

    row = Delivery.objects.take(now=NOON)
    assert (row.attempts, row.ended_at) == (1, None)
    assert Delivery.objects.take(now=NOON) is None
