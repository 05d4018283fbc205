"""Asking whoever gave an address whether it is theirs: one mail, one signed link.

A mail that was perhaps sent is not sent again by itself: nobody gets it twice, and a
person sees on the form's page that it is in doubt.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _

from leads import bells
from leads.capture.models import ConfirmationMail, HostedForm, Submission
from leads.smtp import NOT_TAKEN

SALT = "leads.capture.hosted.confirming"
LASTS = timedelta(days=14)
# A call sends at most this many; the sweep comes back for the rest.
BATCH = 200


def owe(*, submission: Submission, now: datetime) -> None:
    """Owe the mail, in the transaction of the submission."""
    ConfirmationMail.objects.get_or_create(
        submission=submission, defaults={"not_before": now}
    )
    bells.ring("confirmations_owed")


def send_owed(*, now: datetime) -> int:
    """Send what is owed, the longest waiting first; how many were sent.

    A round ends at its first failure: a server that is away for an hour does not cost
    every row its tries.
    """
    _doubt_left_behind(now)
    ConfirmationMail.objects.give_up(now=now)
    mails = ConfirmationMail.objects.select_related("submission__form")
    sent = 0
    for _turn in range(BATCH):
        mail = mails.take(now=now)
        if mail is None:
            break
        if not _send(mail, now):
            break
        sent += 1
    return sent


def send_again(*, submission: Submission, now: datetime) -> bool:
    """A person wants a mail that is stuck or in doubt to go out after all."""
    mails = ConfirmationMail.objects.filter(submission=submission)
    mails.stuck().order_by().update(handed_over_at=None)
    is_due = bool(mails.run_again(now=now))
    if is_due:
        bells.ring("confirmations_owed")
    return is_due


def token_of(submission: Submission) -> str:
    return signing.dumps(submission.pk, salt=SALT)


def submission_of(token: str, *, form: HostedForm, now: datetime) -> Submission | None:
    """What a link confirms; None where we did not make it, or it has ended."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    since = now - LASTS
    rows = form.submissions.select_related("form").filter(received_at__gte=since)
    return rows.filter(pk=pk).first()


def message(*, submission: Submission) -> EmailMessage:
    """The mail, in plain text; nothing in it was typed by whoever sent the form."""
    form = submission.form
    path = reverse("public:confirm", args=[form.slug, token_of(submission)])
    paragraphs = [
        _("Somebody gave this e-mail address in our form “{form}”.").format(
            form=form.heading
        ),
        _("If that was you, please confirm it here:"),
        settings.SITE_URL.rstrip("/") + path,
        _("If it was not you, do nothing: then nothing is kept of it but this try."),
    ]
    return EmailMessage(
        subject=" ".join(_("Please confirm: {form}").format(form=form.heading).split()),
        body="\n\n".join(paragraphs) + "\n",
        to=[submission.values["email"]],
        headers={"Auto-Submitted": "auto-generated"},
    )


def _send(mail: ConfirmationMail, now: datetime) -> bool:
    """Send one that is held; False where it did not go out."""
    held = ConfirmationMail.objects.held(mail)
    if not held.update(handed_over_at=now):
        return True  # somebody else has it by now
    try:
        message(submission=mail.submission).send()
    except NOT_TAKEN as error:
        held.update(handed_over_at=None)
        reason = f"{type(error).__name__}: {error}"
        ConfirmationMail.objects.fail(mail, error=reason, now=now)
        return False
    except OSError as error:
        _doubt(mail, f"{type(error).__name__}: {error}", now)
        return False
    ConfirmationMail.objects.finish(mail, now=now)
    return True


def _doubt_left_behind(now: datetime) -> None:
    """Those whose worker ended after it had handed them over."""
    left = ConfirmationMail.objects.owed(now=now).exclude(handed_over_at=None)
    for mail in left[:BATCH]:
        if ConfirmationMail.objects.claim(mail.pk, now=now):
            mail.refresh_from_db()
            _doubt(mail, _("The worker ended while it was sending."), now)


def _doubt(mail: ConfirmationMail, reason: str, now: datetime) -> None:
    """Let a person decide: it may have arrived."""
    in_doubt = _("Perhaps sent: {reason}").format(reason=reason)
    mail.attempts = len(ConfirmationMail.WAITS) + 1
    ConfirmationMail.objects.held(mail).update(attempts=mail.attempts)
    ConfirmationMail.objects.fail(mail, error=in_doubt, now=now)
