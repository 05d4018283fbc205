"""The addresses in a mail: each carries what it may do, signed, and nothing else."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from leads.nurture.models import Mail

SALTS = {
    "preferences": "leads.nurture.mail.preferences",
    "open": "leads.nurture.mail.open",
    "click": "leads.nurture.mail.click",
}
# Longer tokens are none of ours, and not worth the reckoning.
LONGEST_TOKEN = 4_000


@dataclass(frozen=True)
class Signed:
    """What a token of ours says: whose mail, and for a click where to."""

    mail_id: int
    lead_id: int
    url: str = ""


def preferences(mail: Mail) -> str:
    """Where the lead says whether it wants mail; also where one click unsubscribes."""
    return _absolute("letters:preferences", _token("preferences", mail))


def pixel(mail: Mail) -> str:
    return _absolute("letters:opened", _token("open", mail))


def click(mail: Mail, url: str) -> str:
    return _absolute("letters:clicked", _token("click", mail, url))


def read(kind: str, token: str) -> Signed | None:
    """What a token says; None for one that is not of ours, or of another kind."""
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        said: Any = signing.loads(token, salt=SALTS[kind])
    except (signing.BadSignature, ValueError):
        return None
    return Signed(*said)


def message_id(mail: Mail) -> str:
    """The Message-ID, by which a bounce or an answer finds the mail again."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    return f"<mail.{mail.pk}.{_mark(mail.pk)}@{domain}>"


def mail_id_of(pk: str, mark: str) -> int | None:
    """The mail of a Message-ID that we made; None of another."""
    if not pk.isascii() or not pk.isdigit() or len(pk) > 18:
        return None
    return int(pk) if constant_time_compare(_mark(int(pk)), mark) else None


def _mark(pk: int) -> str:
    digest: str = salted_hmac("leads.nurture.mail.message_id", str(pk)).hexdigest()
    return digest[:20]


def _token(kind: str, mail: Mail, *more: str) -> str:
    return signing.dumps([mail.pk, mail.lead_id, *more], salt=SALTS[kind])


def _absolute(name: str, token: str) -> str:
    site: str = settings.SITE_URL.rstrip("/")
    return site + reverse(name, args=[token])
