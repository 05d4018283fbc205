"""What becomes of a submission: counted, waiting for its confirmation, or spam.

One transaction each: the row, the lead, the activity, and what is owed. A repeat of the
same sending finds the row of the first one and changes nothing.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.urls import reverse

from leads import activities, consents
from leads.activities import NewActivity
from leads.capture.hosted import confirming, fields, guarding, stamps
from leads.capture.hosted.choices import Box
from leads.capture.hosted.guarding import Sent
from leads.capture.introducing import Introduction, introduce
from leads.capture.models import HostedForm, Submission
from leads.capture.tracking import visitors
from leads.capture.values import ValueRefusedError, source_up_to
from leads.choices import ActivityKind, ConsentHow, Purpose
from leads.crashpoints import crashpoint
from leads.models import Campaign, Lead, User
from leads.text import name_key

SOURCE_SYSTEM = "form"
# Two senders who meet at one row: the whole is done again for whoever was refused.
TRIES = 3
SOURCE = source_up_to(100)


def receive(*, form: HostedForm, sent: Sent, now: datetime) -> Submission:
    """Take what was sent; the same thing sent again gives the row of the first time."""
    for left in reversed(range(TRIES)):
        try:
            submission = _received(form, sent, now)
            crashpoint("form_after_commit")
            return submission
        except (IntegrityError, OperationalError):
            if not left:
                raise
    raise AssertionError("every try returns or raises")


@transaction.atomic
def release(*, submission: Submission, actor: User, now: datetime) -> bool:
    """Take a submission out of the spam box and treat it like any other.

    False where it is not there any more.
    """
    _lock(submission)
    if submission.box != Box.SPAM:
        return False
    submission.released_by, submission.released_at = actor, now
    submission.save(update_fields=["released_by", "released_at"])
    _follow_up(submission, now)
    return True


@transaction.atomic
def confirm(*, submission: Submission, now: datetime) -> bool:
    """The person says that the address is theirs; False where that was known before."""
    _lock(submission)
    if submission.box != Box.WAITING:
        return False
    submission.confirmed_at = now
    submission.save(update_fields=["confirmed_at"])
    _count(submission, now)
    return True


@transaction.atomic
def _received(form: HostedForm, sent: Sent, now: datetime) -> Submission:
    key = _once_key(form, sent, now)
    known = Submission.objects.filter(once_key=key).first()
    if known is not None:
        return known
    reasons = guarding.suspicions(form=form, sent=sent, now=now)
    has_consent = bool(form.consent_text) and sent.has_consented
    submission = Submission.objects.create(
        form=form,
        once_key=key,
        received_at=now,
        box=Box.SPAM if reasons else Box.WAITING,
        spam_reasons=reasons,
        values=dict(sent.answers),
        properties={**sent.properties, "user_agent": sent.user_agent},
        consent_text=form.consent_text if has_consent else "",
        consent_version=form.consent_version if has_consent else None,
        visitor_key=sent.visitor_key,
    )
    if not reasons:
        _follow_up(submission, now)
    crashpoint("form_before_commit")
    return submission


def _follow_up(submission: Submission, now: datetime) -> None:
    """The normal path of what a person sent."""
    if not submission.form.is_double_opt_in:
        _count(submission, now)
        return
    submission.box = Box.WAITING
    submission.save(update_fields=["box"])
    confirming.owe(submission=submission, now=now)


def _count(submission: Submission, now: datetime) -> None:
    """Let the lead have it: who they are, what they did, and what they looked at."""
    form, properties = submission.form, submission.properties
    said, custom = fields.split(submission.values)
    campaign = _campaign(properties) or form.campaign
    who = Introduction(
        said=said,
        custom=custom,
        source=_source(properties) or form.source,
        campaign=campaign,
    )
    lead = introduce(who=who, now=now)
    activity = NewActivity(
        lead_id=lead.pk,
        kind=ActivityKind(form.kind),
        occurred_at=submission.received_at,
        source_system=SOURCE_SYSTEM,
        external_id=f"submission:{submission.pk}",
        url=properties.get("page", "") or reverse("public:form", args=[form.slug]),
        subject=form.name,
        campaign=campaign,
        properties={**properties, "form": form.slug},
    )
    activities.record(activities=[activity])
    _keep_consent(submission, lead, activity.url)
    visitors.join(key=submission.visitor_key, lead=lead, now=now)
    submission.lead, submission.box = lead, Box.COUNTED
    submission.save(update_fields=["lead", "box"])


def _keep_consent(submission: Submission, lead: Lead, page: str) -> None:
    """What was ticked, as it was worded; only a confirmed yes lifts an earlier no."""
    if submission.consent_version is None:
        return
    consents.record(
        lead=lead,
        purpose=Purpose.MAIL,
        text=submission.consent_text,
        version=submission.consent_version,
        given=True,
        how=ConsentHow.CONFIRMED if submission.confirmed_at else ConsentHow.FORM,
        source=page,
        at=submission.confirmed_at or submission.received_at,
    )


def _campaign(properties: Mapping[str, Any]) -> Campaign | None:
    """The campaign that the address named, among those that there are."""
    key = name_key(str(properties.get("utm_campaign", "")))
    return Campaign.objects.filter(name_key=key).first() if key else None


def _source(properties: Mapping[str, Any]) -> str:
    """The source that the address named; empty where it is too long to be one."""
    try:
        return str(SOURCE(str(properties.get("utm_source", ""))))
    except ValueRefusedError:
        return ""


def _once_key(form: HostedForm, sent: Sent, now: datetime) -> str:
    """The same for the same answers out of the same showing of the form.

    A plain post from another site is never shown by us; there it is the day.
    """
    stamp = stamps.read(sent.stamp, form_id=form.pk)
    showing = stamp.nonce if stamp else now.astimezone(UTC).date().isoformat()
    text = json.dumps([form.pk, showing, sent.answers], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _lock(submission: Submission) -> None:
    """Lock the row and load what it says now."""
    rows = Submission.objects.select_related("form__campaign")
    submission.refresh_from_db(from_queryset=rows.select_for_update(of=("self",)))
