"""What follows when an address bounced for good, or its owner wants no mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from leads import activities, consents, particulars
from leads.activities import NewActivity
from leads.choices import ActivityKind, ConsentHow, Purpose
from leads.models import Lead
from leads.nurture.choices import Returned, SuppressionWhy
from leads.nurture.mail import markup, suppressing
from leads.nurture.mail.sending import SOURCE
from leads.nurture.models import Mail
from leads.text import email_key

KINDS = {
    Returned.BOUNCE: ActivityKind.EMAIL_BOUNCED,
    Returned.COMPLAINT: ActivityKind.UNSUBSCRIBED,
    Returned.UNSUBSCRIBE: ActivityKind.UNSUBSCRIBED,
    Returned.ANSWER: ActivityKind.EMAIL_REPLIED,
}


@dataclass(frozen=True)
class Word:
    """What came back of whom: `mail` where it names one, `key` to be told once.

    note: what the server said.
    """

    kind: Returned
    email: str
    key: str
    lead: Lead | None = None
    mail: Mail | None = None
    note: str = ""


@transaction.atomic
def heed_all(*, words: Sequence[Word], now: datetime) -> None:
    """Heed them all, or none.

    Leads are locked upwards and addresses listed in their order, whatever the order in
    which a provider tells of them: two messages that name the same never wait for each
    other.
    """
    lead_ids = {word.lead.pk for word in words if word.lead is not None}
    particulars.lock(lead_ids=lead_ids, account_ids=[])
    for word in sorted(words, key=lambda word: email_key(word.email)):
        heed(word=word, now=now)


@transaction.atomic
def heed(*, word: Word, now: datetime) -> None:
    """Keep it in the timeline, and let the address get no more mail; again is once.

    A complaint is a “do not mail” of the lead as well; to unsubscribe is nothing else,
    and leaves the address alone. An answer is only kept.
    """
    if word.lead is not None:
        # Recording that somebody unsubscribed forbids mail to the lead.
        activities.record(activities=[_activity(word, now)])
    if word.kind in (Returned.ANSWER, Returned.UNSUBSCRIBE):
        return
    if word.kind == Returned.COMPLAINT and word.lead is not None:
        consents.forbid(
            lead_ids=[word.lead.pk],
            purpose=Purpose.MAIL,
            why=_("Complained about a mail"),
            how=ConsentHow.UNSUBSCRIBED,
            at=now,
        )
    is_bounce = word.kind == Returned.BOUNCE
    suppressing.suppress(
        email=word.email,
        why=SuppressionWhy.BOUNCED if is_bounce else SuppressionWhy.COMPLAINED,
        note=word.note,
        actor=None,
        now=now,
    )


def _activity(word: Word, now: datetime) -> NewActivity:
    assert word.lead is not None  # noqa: S101 - the caller has looked
    mail = word.mail
    return NewActivity(
        lead_id=word.lead.pk,
        kind=KINDS[word.kind],
        occurred_at=now,
        source_system=SOURCE,
        external_id=word.key,
        subject=markup.alike(mail.said.subject)[:500] if mail else "",
        properties={"mail": str(mail.pk)} if mail else {},
    )
