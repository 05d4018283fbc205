"""What a lead does with a mail: opens it, follows a link, wants no more of them."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from leads import activities, consents, identities
from leads.activities import NewActivity
from leads.choices import ActivityKind, ConsentHow, Purpose
from leads.models import Activity, Lead
from leads.nurture.mail import markup
from leads.nurture.mail.links import Signed
from leads.nurture.mail.sending import SOURCE
from leads.nurture.models import Mail

LONGEST_AGENT = 300


def mail_of(signed: Signed) -> Mail | None:
    """The mail that a token is about; None where it was removed."""
    return (
        Mail.objects.select_related("template", "words", "lead")
        .filter(pk=signed.mail_id)
        .first()
    )


def lead_of(signed: Signed) -> Lead | None:
    """Whom the mail went to, under the number that the lead has by now."""
    now_ids = identities.survivor_ids(lead_ids=[signed.lead_id])
    pk = now_ids.get(signed.lead_id, signed.lead_id)
    return Lead.objects.living().filter(pk=pk).first()


def opened(*, signed: Signed, agent: str, method: str, now: datetime) -> None:
    """Keep that the mail was shown; more than once a minute counts once."""
    _react(signed, ActivityKind.EMAIL_OPENED, agent, method, now)


def clicked(*, signed: Signed, agent: str, method: str, now: datetime) -> None:
    """Keep that the link was followed; more than once a minute counts once."""
    _react(signed, ActivityKind.EMAIL_CLICKED, agent, method, now)


@transaction.atomic
def unsubscribe(*, signed: Signed, now: datetime) -> bool:
    """Send no more; what has not begun to be sent by now is not sent any more.

    False where there is nobody any more.
    """
    lead = lead_of(signed)
    if lead is None:
        return False
    consents.forbid(
        lead_ids=[lead.pk],
        purpose=Purpose.MAIL,
        why=_("Unsubscribed by the link of a mail"),
        how=ConsentHow.UNSUBSCRIBED,
        at=now,
    )
    activity = NewActivity(
        lead_id=lead.pk,
        kind=ActivityKind.UNSUBSCRIBED,
        occurred_at=now,
        source_system=SOURCE,
        external_id=f"mail:{signed.mail_id}:unsubscribed:{_minute(now)}",
        properties={"mail": str(signed.mail_id)},
    )
    activities.record(activities=[activity])
    return True


def subscribe(*, signed: Signed, now: datetime) -> bool:
    """The lead wants mail again; whoever reads its mail box has confirmed that."""
    lead = lead_of(signed)
    if lead is None:
        return False
    consents.record(
        lead=lead,
        purpose=Purpose.MAIL,
        text=_("Wants mail again, said by the link of a mail"),
        version=None,
        given=True,
        how=ConsentHow.CONFIRMED,
        source="",
        at=now,
    )
    return True


@transaction.atomic
def _react(
    signed: Signed, kind: ActivityKind, agent: str, method: str, now: datetime
) -> None:
    mail = mail_of(signed)
    if mail is None or mail.tester_id or mail.lead.erased_at is not None:
        return
    properties: dict[str, Any] = {
        "mail": str(mail.pk),
        "method": method,
        "user_agent": agent[:LONGEST_AGENT],
    }
    what = "opened"
    if kind == ActivityKind.EMAIL_CLICKED:
        links = markup.links(mail.said.body)
        properties["links"] = len(links)
        what = f"clicked:{links.index(signed.url) if signed.url in links else '-'}"
    activity = NewActivity(
        lead_id=mail.lead_id,
        kind=kind,
        occurred_at=now,
        source_system=SOURCE,
        external_id=f"mail:{mail.pk}:{what}:{_minute(now)}",
        url=signed.url,
        subject=markup.alike(mail.said.subject)[:500],
        properties=properties,
    )
    activities.record(activities=[activity])
    _note(mail)


def _note(mail: Mail) -> None:
    """Keep when a person first opened and clicked; what a scan was may show later."""
    done = Activity.objects.filter(
        lead=mail.lead_id,
        source_system=SOURCE,
        external_id__startswith=f"mail:{mail.pk}:",
        is_machine=False,
    )
    opened_kinds = (ActivityKind.EMAIL_OPENED, ActivityKind.EMAIL_CLICKED)
    firsts = {
        "opened_at": done.filter(kind__in=opened_kinds),
        "clicked_at": done.filter(kind=ActivityKind.EMAIL_CLICKED),
    }
    Mail.objects.filter(pk=mail.pk).update(
        **{
            column: found.aggregate(first=Min("occurred_at"))["first"]
            for column, found in firsts.items()
        }
    )


def _minute(now: datetime) -> str:
    return f"{now:%Y%m%d%H%M}"
