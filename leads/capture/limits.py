"""How often something may be asked: a bucket of tokens that fills up with time.

Whoever asks takes tokens in one conditional update, so of two who ask for the last one
only one gets it, be they in two processes.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, FloatField, Value
from django.db.models.functions import Greatest, Least
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from leads.capture.models import Bucket

SALT = "leads.capture.limits"
# Every limit is full again within this time, so an older bucket says nothing.
FORGOTTEN_AFTER = timedelta(days=2)


@dataclass(frozen=True)
class Limit:
    """So many in a period, evenly, and `burst` at once after a quiet time."""

    count: int
    period: timedelta
    burst: int

    @property
    def per_second(self) -> float:
        return self.count / self.period.total_seconds()


class OverLimitError(Exception):
    """Too many; the message says how many seconds to wait, and so does the field."""

    def __init__(self, retry_after: int) -> None:
        text = ngettext(
            "Too many requests. Try again in {seconds} second.",
            "Too many requests. Try again in {seconds} seconds.",
            retry_after,
        )
        super().__init__(text.format(seconds=retry_after))
        self.retry_after = retry_after


def take(*, name: str, limit: Limit, now: datetime, cost: int = 1) -> None:
    """Take tokens from the bucket of that name; one that is unknown is full.

    name: who is limited, and at what: `form:address:192.0.2.7`.

    Raises:
        OverLimitError: there are not enough, and none was taken.
    """
    key = salted_hmac(SALT, name, algorithm="sha256").hexdigest()
    at = now.timestamp()
    if _taken(key, limit, at, cost):
        return
    fresh = Bucket(key=key, tokens=float(limit.burst), filled_at=at)
    Bucket.objects.bulk_create([fresh], ignore_conflicts=True)
    if not _taken(key, limit, at, cost):
        raise OverLimitError(_seconds_until(key, limit, at, cost))


def forget(*, now: datetime) -> int:
    """Delete the buckets that are full again by now, and count them."""
    old = Bucket.objects.filter(filled_at__lt=(now - FORGOTTEN_AFTER).timestamp())
    return old.delete()[0]


def _taken(key: str, limit: Limit, at: float, cost: int) -> bool:
    # A clock that was set back adds nothing.
    passed = Greatest(Value(at) - F("filled_at"), Value(0.0))
    filled = F("tokens") + passed * Value(limit.per_second)
    held = Least(filled, Value(float(limit.burst)), output_field=FloatField())
    enough = Bucket.objects.alias(held=held).filter(key=key, held__gte=cost)
    until = Greatest(F("filled_at"), Value(at))
    return bool(enough.update(tokens=held - Value(float(cost)), filled_at=until))


def _seconds_until(key: str, limit: Limit, at: float, cost: int) -> int:
    bucket = Bucket.objects.get(key=key)
    passed = max(at - bucket.filled_at, 0.0)
    missing = cost - bucket.tokens - passed * limit.per_second
    return max(1, math.ceil(missing / limit.per_second))
