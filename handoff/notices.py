"""Telling our own people by mail that a lead became theirs.

The message is owed by the transaction that gives the lead away. After a crash between
sending and writing it down it goes out once more, under the same Message-ID: a rep who
hears of a lead twice is better than one who never does.
"""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from handoff.models import Handoff, Notice
from handoff.querysets import NoticeQuerySet
from leads import bells
from leads.models import Lead

# A call sends at most this many; the sweep comes back for the rest.
BATCH = 200
# A server that is away or refuses, and an address or subject that is none.
NOT_SENT = (OSError, ValueError)
# What telling somebody once more, on a new assignment, sets back.
_AFRESH = [
    "state",
    "not_before",
    "lease_until",
    "attempts",
    "last_error",
    "ended_at",
]


def owe(*, handoffs: Iterable[Handoff]) -> None:
    """Owe each rep of these hand-offs the message that the lead is theirs.

    To be called in the transaction of the assignment. Who gets a hand-off back after a
    colleague had it is told again.
    """
    notices = [
        Notice(
            handoff=handoff, person_id=handoff.rep_id, not_before=handoff.assigned_at
        )
        for handoff in handoffs
        if handoff.rep_id and handoff.assigned_at
    ]
    if not notices:
        return
    Notice.objects.bulk_create(
        notices,
        update_conflicts=True,
        unique_fields=["handoff", "person", "kind"],
        update_fields=_AFRESH,
    )
    bells.ring("notices_owed")


def send_owed(*, now: datetime) -> int:
    """Mail what is owed, the longest waiting first, and count the mails sent.

    Each row is claimed on its own, so two workers never hold the same one. A round ends
    at its first failure, and the next one goes on with the others: so a mail server
    that is away for an hour does not cost every row its five tries.
    """
    Notice.objects.give_up(now=now)
    sent = 0
    for _turn in range(BATCH):
        notice = Notice.objects.with_names().take(now=now)
        if notice is None:
            break
        if not _is_wanted(notice):
            Notice.objects.cancel(notice, now=now)
            continue
        try:
            message(notice=notice).send()
        except NOT_SENT as error:
            reason = f"{type(error).__name__}: {error}"
            Notice.objects.fail(notice, error=reason, now=now)
            break
        Notice.objects.finish(notice, now=now)
        sent += 1
    return sent


def run_again(*, notices: NoticeQuerySet, now: datetime) -> int:
    """Let those that are stuck among these be sent after all; how many they are."""
    count = notices.run_again(now=now)
    if count:
        bells.ring("notices_owed")
    return count


def message(*, notice: Notice) -> EmailMessage:
    """The mail, in plain text; times are in the zone of the person."""
    handoff, lead = notice.handoff, notice.handoff.lead
    due = _("Please decide by {time}.")
    with timezone.override(notice.person.time_zone or None):
        due_at = date_format(timezone.localtime(handoff.due_at), "D j M Y, H:i T")
    paragraphs = [
        _about(lead),
        "\n".join(filter(None, [_score(handoff), _why_now(handoff)])),
        due.format(time=due_at),
        settings.SITE_URL.rstrip("/") + reverse("leads:detail", args=[lead.pk]),
    ]
    return EmailMessage(
        subject=_subject(lead),
        body="\n\n".join(filter(None, paragraphs)) + "\n",
        to=[notice.person.email],
        headers={
            "Message-ID": _message_id(notice),
            "Auto-Submitted": "auto-generated",
        },
    )


def _is_wanted(notice: Notice) -> bool:
    """Whether the hand-off still waits for this person, who still signs in."""
    handoff, person = notice.handoff, notice.person
    return handoff.is_open and handoff.rep_id == person.pk and person.is_active


def _subject(lead: Lead) -> str:
    """One line, whatever the name holds: a line break would begin a new header."""
    text = _("{lead} is yours").format(lead=lead)
    if lead.account:
        text = _("{lead} ({company}) is yours").format(lead=lead, company=lead.account)
    return " ".join(text.split())


def _about(lead: Lead) -> str:
    return "\n".join(filter(None, [str(lead), lead.role_and_company]))


def _score(handoff: Handoff) -> str:
    """Score and grade as they were when the lead was offered."""
    engagement, grade = handoff.brief.get("engagement"), handoff.brief.get("grade")
    if engagement is None:
        return ""
    score = _("Score {score}").format(score=f"{engagement:.0f}")
    return _("{score}, grade {grade}").format(score=score, grade=grade)


def _why_now(handoff: Handoff) -> str:
    """The rules that brought the points, or else the words of who moved the lead."""
    often = _("{what} ({count} times)")
    lines = [
        often.format(**line) if line["count"] > 1 else line["what"]
        for line in handoff.brief.get("why", [])
    ]
    entry = handoff.brief.get("entry", {})
    why = " · ".join(lines) or entry.get("reason") or entry.get("cause")
    return _("Why now: {why}").format(why=why) if why else ""


def _message_id(notice: Notice) -> str:
    """Made from the row and its assignment, so that a repeat is known as one."""
    assigned_at = notice.handoff.assigned_at or notice.handoff.routed_at
    host = urlsplit(settings.SITE_URL).hostname
    return f"<notice-{notice.pk}-{assigned_at.timestamp():.0f}@{host}>"
