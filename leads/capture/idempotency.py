"""The same request again: done once, and answered as it was the first time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _

from leads.capture.models import KeptAnswer
from leads.models import User

KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 200
# Somebody else who writes the same rows makes one of the two start again.
TRIES = 3

Result = TypeVar("Result")


class KeyReusedError(Exception):
    """The key came with another request before; the message says so."""


@dataclass(frozen=True)
class Done:
    """What a request is answered with, for the first time or once more."""

    code: int
    content: dict[str, Any]
    is_repeat: bool = False


@dataclass(frozen=True)
class Asked:
    """Who asks for what: `key` is the sender's, empty without one."""

    user: User
    key: str
    request_digest: str


def do(*, deed: Callable[[], Done], asked: Asked, now: datetime) -> Done:
    """Do the deed in one transaction, with its answer where the request has a key.

    A deed that raises leaves nothing behind, so that its request may be mended and
    sent again under the same key. One that loses a race is done again.

    Raises:
        KeyReusedError: the key belongs to another request.
    """
    return retried(lambda: _once(deed, asked, now) if asked.key else deed())


def retried(deed: Callable[[], Result]) -> Result:
    """Do the deed in one transaction; one that loses a race is done again."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return deed()
        except (IntegrityError, OperationalError):
            if attempt == TRIES:
                raise
    raise AssertionError


def forget(*, now: datetime) -> int:
    """Delete the answers that are older than a day, and count them."""
    return KeptAnswer.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]


def _once(deed: Callable[[], Done], asked: Asked, now: datetime) -> Done:
    kept = KeptAnswer.objects.filter(user=asked.user, key=asked.key)
    kept.filter(created_at__lt=now - KEPT_FOR).delete()
    known = kept.first()
    if known is not None:
        if known.request_digest != asked.request_digest:
            raise KeyReusedError(_("This Idempotency-Key belongs to another request."))
        return Done(known.code, known.content, is_repeat=True)
    # Of two at once the second waits here, fails, and finds the answer of the first.
    mine = KeptAnswer.objects.create(
        user=asked.user,
        key=asked.key,
        request_digest=asked.request_digest,
        created_at=now,
    )
    done = deed()
    mine.code, mine.content = done.code, done.content
    mine.save(update_fields=["code", "content"])
    return done
