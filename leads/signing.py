"""Secrets of webhooks, and signing with them. Source: Standard Webhooks 1.0.

No secret is stored. Each is derived from a random seed in its row and the key of the
workspace, so a copy of the database alone signs nothing.
"""

import base64
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from django.conf import settings
from django.utils.crypto import salted_hmac
from standardwebhooks import Webhook

SALT = "leads.signing"
PREFIX = "whsec_"


def new_seed() -> str:
    """A seed that nobody can guess."""
    return secrets.token_hex(32)


def secret_of(seed: str) -> str:
    """The secret that belongs to the seed, as it is shown to a person."""
    return _secret(seed, settings.SECRET_KEY)


def password_of(secret: str) -> str:
    """The same secret for senders that sign nothing, fit to stand in an address."""
    plain = secret.removeprefix(PREFIX).rstrip("=")
    return plain.replace("+", "-").replace("/", "_")


def secrets_of(
    *, seed: str, former_seed: str, former_until: datetime | None, now: datetime
) -> list[str]:
    """All secrets that count at `now`, the present one first.

    A former one counts until its time is over, and so does each under an earlier key of
    the workspace.
    """
    seeds = [seed]
    if former_seed and former_until is not None and now < former_until:
        seeds.append(former_seed)
    return [secret for one in seeds for secret in _under_each_key(one)]


def headers_of(
    *, message_id: str, body: str, secrets: Sequence[str], now: datetime
) -> dict[str, str]:
    """The headers that a signed message carries, one signature for each secret."""
    at = now.astimezone(UTC)
    signatures = [Webhook(one).sign(message_id, at, body) for one in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _under_each_key(seed: str) -> Iterator[str]:
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield _secret(seed, key)


def _secret(seed: str, key: str) -> str:
    mac = salted_hmac(SALT, seed, secret=key, algorithm="sha256")
    return PREFIX + base64.b64encode(mac.digest()).decode("ascii")
