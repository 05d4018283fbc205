"""What looks like a machine, and how often anybody may send.

A guess of ours costs nobody a lead: what looks like a machine's goes to the spam box,
and a person takes it out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.crypto import constant_time_compare

from leads import machines
from leads.capture import limits, sites
from leads.capture.addresses import limited_as
from leads.capture.hosted import stamps
from leads.capture.hosted.choices import SpamReason
from leads.capture.limits import Limit
from leads.capture.models import HostedForm
from leads.machines import Ours

FASTEST = timedelta(seconds=2)
# A page may stay open over a weekend.
OLDEST = timedelta(days=7)

_MINUTE = timedelta(minutes=1)
# Source: RELIABILITY section 8, "Ingest".
BY_ADDRESS = Limit(30, _MINUTE, 30)
BY_EMAIL = Limit(5, _MINUTE, 5)
BY_FORM = Limit(600, _MINUTE, 600)


@dataclass(frozen=True)
class Sent:
    """What a request brought.

    answers: by field, cleaned. origin: the site whose page sent it, empty where the
    browser does not say. own_host: ours, as the request names it. trap: what stands in
    the field that people do not see.
    """

    answers: Mapping[str, Any]
    has_consented: bool = False
    stamp: str = ""
    key: str = ""
    trap: str = ""
    origin: str = ""
    own_host: str = ""
    user_agent: str = ""
    visitor_key: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)


def suspicions(*, form: HostedForm, sent: Sent, now: datetime) -> list[SpamReason]:
    """Why this looks like a machine's; nothing where it does not."""
    found = [_of_stamp(form, sent, now), _of_site(form, sent)]
    if sent.trap:
        found.append(SpamReason.HONEYPOT)
    properties = {"user_agent": sent.user_agent}
    if machines.reason_alone(properties=properties, email_key="", ours=Ours()):
        found.append(SpamReason.ROBOT)
    return [reason for reason in found if reason]


def limit_sender(*, form: HostedForm, address: str, now: datetime) -> None:
    """Count one sending from this address.

    Raises:
        OverLimitError: there were too many within the last minute.
    """
    limits.take(name=f"form:address:{limited_as(address)}", limit=BY_ADDRESS, now=now)
    limits.take(name=f"form:form:{form.pk}", limit=BY_FORM, now=now)


def limit_person(*, email_key: str, now: datetime) -> None:
    """Count one sending in the name of this e-mail address.

    Raises:
        OverLimitError: there were too many within the last minute.
    """
    limits.take(name=f"form:email:{email_key}", limit=BY_EMAIL, now=now)


def _of_stamp(form: HostedForm, sent: Sent, now: datetime) -> SpamReason | None:
    """A page of ours carries a stamp; a plain post from another site the form's key."""
    stamp = stamps.read(sent.stamp, form_id=form.pk)
    if stamp is None:
        has_key = constant_time_compare(sent.key, form.key)
        return None if has_key else SpamReason.NO_STAMP
    # Stamps are in whole seconds, so one is up to a second older than it says.
    if now - stamp.shown_at < FASTEST:
        return SpamReason.TOO_FAST
    return SpamReason.TOO_OLD if now - stamp.shown_at > OLDEST else None


def _of_site(form: HostedForm, sent: Sent) -> SpamReason | None:
    if not sent.origin or sites.host_of(sent.origin) == sent.own_host:
        return None
    return None if sent.origin in form.sites else SpamReason.STRANGE_SITE
