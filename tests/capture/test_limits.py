"""Buckets of tokens: how many at once, how they fill, and who is told to wait."""

from datetime import timedelta

import pytest

from leads.capture import limits
from leads.capture.limits import Limit, OverLimitError
from leads.capture.models import Bucket
from tests.leads.factories import NOON

pytestmark = pytest.mark.django_db
LIMIT = Limit(count=60, period=timedelta(minutes=1), burst=3)


def take(times, *, name="key:1", now=NOON):
    for _time in range(times):
        limits.take(name=name, limit=LIMIT, now=now)


def test_the_burst_is_let_through_and_no_more():
    take(3)

    with pytest.raises(OverLimitError):
        take(1)


def test_who_is_over_the_limit_hears_when_to_come_back():
    take(3)

    with pytest.raises(OverLimitError, match="in 1 second\\.") as told:
        take(1, now=NOON + timedelta(seconds=0.2))

    assert told.value.retry_after == 1


def test_a_bucket_fills_with_time_up_to_its_burst():
    take(3)

    take(1, now=NOON + timedelta(seconds=1))
    take(3, now=NOON + timedelta(hours=1))

    with pytest.raises(OverLimitError):
        take(1, now=NOON + timedelta(hours=1))


def test_each_name_has_a_bucket_of_its_own():
    take(3)

    take(3, name="key:2")

    assert Bucket.objects.count() == 2


def test_a_clock_that_is_set_back_neither_gives_nor_takes():
    take(2)

    take(1, now=NOON - timedelta(hours=1))

    with pytest.raises(OverLimitError):
        take(1)


def test_no_name_is_kept_as_it_is():
    take(1, name="form:address:192.0.2.7")

    assert "192" not in Bucket.objects.get().key


def test_a_hostile_name_is_limited_like_another():
    take(3, name="\x00'\"<>" + "x" * 10_000)

    with pytest.raises(OverLimitError):
        take(1, name="\x00'\"<>" + "x" * 10_000)


def test_full_buckets_are_forgotten():
    take(1)

    assert limits.forget(now=NOON + timedelta(days=1)) == 0
    assert limits.forget(now=NOON + timedelta(days=3)) == 1
