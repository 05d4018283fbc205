"""Planning mails to leads, and sending each at most once.

What was perhaps sent is not sent again by itself: nobody gets a mail twice, and a
person sees in the outbox that it is in doubt. Whether the lead still wants mail is
asked in the transaction in which the sending begins, under a lock on the lead: an
opt-out that was committed before is always heeded.
"""

import smtplib
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.translation import gettext as _

from leads import activities, bells
from leads.activities import NewActivity
from leads.choices import ActivityKind
from leads.crashpoints import crashpoint
from leads.models import Lead, User
from leads.nurture.choices import SuppressionWhy
from leads.nurture.mail import composing, drafting, markup, suppressing
from leads.nurture.models import Mail, MailTemplate, Step
from leads.nurture.programmes import limits
from leads.owed import OwedState

# A call sends at most this many; the sweep comes back for the rest.
BATCH = 200
CHUNK = 500
SOURCE = "baton"
# The server says so itself: it did not take the mail.
REFUSED = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPHeloError,
    smtplib.SMTPNotSupportedError,
    ValueError,
)
# The server wants no further mail on this connection.
CLOSING = 421
DOUBT = -1


@transaction.atomic
def plan(
    *,
    lead_ids: Sequence[int],
    template: MailTemplate,
    at: datetime,
    now: datetime,
    step: Step | None = None,
) -> int:
    """Owe a mail to each of these leads, and count those that had not got it before.

    step: that of the programme that asks for it.
    """
    before = Mail.objects.filter(template=template, once="")
    known: set[int] = set()
    for start in range(0, len(lead_ids), CHUNK):
        batch = before.filter(lead__in=lead_ids[start : start + CHUNK])
        known.update(batch.values_list("lead", flat=True))
    new = [lead_id for lead_id in lead_ids if lead_id not in known]
    Mail.objects.bulk_create(
        [
            Mail(
                lead_id=lead_id,
                template=template,
                step=step,
                created_at=now,
                not_before=at,
            )
            for lead_id in new
        ],
        batch_size=CHUNK,
        ignore_conflicts=True,
    )
    if new:
        bells.ring("mails_owed")
    return len(new)


def plan_test(
    *, template: MailTemplate, lead: Lead, tester: User, now: datetime
) -> Mail:
    """Owe the mail as this lead would get it, to one of us."""
    bells.ring("mails_owed")
    return Mail.objects.create(
        lead=lead,
        template=template,
        tester=tester,
        once=str(uuid.uuid4()),
        created_at=now,
        not_before=now,
    )


def send_owed(*, now: datetime) -> int:
    """Send what is owed, the longest waiting first; how many were sent.

    A server that cannot be reached costs no mail a try.
    """
    doubt_left_behind(now=now)
    Mail.objects.give_up(now=now)
    given_up = Mail.objects.filter(state=OwedState.STUCK, is_in_doubt=False)
    given_up.exclude(handed_over_at=None).update(is_in_doubt=True)
    if not Mail.objects.owed(now=now).exists():
        return 0
    connection = get_connection()
    try:
        return _send_round(connection, now)
    finally:
        _close(connection)


def doubt_left_behind(*, now: datetime) -> None:
    """Those whose worker ended after it had handed them over: a person decides."""
    left = Mail.objects.owed(now=now).exclude(handed_over_at=None)
    for pk in list(left.values_list("pk", flat=True)[:BATCH]):
        if Mail.objects.claim(pk, now=now):
            mail = Mail.objects.get(pk=pk)
            _doubt(mail, _("The worker ended while it was sending."), now)


def send_again(*, mail: Mail, now: datetime) -> bool:
    """A person wants a mail that failed or is in doubt to go out after all."""
    stuck = Mail.objects.filter(pk=mail.pk).stuck()
    stuck.order_by().update(handed_over_at=None, is_in_doubt=False)
    is_due = bool(Mail.objects.filter(pk=mail.pk).run_again(now=now))
    if is_due:
        bells.ring("mails_owed")
    return is_due


def leave(*, mail: Mail, now: datetime) -> bool:
    """A person takes a mail that is in doubt for sent."""
    stuck = Mail.objects.filter(pk=mail.pk, is_in_doubt=True).stuck().order_by()
    return bool(stuck.update(state=OwedState.DONE, ended_at=now, is_in_doubt=False))


def call_off(*, mail: Mail, now: datetime) -> bool:
    """A person wants a mail that waits, or that failed, not to go out."""
    waiting = Mail.objects.filter(
        pk=mail.pk,
        state__in=(OwedState.DUE, OwedState.STUCK),
        handed_over_at=None,
        lease_until=None,
    )
    reason = _("Called off by a person")
    return bool(
        waiting.update(state=OwedState.CANCELLED, ended_at=now, last_error=reason)
    )


def refusal(lead: Lead) -> str:
    """Why this lead gets no mail, in words; empty where it may be mailed."""
    if lead.erased_at is not None or not lead.email_key:
        return _("The lead has no address.")
    if lead.do_not_mail:
        return lead.do_not_mail_why or _("The lead wants no mail.")
    if suppressing.holds(lead.email_key):
        return _("The address is on the list of those that get no mail.")
    return ""


def _send_round(connection: BaseEmailBackend, now: datetime) -> int:
    sent = 0
    for _turn in range(BATCH):
        try:
            _connect(connection)
        except (OSError, smtplib.SMTPException):
            break
        mail = Mail.objects.with_names().take(now=now)
        if mail is None:
            break
        if _begin(mail, now):
            code = _hand_over(connection, mail, now)
            sent += code == 0
            if code == CLOSING:
                break
    return sent


def _hand_over(connection: BaseEmailBackend, mail: Mail, now: datetime) -> int:
    """Give a mail that was begun to the server; 0, or the code of its refusal."""
    crashpoint("mail_handed_over")
    try:
        connection.send_messages([composing.message(mail=mail)])
    except REFUSED as error:
        return _refused(mail, error, now)
    except (OSError, smtplib.SMTPException) as error:
        _doubt(mail, f"{type(error).__name__}: {error}", now)
        _close(connection)
        return DOUBT
    crashpoint("mail_sent")
    _finish(mail, now)
    return 0


def _begin(mail: Mail, now: datetime) -> bool:
    """Commit that the sending begins; False where the lead must not get it."""
    with transaction.atomic():
        leads = Lead.objects.select_for_update(of=("self",)).select_related(
            "account", "standing__owner"
        )
        mail.lead = leads.get(pk=mail.lead_id)
        reason = "" if mail.tester else refusal(mail.lead) or limits.refusal(mail)
        held = Mail.objects.held(mail)
        if reason:
            held.update(last_error=reason)
            Mail.objects.cancel(mail, now=now)
            return False
        mail.words = drafting.words_of(template=mail.template, now=now)
        mail.filled = composing.used_values(words=mail.words, lead=mail.lead)
        mail.sent_to = mail.address
        begun = {
            "words": mail.words,
            "filled": mail.filled,
            "sent_to": mail.sent_to,
            "sent_to_key": "" if mail.tester else mail.lead.email_key,
        }
        return bool(held.update(handed_over_at=now, **begun))


def _finish(mail: Mail, now: datetime) -> None:
    """Write down that it was sent, in the lead's timeline too."""
    with transaction.atomic():
        if not Mail.objects.finish(mail, now=now) or mail.tester:
            return
        links = markup.links(mail.said.body)
        activity = NewActivity(
            lead_id=mail.lead_id,
            kind=ActivityKind.EMAIL_SENT,
            occurred_at=now,
            source_system=SOURCE,
            external_id=f"mail:{mail.pk}:sent",
            subject=markup.alike(mail.said.subject)[:500],
            properties={"mail": str(mail.pk), "links": len(links)},
        )
        activities.record(activities=[activity])


def _refused(mail: Mail, error: Exception, now: datetime) -> int:
    """The server did not take it: try later, or never; its code."""
    code = _code(error)
    code = code or (500 if isinstance(error, ValueError) else 400)
    reason = f"{type(error).__name__}: {error}"[:1_000]
    with transaction.atomic():
        held = Mail.objects.held(mail)
        held.update(handed_over_at=None)
        if code >= 500:
            mail.attempts = len(Mail.WAITS) + 1
            held.update(attempts=mail.attempts)
            if isinstance(error, smtplib.SMTPRecipientsRefused) and not mail.tester:
                _bounced(mail, reason, now)
        Mail.objects.fail(mail, error=reason, now=now)
    return code


def _bounced(mail: Mail, reason: str, now: datetime) -> None:
    suppressing.suppress(
        email=mail.sent_to,
        why=SuppressionWhy.BOUNCED,
        note=reason,
        actor=None,
        now=now,
    )


def _code(error: Exception) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes: list[Any] = [code for code, _answer in error.recipients.values()]
        return max(codes, default=0)
    code = getattr(error, "smtp_code", 0)
    return code if isinstance(code, int) else 0


def _doubt(mail: Mail, reason: str, now: datetime) -> None:
    """Let a person decide: it may have arrived."""
    in_doubt = _("Perhaps sent: {reason}").format(reason=reason[:1_000])
    mail.attempts = len(Mail.WAITS) + 1
    held = Mail.objects.held(mail)
    held.update(attempts=mail.attempts, is_in_doubt=True)
    Mail.objects.fail(mail, error=in_doubt, now=now)


def _connect(connection: BaseEmailBackend) -> None:
    """Have an open connection, so that what fails later has reached the server."""
    wire = getattr(connection, "connection", None)
    if wire is not None:
        try:
            wire.noop()
        except (OSError, smtplib.SMTPException):
            _close(connection)
    connection.open()


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        vars(connection)["connection"] = None
