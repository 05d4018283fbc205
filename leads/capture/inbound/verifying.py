"""Whether a message comes from who it says. Source: Standard Webhooks 1.0.

Nothing of a message is parsed before its signature is found right, and whoever fails
is told the same, whatever was wrong. Mail providers do not sign as it says; they know
the secret as the password of their address. Source: RFC 7617.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime

from django.utils.crypto import constant_time_compare
from standardwebhooks import Webhook, WebhookVerificationError

from leads import signing
from leads.capture.models import WebhookSource

TOLERANCE_SECONDS = 300
# A sender signs with as many secrets as it has at a time, which are two.
MOST_SIGNATURES = 10
LONGEST_AUTHORIZATION = 500
_ID = re.compile(r"[A-Za-z0-9_:-]{1,100}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v1,[A-Za-z0-9+/]{43}=")


class SignatureError(Exception):
    """The message is not signed as it must be, or nobody may send it."""


def source_of(
    *, slug: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> WebhookSource:
    """The source that has signed the message within five minutes of `now`.

    Raises:
        SignatureError: there is none.
    """
    signed = _signed_headers(headers, now)
    source = _living(slug)
    if source is None or not any(
        _is_right(secret, signed, body) for secret in _secrets(source, now)
    ):
        raise SignatureError
    return source


def source_by_password(
    *, slug: str, headers: Mapping[str, str], now: datetime
) -> WebhookSource:
    """The source whose secret is the password of the request.

    Raises:
        SignatureError: there is none.
    """
    typed = _password(headers.get("Authorization", ""))
    source = _living(slug)
    if source is None or not any(
        constant_time_compare(signing.password_of(secret), typed)
        for secret in _secrets(source, now)
    ):
        raise SignatureError
    return source


def _living(slug: str) -> WebhookSource | None:
    living = WebhookSource.objects.filter(is_on=True, user__is_active=True)
    return living.select_related("user__rep").filter(slug=slug).first()


def _secrets(source: WebhookSource, now: datetime) -> list[str]:
    return signing.secrets_of(
        seed=source.seed,
        former_seed=source.former_seed,
        former_until=source.former_until,
        now=now,
    )


def _password(authorization: str) -> str:
    """The password of a Basic authorization; empty where it says none."""
    scheme, _space, told = authorization.partition(" ")
    if scheme.casefold() != "basic" or len(told) > LONGEST_AUTHORIZATION:
        return ""
    try:
        plain = base64.b64decode(told.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return plain.partition(":")[2]


def _signed_headers(headers: Mapping[str, str], now: datetime) -> dict[str, str]:
    """The three headers, once each looks as it must."""
    webhook_id, timestamp = (
        headers.get(name, "") for name in ("webhook-id", "webhook-timestamp")
    )
    signatures = headers.get("webhook-signature", "").split(" ")
    right = [one for one in signatures if _SIGNATURE.fullmatch(one)]
    if (
        not _ID.fullmatch(webhook_id)
        or not _TIMESTAMP.fullmatch(timestamp)
        or len(signatures) > MOST_SIGNATURES
        or abs(int(timestamp) - now.timestamp()) > TOLERANCE_SECONDS
    ):
        raise SignatureError
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(right),
    }


def _is_right(secret: str, headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):
        return False
    return True
