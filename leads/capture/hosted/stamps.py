"""When a form was shown: signed into it, so that nobody sends what was never shown."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core import signing

SALT = "leads.capture.hosted.stamps"


@dataclass(frozen=True)
class Stamp:
    """When the form was shown; `nonce` tells one showing from another."""

    shown_at: datetime
    nonce: str


def issue(*, form_id: int, now: datetime) -> str:
    """The stamp of a form that is shown now."""
    nonce = secrets.token_urlsafe(9)
    return signing.dumps([form_id, int(now.timestamp()), nonce], salt=SALT)


def read(text: str, *, form_id: int) -> Stamp | None:
    """The stamp, or None where we did not put it into this form."""
    try:
        of_form, seconds, nonce = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    if of_form != form_id:
        return None
    return Stamp(datetime.fromtimestamp(seconds, tz=UTC), nonce)
