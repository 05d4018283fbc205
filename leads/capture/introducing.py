"""Somebody told us who they are: the lead that is meant, or a new one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from leads import activities, forgetting, particulars
from leads.choices import Cause
from leads.models import Campaign, Lead
from leads.particulars import ParticularsError
from leads.text import email_key


@dataclass(frozen=True)
class Introduction:
    """What somebody said of themselves; the address is always among it.

    said: fields of `particulars.TYPED`, `company` and `company_domain`.
    """

    said: Mapping[str, Any]
    custom: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    campaign: Campaign | None = None


@transaction.atomic
def introduce(*, who: Introduction, now: datetime) -> Lead:
    """The lead of that address, made where there is none.

    A known lead only learns what was blank: strangers do not overwrite what our own
    people typed, or what was known before.
    """
    key = email_key(who.said["email"])
    known = Lead.objects.filter(email_key=key).first()
    if known is None:
        try:
            return _made(who, now)
        except ParticularsError:
            # Somebody else was first with this address; by now it is committed.
            known = Lead.objects.get(email_key=key)
    return _completed(known, who, now)


def _made(who: Introduction, now: datetime) -> Lead:
    typed = _blank_typed() | {"source": who.source, "campaign": who.campaign}
    lead = particulars.save_lead(
        lead=None, typed=typed | dict(who.said), now=now, cause=Cause.FORM
    )
    # Whoever was erased and comes by themself is welcome, as somebody new.
    forgetting.welcome_back(particulars=[forgetting.by_email(lead.email)])
    if who.custom:
        lead.custom = dict(who.custom)
        lead.save(update_fields=["custom"])
    return lead


def _completed(lead: Lead, who: Introduction, now: datetime) -> Lead:
    accounts = [lead.account_id] if lead.account_id else []
    particulars.lock(lead_ids=[lead.pk], account_ids=accounts)
    lead = Lead.objects.select_related("account", "campaign").get(pk=lead.pk)
    before = particulars.as_typed(lead)
    said = dict(who.said) | {"source": who.source, "campaign": who.campaign}
    if lead.account:
        said |= {"company": "", "company_domain": ""}
    learnt = {name: value for name, value in said.items() if value and not before[name]}
    if learnt:
        lead = particulars.save_lead(lead=lead, typed=before | learnt, now=now)
    custom = {**who.custom, **lead.custom}
    if custom != lead.custom:
        lead.custom = custom
        lead.save(update_fields=["custom"])
        activities.mark_stale(lead_ids=[lead.pk])
    return lead


def _blank_typed() -> dict[str, Any]:
    names = (*particulars.TYPED, "company", "company_domain")
    return dict.fromkeys(names, "") | {"campaign": None}
