"""Keyed hashes of those who were erased, so that nothing brings them back.

The hash is an HMAC under a key derived from SECRET_KEY, so that nobody can try
addresses against a stolen database alone. After SECRET_KEY has changed the old one must
stay in SECRET_KEY_FALLBACKS for as long as the erased shall stay away.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings

from leads.models import Forgotten
from leads.text import email_key, phone_key

SALT = "leads.forgetting"
BATCH = 500


@dataclass(frozen=True)
class Particular:
    """Something by which a person is found: kind is "email", "id" or "phone"."""

    kind: str
    value: str


def by_email(email: str) -> Particular:
    return Particular("email", email_key(email))


def by_id(source_system: str, external_id: str) -> Particular:
    return Particular("id", f"{source_system}\x1f{external_id}" if external_id else "")


def by_phone(phone: str) -> Particular:
    return Particular("phone", phone_key(phone))


def remember(*, particulars: Iterable[Particular], now: datetime) -> int:
    """Keep the hashes of an erased person; again changes nothing."""
    hashes = {_hash(one, settings.SECRET_KEY) for one in particulars if one.value}
    rows = [Forgotten(key_hash=one, forgotten_at=now) for one in sorted(hashes)]
    Forgotten.objects.bulk_create(rows, ignore_conflicts=True)
    return len(hashes)


def forgotten(*, particulars: Collection[Particular]) -> set[Particular]:
    """Those of these that belonged to somebody who was erased."""
    if not Forgotten.objects.exists():
        return set()
    by_hash = {
        _hash(one, key): one for one in particulars if one.value for key in _keys()
    }
    hashes, found = list(by_hash), set()
    for start in range(0, len(hashes), BATCH):
        known = Forgotten.objects.filter(key_hash__any_of=hashes[start : start + BATCH])
        found |= {by_hash[one] for one in known.values_list("key_hash", flat=True)}
    return found


def welcome_back(*, particulars: Iterable[Particular]) -> None:
    """Let a person in again who came by themself, as a new lead without a past."""
    hashes = [_hash(one, key) for one in particulars if one.value for key in _keys()]
    Forgotten.objects.filter(key_hash__in=hashes).delete()


def _keys() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _hash(one: Particular, key: str) -> str:
    text = f"{one.kind}\x1f{one.value}"
    return hmac.digest(_derived(key), text.encode(), "sha256").hex()


@lru_cache(maxsize=8)
def _derived(key: str) -> bytes:
    """The key of Django's `salted_hmac`, which would derive it anew for each hash."""
    return hashlib.sha256(f"{SALT}{key}".encode()).digest()
