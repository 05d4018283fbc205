"""Reading what comes back: bounces, complaints and answers, each found by its mail.

Every mail of ours has a Message-ID that we signed; what names none of ours is left
alone, so nobody can have an address suppressed by a letter they made up.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.message import Message
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from leads import activities, consents
from leads.activities import NewActivity
from leads.choices import ActivityKind, ConsentHow, Purpose
from leads.nurture.choices import Returned, SuppressionWhy
from leads.nurture.mail import links, suppressing
from leads.nurture.mail.sending import SOURCE
from leads.nurture.models import Mail

_OURS = re.compile(rb"<mail\.(\d{1,18})\.([0-9a-f]{20})@")
# No more of a letter is searched for our Message-ID.
MOST_BYTES = 1_000_000
KINDS = {
    Returned.BOUNCE: ActivityKind.EMAIL_BOUNCED,
    Returned.COMPLAINT: ActivityKind.UNSUBSCRIBED,
    Returned.ANSWER: ActivityKind.EMAIL_REPLIED,
}


def take_in(*, letter: Message, now: datetime) -> Returned:
    """Act on one letter that came back; again changes nothing.

    A bounce for good and a complaint put the address on the list of those that get no
    mail, a complaint is a “do not mail” as well, an answer is in the timeline.
    """
    kind = _kind(letter)
    mail = _mail(letter)
    if kind == Returned.NOTHING or mail is None or mail.lead.erased_at is not None:
        return Returned.NOTHING
    with transaction.atomic():
        activities.record(activities=[_activity(letter, kind, mail, now)])
        if kind == Returned.ANSWER:
            return kind
        if kind == Returned.COMPLAINT:
            consents.forbid(
                lead_ids=[mail.lead_id],
                purpose=Purpose.MAIL,
                why=_("Complained about a mail"),
                how=ConsentHow.UNSUBSCRIBED,
                at=now,
            )
        is_bounce = kind == Returned.BOUNCE
        suppressing.suppress(
            email=mail.lead.email,
            why=SuppressionWhy.BOUNCED if is_bounce else SuppressionWhy.COMPLAINED,
            note=_diagnosis(letter),
            actor=None,
            now=now,
        )
    return kind


def take_in_all(*, letters: Iterable[Message], now: datetime) -> Iterator[Returned]:
    """The same for many, each in a transaction of its own."""
    for letter in letters:
        yield take_in(letter=letter, now=now)


def _kind(letter: Message) -> Returned:
    report = str(letter.get_param("report-type", "") or "").casefold()
    if letter.get_content_type() == "multipart/report":
        if report == "feedback-report":
            return Returned.COMPLAINT
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


def _mail(letter: Message) -> Mail | None:
    content = letter.as_bytes()[:MOST_BYTES]
    for pk, mark in _OURS.findall(content):
        mail_id = links.mail_id_of(pk.decode(), mark.decode())
        if mail_id is not None:
            mails = Mail.objects.select_related("lead", "template")
            return mails.filter(pk=mail_id, tester=None).first()
    return None


def _activity(
    letter: Message, kind: Returned, mail: Mail, now: datetime
) -> NewActivity:
    own_id = re.sub(r"\s", "", str(letter.get("Message-ID", "")))[:120]
    return NewActivity(
        lead_id=mail.lead_id,
        kind=KINDS[kind],
        occurred_at=now,
        source_system=SOURCE,
        external_id=f"mail:{mail.pk}:{kind}:{own_id}",
        subject=mail.template.subject[:500],
        properties={"mail": str(mail.pk)},
    )
