"""What a mail provider tells by webhook: who bounced, complained, or unsubscribed.

The message is signed, so an address is believed as well as a Message-ID of ours.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from leads import forgetting
from leads.models import Lead
from leads.nurture.choices import Returned
from leads.nurture.mail import bounces, giving_up
from leads.nurture.mail.giving_up import Word
from leads.nurture.models import Mail
from leads.text import email_key

MOST = 500
MEMBERS = ("kind", "message_id", "email", "is_permanent", "reason")
KINDS = (Returned.BOUNCE, Returned.COMPLAINT, Returned.UNSUBSCRIBE)
LONGEST = {"message_id": 500, "email": 254, "reason": 1_000}
SCHEMA = {
    "mail": {
        "type": "array",
        "maxItems": MOST,
        "items": {
            "type": "object",
            "properties": {
                "kind": {"enum": [kind.value for kind in KINDS]},
                "is_permanent": {"type": "boolean"},
                **{
                    name: {"type": "string", "maxLength": most}
                    for name, most in LONGEST.items()
                },
            },
            "required": ["kind"],
            "additionalProperties": False,
        },
    }
}


class EventError(Exception):
    """A record that cannot be heeded; `field` is where, the message why."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


def take(
    *, given: Sequence[Any], now: datetime
) -> tuple[dict[str, int], list[tuple[int, str, str]]]:
    """Heed these events, and count them; the refused by place, field and reason.

    What the server tries again is left alone, and counts as `ignored`.
    """
    counts = {"heeded": 0, "ignored": 0}
    refused = []
    words = []
    for index, record in enumerate(given):
        try:
            word = _word(_checked(record), now)
        except EventError as error:
            refused.append((index, error.field, str(error)))
            continue
        if word is None:
            counts["ignored"] += 1
        else:
            words.append(word)
    giving_up.heed_all(words=words, now=now)
    counts["heeded"] = len(words)
    return counts, refused


def _checked(record: Any) -> Mapping[str, Any]:
    if not isinstance(record, Mapping):
        raise EventError("", _("This is no object."))
    if unknown := [name for name in record if name not in MEMBERS]:
        raise EventError(str(unknown[0])[:100], _("There is no such member."))
    if record.get("kind") not in {kind.value for kind in KINDS}:
        raise EventError("kind", _("Expected “bounce”, “complaint” or “unsubscribe”."))
    if not isinstance(record.get("is_permanent", True), bool):
        raise EventError("is_permanent", _("Expected true or false."))
    for name, most in LONGEST.items():
        text = record.get(name, "")
        if not isinstance(text, str) or len(text) > most:
            message = _("Expected a text of at most {count} characters.")
            raise EventError(name, message.format(count=most))
        if not text.isprintable():
            raise EventError(name, _("This holds characters that cannot be shown."))
    return record


def _word(record: Mapping[str, Any], now: datetime) -> Word | None:
    """What the record tells; None where the mail may still arrive.

    Also None where a stranger unsubscribes, or where it is about somebody who was
    erased: nothing is kept of them.
    """
    kind = Returned(record["kind"])
    message_id, email = record.get("message_id", ""), record.get("email", "").strip()
    mail = bounces.mail_named(message_id.encode()) if message_id else None
    if mail is None and email:
        mail = bounces.mail_sent_to(email, now=now)
    if mail is None and not email:
        text = _("It names no mail of ours; give the address.")
        raise EventError("message_id" if message_id else "email", text)
    if email:
        _check_address(email)
    if kind == Returned.BOUNCE and not record.get("is_permanent", True):
        return None
    if _is_erased(mail, email):
        return None
    lead = mail.lead if mail else _lead(email)
    if lead is None and kind == Returned.UNSUBSCRIBE:
        return None
    return Word(
        kind=kind,
        email=email or (mail.sent_to or mail.lead.email if mail else ""),
        key=f"mail:{mail.pk}:{kind}" if mail else _key(kind, email, now),
        lead=lead,
        mail=mail,
        note=" ".join(record.get("reason", "").split())[:200],
    )


def _is_erased(mail: Mail | None, email: str) -> bool:
    if mail is not None and mail.lead.erased_at is not None:
        return True
    return bool(forgetting.forgotten(particulars=[forgetting.by_email(email)]))


def _lead(email: str) -> Lead | None:
    return Lead.objects.living().filter(email_key=email_key(email)).first()


def _key(kind: Returned, email: str, now: datetime) -> str:
    digest = hashlib.sha256(email_key(email).encode()).hexdigest()[:32]
    return f"mail:{kind}:{digest}:{now:%Y%m%d}"


def _check_address(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise EventError("email", _("This is no e-mail address.")) from error
