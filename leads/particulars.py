"""Who a lead is: the one place that fills the columns derived from it."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from leads import activities, cycles, lifecycle
from leads.choices import Cause, Stage
from leads.companies import (
    Company,
    Directory,
    accounts_named,
    company_domain,
    is_domain,
)
from leads.models import Account, Campaign, Lead, Tag
from leads.text import (
    domain_key,
    email_key,
    fold,
    mailbox_key,
    name_key,
    phone_key,
)

BATCH = 500
TYPED = (
    "first_name",
    "last_name",
    "email",
    "phone",
    "title",
    "country",
    "source",
    "campaign",
)
DERIVED = ("email_key", "search_text", "mailbox_key", "phone_key", "person_key")
WRITTEN = (*TYPED, *DERIVED, "account", "typed_fields")


class ParticularsError(Exception):
    """A lead cannot be saved so: the field at fault, and a message that says why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class ChangedMeanwhileError(Exception):
    """Somebody else changed the lead since it was shown; `lead` is as it is now."""

    def __init__(self, lead: Lead) -> None:
        super().__init__(_("Somebody changed this lead meanwhile."))
        self.lead = lead


def derive(lead: Lead) -> None:
    """Fill the columns by which the lead is found again, from the others."""
    lead.email_key = email_key(lead.email)
    lead.mailbox_key = mailbox_key(lead.email)
    lead.phone_key = phone_key(lead.phone)
    lead.person_key = fold(f"{lead.first_name} {lead.last_name}")[:201]
    company = lead.account.name if lead.account else ""
    words = (
        lead.first_name,
        lead.last_name,
        lead.email,
        company,
        lead.title,
        lead.external_id,
    )
    lead.search_text = fold(" ".join(words))


@transaction.atomic
def save_lead(
    *,
    lead: Lead | None,
    typed: Mapping[str, Any],
    now: datetime,
    seen: str = "",
    cause: Cause = Cause.PERSON,
) -> Lead:
    """Add a lead, or write what a person typed over the particulars of one.

    typed: the fields of `TYPED`, `company` and `company_domain`, as `as_typed` gives
    them; an empty one empties the field. seen: the `fingerprint` of what the person had
    before them, empty where nobody looked. cause: why a new lead is here. The lead is
    owed a rescore.

    Raises:
        ParticularsError, ChangedMeanwhileError: and nothing has changed.
    """
    _lock_concerned(lead, typed)
    saved = Lead(created_at=now) if lead is None else _loaded(lead)
    if lead is not None and seen and fingerprint(saved) != seen:
        raise ChangedMeanwhileError(saved)
    before, shown = saved.account, as_typed(saved)
    told = cycles.whence(saved)
    for name in TYPED:
        setattr(saved, name, typed[name])
    saved.typed_fields = _typed_fields(saved, typed, shown)
    saved.source = tidy_source(saved.source)
    saved.account = _typed_account(typed, before)
    derive(saved)
    try:
        with transaction.atomic():
            saved.save(update_fields=None if lead is None else WRITTEN)
    except IntegrityError as error:
        taken = _("Another lead has this e-mail address.")
        raise ParticularsError("email", taken) from error
    if lead is None:
        entry = lifecycle.Entry(saved.pk, Stage.NEW, now, cause)
        lifecycle.enter_many(entries=[entry])
    else:
        if cycles.whence(saved) != told:
            cycles.retell_origins(lead_ids=[saved.pk])
        activities.mark_stale(lead_ids=[saved.pk])
    return saved


def as_typed(lead: Lead) -> dict[str, Any]:
    """The particulars of a lead as a form shows them; `save_lead` takes them back."""
    account = lead.account
    return {
        **{name: getattr(lead, name) for name in TYPED},
        "company": account.name if account else "",
        "company_domain": account.domain if account else "",
    }


def fingerprint(lead: Lead) -> str:
    """What the particulars are, in few letters: equal while nobody changes them."""
    shown = repr([str(value) for value in as_typed(lead).values()])
    return hashlib.sha256(shown.encode()).hexdigest()[:32]


def tidy_source(source: str) -> str:
    """The form in which a source is stored, so that one source has one spelling."""
    return " ".join(source.split()).casefold()


def campaigns_by_key(*, names: Iterable[str]) -> dict[str, Campaign]:
    """The campaigns of these names by their folded name; missing ones are made."""
    by_key = {name_key(name): name for name in names if name_key(name)}
    known = Campaign.objects.in_bulk([*by_key], field_name="name_key")
    missing = [
        Campaign(name=name, name_key=key)
        for key, name in by_key.items()
        if key not in known
    ]
    if not missing:
        return known
    Campaign.objects.bulk_create(missing, ignore_conflicts=True)
    return Campaign.objects.in_bulk([*by_key], field_name="name_key")


def tags_by_key(*, names: Iterable[str]) -> dict[str, Tag]:
    """The tags of these names by their folded name; missing ones are made."""
    by_key = {fold(name): name for name in names}
    if not by_key:
        return {}
    known = {fold(tag.name): tag for tag in Tag.objects.all()}
    missing = [name for key, name in by_key.items() if key not in known]
    if missing:
        rows = [Tag(name=name) for name in missing]
        Tag.objects.bulk_create(rows, ignore_conflicts=True)
        known = {fold(tag.name): tag for tag in Tag.objects.all()}
    return {key: known[key] for key in by_key}


def after_account_changes(*, changed: Sequence[int], renamed: Sequence[int]) -> None:
    """Let the leads of changed accounts be found, scored and counted by what is true.

    The caller has locked them with `lock`, before it changed the accounts.
    """
    if renamed:
        leads = Lead.objects.filter(account__in=renamed).select_related("account")
        found = list(leads.order_by("pk"))
        for lead in found:
            derive(lead)
        Lead.objects.bulk_update(found, ["search_text"], batch_size=BATCH)
    if changed:
        leads = Lead.objects.filter(account__in=changed).order_by("pk")
        lead_ids = [*leads.values_list("pk", flat=True)]
        cycles.retell_origins(lead_ids=lead_ids)
        activities.mark_stale(lead_ids=lead_ids)


def lock(
    *, lead_ids: Collection[int], account_ids: Collection[int]
) -> dict[int, Stage]:
    """Lock these leads and every lead of these accounts, and then their standings.

    Returns the stage of each.

    What changes an account writes to all its leads. Each is locked here, at once and
    upwards: whoever holds a lead and asks for a lower one meets whoever goes upwards,
    and each waits for the other.
    """
    concerned = Lead.objects.filter(Q(pk__in=lead_ids) | Q(account__in=account_ids))
    # A row that is added about a lead shares its key, and its writer may hold the
    # standing already; `no_key` lets it pass.
    ours = concerned.order_by("pk").select_for_update(no_key=True)
    return lifecycle.stages_locked(list(ours.values_list("pk", flat=True)))


def _typed_fields(
    lead: Lead, typed: Mapping[str, Any], shown: Mapping[str, Any]
) -> list[str]:
    """What a person has typed by now; a field that was emptied is free again."""
    names = {name for name in shown if typed[name] != shown[name]}
    return sorted(name for name in names | {*lead.typed_fields} if typed[name])


def _lock_concerned(lead: Lead | None, typed: Mapping[str, Any]) -> None:
    """Lock the lead, and the leads of every company that the typing may change."""
    present = _loaded(lead).account if lead else None
    shown = (present.name, present.domain) if present else ("", "")
    accounts = [present] if present else []
    if shown == (typed["company"], typed["company_domain"]):
        accounts = []
    else:
        domain = _typed_domain(typed, present)
        accounts += accounts_named([Company(name=typed["company"], domain=domain)])
    lead_ids = [lead.pk] if lead else []
    lock(lead_ids=lead_ids, account_ids={account.pk for account in accounts})


def _loaded(lead: Lead) -> Lead:
    return Lead.objects.select_related("account").get(pk=lead.pk)


def _typed_account(typed: Mapping[str, Any], present: Account | None) -> Account | None:
    name, domain = typed["company"], _typed_domain(typed, present)
    company = Company(name=name, domain=domain)
    if not company.is_named:
        return None
    directory = Directory([company], present=[present] if present else [])
    account = directory.find_or_plan(company, present=present)
    if name and account == present:
        account.name, account.name_key = name, name_key(name)
    changed, renamed = directory.write()
    after_account_changes(changed=changed, renamed=renamed)
    return account


def _typed_domain(typed: Mapping[str, Any], present: Account | None) -> str:
    """The domain that is typed, else the known one of the company, else the address's.

    Another name without a domain is another company, whatever the address says.
    """
    if typed["company_domain"]:
        domain = domain_key(typed["company_domain"])
        if not is_domain(domain):
            raise ParticularsError("company_domain", _("This is no web domain."))
        return domain
    if present is None:
        return company_domain(email_key(typed["email"])) if typed["company"] else ""
    return present.domain if present.name_key == name_key(typed["company"]) else ""
