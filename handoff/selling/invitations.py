"""Mailing invitations to meetings: claimed, sent, marked; never the same one twice.

A mail whose worker died while sending is not tried again: the meeting says that nobody
knows, and a person decides to send it once more.
"""

from collections.abc import Iterable
from datetime import datetime
from email.mime.text import MIMEText

from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from handoff.choices import InvitationMethod
from handoff.models import Guest, Invitation, Meeting
from handoff.selling.calendar_files import calendar_file
from leads import bells
from leads.deliveries import NOT_SENT
from leads.owed import OwedState

# A call sends at most this many; the sweep comes back for the rest.
BATCH = 200


def owe(
    *,
    guests: Iterable[Guest],
    meeting: Meeting,
    method: InvitationMethod,
    now: datetime,
) -> None:
    """Owe each guest the mail about the meeting as it now is.

    What was owed about an earlier state of it, and not begun, is dropped.
    """
    invited = list(guests)
    drop(guests=invited, now=now)
    Invitation.objects.bulk_create(
        [
            Invitation(
                guest=guest,
                sequence=meeting.sequence,
                method=method,
                not_before=now,
            )
            for guest in invited
        ],
        ignore_conflicts=True,
    )
    if invited:
        bells.ring("invitations_owed")


def drop(*, guests: Iterable[Guest], now: datetime) -> None:
    """Nothing that waits for these guests is sent any more."""
    waiting = Invitation.objects.filter(
        guest__in=list(guests), state=OwedState.DUE, lease_until=None
    )
    waiting.order_by().update(state=OwedState.CANCELLED, ended_at=now)


def send_owed(*, now: datetime) -> int:
    """Mail what is owed, the longest waiting first, and count the mails sent.

    Each row is claimed on its own before its mail leaves. A round ends at its first
    failure, and the next one goes on with the others.
    """
    Invitation.objects.doubt(now=now)
    sent = 0
    for _turn in range(BATCH):
        invitation = Invitation.objects.with_names().take(now=now)
        if invitation is None:
            break
        if not _is_wanted(invitation):
            Invitation.objects.cancel(invitation, now=now)
            continue
        try:
            message(invitation=invitation).send()
        except NOT_SENT as error:
            reason = f"{type(error).__name__}: {error}"
            Invitation.objects.fail(invitation, error=reason, now=now)
            break
        Invitation.objects.finish(invitation, now=now)
        sent += 1
    return sent


def send_again(*, meeting: Meeting, now: datetime) -> int:
    """Let the stuck mails of the meeting be sent after all; how many they are."""
    stuck = Invitation.objects.filter(guest__meeting=meeting, sequence=meeting.sequence)
    count = stuck.run_again(now=now)
    if count:
        bells.ring("invitations_owed")
    return count


def message(*, invitation: Invitation) -> EmailMessage:
    """The mail with its calendar file; times are in the zone of the host."""
    guest = invitation.guest
    meeting, host = guest.meeting, guest.meeting.host
    method = InvitationMethod(invitation.method)
    mail = EmailMessage(
        subject=_subject(meeting, method),
        body=_body(meeting),
        to=[guest.email],
        reply_to=[host.email] if host else None,
        headers={"Message-ID": f"<{invitation.pk}.{meeting.uid}>"},
    )
    file = calendar_file(
        meeting=meeting, guests=_named(meeting, guest, method), method=method
    )
    part = MIMEText(file.decode(), "calendar", "utf-8")
    part.set_param("method", method.value.upper())
    part.add_header("Content-Disposition", "attachment", filename="invitation.ics")
    mail.attach(part)
    return mail


def _is_wanted(invitation: Invitation) -> bool:
    """Whether it still says how things are for this guest."""
    guest = invitation.guest
    if invitation.method == InvitationMethod.CANCEL:
        return not guest.is_invited
    return guest.is_invited and invitation.sequence == guest.meeting.sequence


def _named(meeting: Meeting, guest: Guest, method: InvitationMethod) -> Iterable[Guest]:
    """Whom the file names: all that are invited, or only who is out again."""
    if method == InvitationMethod.CANCEL:
        return [guest]
    return meeting.guests.filter(is_invited=True)


def _subject(meeting: Meeting, method: InvitationMethod) -> str:
    """One line, whatever the title holds: a line break would begin a new header."""
    text = _("Invitation: {title}") if not meeting.sequence else _("Changed: {title}")
    if method == InvitationMethod.CANCEL:
        text = _("Cancelled: {title}")
    return " ".join(text.format(title=meeting.title).split())


def _body(meeting: Meeting) -> str:
    with timezone.override(meeting.time_zone):
        starts_at = date_format(timezone.localtime(meeting.starts_at), "D j M Y, H:i T")
    when = _("{when}, {minutes} minutes").format(
        when=starts_at, minutes=meeting.minutes
    )
    head = "\n".join(filter(None, [meeting.title, when, meeting.place]))
    host = str(meeting.host or "")
    return "\n\n".join(filter(None, [head, meeting.words, host])) + "\n"
