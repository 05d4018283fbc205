"""Keys of the API: made once, known by their hash, ended by a person."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from leads.capture.choices import Scope
from leads.capture.models import ApiKey
from leads.models import User

PREFIX = "baton_"
# So many letters are shown, so that people tell one key from another.
SHOWN = len(PREFIX) + 6
LONGEST = 100
# Else each request would write the row.
NOTED_EVERY = timedelta(minutes=1)


def create(
    *,
    name: str,
    user: User,
    scopes: Sequence[Scope],
    source_system: str,
    actor: User | None,
    now: datetime,
) -> tuple[ApiKey, str]:
    """Make a key, and return it with its secret, which is shown once and not kept."""
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        name=name.strip(),
        user=user,
        scopes=[scope.value for scope in scopes],
        source_system=source_system.strip(),
        prefix=secret[:SHOWN],
        digest=digest(secret),
        created_at=now,
        created_by=actor,
    )
    return key, secret


def find(*, secret: str, now: datetime) -> ApiKey | None:
    """The key, if it is in use and its person may sign in; its use is noted."""
    if not secret.startswith(PREFIX) or len(secret) > LONGEST:
        return None
    keys = ApiKey.objects.select_related("user__rep").filter(revoked_at=None)
    key = keys.filter(digest=digest(secret), user__is_active=True).first()
    if key is not None and _is_worth_noting(key, now):
        unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTED_EVERY)
        ApiKey.objects.filter(unnoted, pk=key.pk).update(last_used_at=now)
    return key


def revoke(*, key: ApiKey, actor: User, now: datetime) -> bool:
    """End the key at once; False where it was ended before."""
    living = ApiKey.objects.filter(pk=key.pk, revoked_at=None)
    return bool(living.update(revoked_at=now, revoked_by=actor))


def digest(secret: str) -> str:
    """The form in which a key is kept. It has 256 random bits, so no salt is needed."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _is_worth_noting(key: ApiKey, now: datetime) -> bool:
    return key.last_used_at is None or key.last_used_at < now - NOTED_EVERY
