"""Reading what comes back: bounces, complaints and answers, each found by its mail.

Every mail of ours has a Message-ID that we signed; what names none of ours is left
alone, so nobody can have an address suppressed by a letter they made up.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, message_from_string
from email.message import Message
from typing import Any

from leads.nurture.choices import Returned
from leads.nurture.mail import giving_up, links
from leads.nurture.mail.giving_up import Word
from leads.nurture.models import Mail
from leads.text import email_key

_OURS = re.compile(rb"<?mail\.(\d{1,18})\.([0-9a-f]{20})@")
# Servers try for days, readers complain for weeks; an older mail is another story.
SOUGHT_FOR = timedelta(days=30)
# What the parser of Python raises for letters that somebody made to break it.
UNREADABLE = (RecursionError, LookupError, ValueError, TypeError, AttributeError)
# Source: RFC 5965, section 7.3, and RFC 6430 for “not-spam”.
FEEDBACK = {
    "abuse": Returned.COMPLAINT,
    "fraud": Returned.COMPLAINT,
    "other": Returned.COMPLAINT,
    "opt-out": Returned.UNSUBSCRIBE,
    "opt-out-list": Returned.UNSUBSCRIBE,
}
# No more of a letter is searched for our Message-ID.
MOST_BYTES = 1_000_000


def take_in(*, letter: Message, now: datetime) -> Returned:
    """Act on one letter that came back; again changes nothing.

    A bounce for good and a complaint put the address on the list of those that get no
    mail, a complaint is a “do not mail” as well, an answer is in the timeline.
    """
    try:
        kind, note = _kind(letter), _diagnosis(letter)
        content = letter.as_bytes()[:MOST_BYTES]
    except UNREADABLE:
        return Returned.NOTHING
    mail = mail_named(content)
    if kind == Returned.NOTHING or mail is None or mail.lead.erased_at is not None:
        return Returned.NOTHING
    own_id = re.sub(r"\s", "", str(letter.get("Message-ID", "")))[:120]
    word = Word(
        kind=kind,
        email=mail.sent_to or mail.lead.email,
        key=f"mail:{mail.pk}:{kind}:{own_id}",
        lead=mail.lead,
        mail=mail,
        note=note,
    )
    giving_up.heed(word=word, now=now)
    return kind


def take_in_all(*, letters: Iterable[bytes], now: datetime) -> Iterator[Returned]:
    """The same for many, as they came, each in a transaction of its own."""
    for content in letters:
        try:
            letter = message_from_bytes(content)
        except UNREADABLE:
            yield Returned.NOTHING
        else:
            yield take_in(letter=letter, now=now)


def _kind(letter: Message) -> Returned:
    report = str(letter.get_param("report-type", "") or "").casefold()
    if letter.get_content_type() == "multipart/report":
        if report == "feedback-report":
            return FEEDBACK.get(_feedback_type(letter), Returned.NOTHING)
        return Returned.BOUNCE if _is_for_good(letter) else Returned.NOTHING
    is_automatic = str(letter.get("Auto-Submitted", "no")).casefold() != "no"
    answers = f"{letter.get('In-Reply-To', '')} {letter.get('References', '')}"
    if not is_automatic and _OURS.search(answers.encode(errors="replace")):
        return Returned.ANSWER
    return Returned.NOTHING


def _is_for_good(letter: Message) -> bool:
    """Whether the server gave up; what it tries again, or delivered, is no bounce."""
    states = list(_statuses(letter))
    failed = [one for one in states if one[0] == "failed"]
    return any(status.startswith("5") for _action, status in failed)


def _feedback_type(letter: Message) -> str:
    """What the report is about; reports are also of viruses, or that it is no spam."""
    for part in letter.walk():
        if part.get_content_type() == "message/feedback-report":
            # The parser takes each block of fields for a letter of its own, or all for
            # a text.
            payload: Any = part.get_payload()
            block = payload[0] if isinstance(payload, list) and payload else payload
            fields = block if isinstance(block, Message) else _fields(block)
            return str(fields.get("Feedback-Type", "")).strip().casefold()
    return ""


def _fields(text: object) -> Message:
    return message_from_string(text if isinstance(text, str) else "")


def _statuses(letter: Message) -> Iterator[tuple[str, str]]:
    for part in letter.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks: Any = part.get_payload()
            for block in blocks if isinstance(blocks, list) else []:
                action = str(block.get("Action", "")).strip().casefold()
                yield action, str(block.get("Status", "")).strip()


def _diagnosis(letter: Message) -> str:
    for part in letter.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks: Any = part.get_payload()
            for block in blocks if isinstance(blocks, list) else []:
                if found := block.get("Diagnostic-Code"):
                    return " ".join(str(found).split())[:200]
    return ""


def mail_named(content: bytes) -> Mail | None:
    """The mail whose Message-ID stands in there; None where it is none of ours."""
    for pk, mark in _OURS.findall(content):
        mail_id = links.mail_id_of(pk.decode(), mark.decode())
        if mail_id is not None:
            mails = Mail.objects.select_related("lead", "template", "words")
            return mails.filter(pk=mail_id, tester=None).first()
    return None


def mail_sent_to(email: str, *, now: datetime) -> Mail | None:
    """The latest mail that went to this address within 30 days; None where none did.

    A lead may have another address by now: what comes back is about the one of then.
    """
    went = Mail.objects.filter(
        sent_to_key=email_key(email),
        tester=None,
        handed_over_at__gt=now - SOUGHT_FOR,
        lead__erased_at=None,
    )
    latest = went.exclude(sent_to_key="").order_by("-handed_over_at", "-pk")
    return latest.select_related("lead", "template", "words").first()
