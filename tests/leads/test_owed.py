"""The claim, lease and end of owed rows, by the notices of a hand-off."""

from datetime import timedelta

import pytest

from handoff.models import Notice
from leads.owed import BACKOFF, LEASE, MAX_ATTEMPTS, OwedState
from tests.handoff.factories import NoticeFactory
from tests.leads.factories import NOON

pytestmark = pytest.mark.django_db
AFTER_LEASE = NOON + LEASE + timedelta(seconds=1)


def fail_once(now):
    row = Notice.objects.take(now=now)
    assert Notice.objects.fail(row, error="away", now=now)
    row.refresh_from_db()
    return row


def test_of_two_who_claim_a_row_one_gets_it():
    row = NoticeFactory()

    claims = [Notice.objects.claim(row.pk, now=NOON) for _worker in range(2)]

    assert claims == [True, False]


def test_the_longest_waiting_row_is_taken_first():
    NoticeFactory(not_before=NOON)
    waiting = NoticeFactory(not_before=NOON - timedelta(hours=1))

    assert Notice.objects.take(now=NOON) == waiting


def test_a_row_is_not_taken_before_its_time():
    NoticeFactory(not_before=NOON + timedelta(seconds=1))

    assert Notice.objects.take(now=NOON) is None


def test_a_row_is_free_again_when_its_lease_is_over():
    row = NoticeFactory()
    Notice.objects.claim(row.pk, now=NOON)

    assert Notice.objects.take(now=NOON + LEASE) is None
    assert Notice.objects.take(now=AFTER_LEASE).attempts == 2


@pytest.mark.parametrize("end", ["finish", "cancel", "fail"])
def test_who_lost_the_lease_changes_nothing(end):
    NoticeFactory()
    slow = Notice.objects.take(now=NOON)
    Notice.objects.take(now=AFTER_LEASE)
    error = {"error": "late"} if end == "fail" else {}

    assert not getattr(Notice.objects, end)(slow, now=AFTER_LEASE, **error)

    slow.refresh_from_db()
    assert (slow.state, slow.last_error) == (OwedState.DUE, "")


@pytest.mark.parametrize(
    ("end", "state"), [("finish", OwedState.DONE), ("cancel", OwedState.CANCELLED)]
)
def test_a_row_that_has_ended_is_owed_no_more(end, state):
    NoticeFactory()
    row = Notice.objects.take(now=NOON)

    assert getattr(Notice.objects, end)(row, now=NOON)

    row.refresh_from_db()
    assert (row.state, row.ended_at, row.lease_until) == (state, NOON, None)
    assert Notice.objects.take(now=AFTER_LEASE) is None


def test_each_failure_waits_longer_for_the_next_try():
    NoticeFactory()
    now, waits = NOON, []
    for _try in range(MAX_ATTEMPTS - 1):
        row = fail_once(now)
        waits.append(row.not_before - now)
        now = row.not_before

    assert tuple(waits) == BACKOFF


def test_after_five_failures_a_row_is_stuck_with_its_reason():
    NoticeFactory()
    now = NOON
    for _try in range(MAX_ATTEMPTS):
        row = fail_once(now)
        now = row.not_before

    assert row.is_stuck
    assert row.last_error == "away"
    assert list(Notice.objects.stuck()) == [row]
    assert not Notice.objects.owed(now=NOON + timedelta(days=1)).exists()


def test_a_row_that_kills_each_worker_is_stuck_in_the_end():
    row = NoticeFactory(attempts=MAX_ATTEMPTS, lease_until=NOON)

    assert Notice.objects.give_up(now=NOON) == 0
    assert Notice.objects.take(now=AFTER_LEASE) is None
    assert Notice.objects.give_up(now=AFTER_LEASE) == 1

    row.refresh_from_db()
    assert row.is_stuck
    assert row.last_error


def test_a_stuck_row_that_is_run_again_has_five_tries_more():
    NoticeFactory(state=OwedState.STUCK, attempts=MAX_ATTEMPTS, ended_at=NOON)
    NoticeFactory(state=OwedState.DONE, ended_at=NOON)

    assert Notice.objects.run_again(now=NOON) == 1

    row = Notice.objects.take(now=NOON)
    assert (row.attempts, row.ended_at) == (1, None)
    assert Notice.objects.take(now=NOON) is None
