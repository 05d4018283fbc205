"""Importing leads: each found by its external id or e-mail address, or made."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import zip_longest
from operator import attrgetter

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads import activities, consents, copying, cycles, lifecycle, particulars
from leads.capture import values
from leads.capture.choices import What
from leads.capture.drafts import CELLS, Draft, Drafts
from leads.capture.finding import address_key, external_key, leads_addressed
from leads.capture.importing import Kind, Outcome, RowRefusedError
from leads.capture.mapping import FieldSet, ParsedRow
from leads.capture.sparing import Known
from leads.choices import Cause, ConsentHow, Purpose, Stage
from leads.companies import Company, Directory, company_domain
from leads.identities import by_external_ids
from leads.models import Account, ExternalId, Lead, StageChange
from leads.removing import fingerprint
from leads.text import email_key, name_key

FIELDS = FieldSet(
    noun=gettext_lazy("lead"),
    parsers={
        "external_id": values.text_up_to(200),
        "source_system": values.text_up_to(50),
        "email": values.email,
        "first_name": values.text_up_to(100),
        "last_name": values.text_up_to(100),
        "phone": values.text_up_to(50),
        "title": values.text_up_to(200),
        "company": values.text_up_to(200),
        "company_domain": values.domain,
        "industry": values.text_up_to(100),
        "employees": values.count,
        "country": values.text_up_to(100),
        "source": values.source_up_to(100),
        "campaign": values.text_up_to(200),
        "stage": values.one_of(Stage),
        "stage_at": values.moment,
        "created_at": values.moment,
        "tags": values.words(50),
        "do_not_mail": values.yes_no,
        "do_not_call": values.yes_no,
        "consent": values.yes_no,
    },
    synonyms={
        "external_id": ("lead id", "contact id", "record id"),
        "email": ("e-mail", "email address", "e-mail address", "mail"),
        "first_name": ("firstname", "given name", "forename"),
        "last_name": ("lastname", "surname", "family name"),
        "phone": ("phone number", "telephone", "mobile", "mobile phone"),
        "title": ("job title", "position"),
        "company": ("company name", "organisation", "organization", "account"),
        "company_domain": ("domain", "website", "company website"),
        "industry": ("sector", "branch"),
        "employees": ("number of employees", "employee count", "company size"),
        "country": ("country/region",),
        "source": ("lead source", "original source", "origin"),
        "campaign": ("campaign name",),
        "stage": ("lead stage", "lifecycle stage"),
        "stage_at": ("stage date", "stage since"),
        "created_at": ("created", "created date", "create date", "date created"),
        "tags": ("tag", "labels"),
        "do_not_mail": (
            "unsubscribed",
            "opt out",
            "email opt out",
            "has opted out of email",
            "unsubscribed from all email",
            "do not email",
        ),
        "do_not_call": ("do not phone", "phone opt out", "call opt out"),
        "consent": (
            "marketing consent",
            "email consent",
            "consent to mail",
            "opt in",
            "email opt in",
        ),
    },
    needs=(("external_id", "email"),),
    free="custom.",
)

# What is written of a lead that is new; the rest is as with any new lead.
MADE = (
    *("id", "account_id", "campaign_id", "custom", "external_id", "source_system"),
    *("created_at", *CELLS, *particulars.DERIVED),
)
# A cell of these may change an account.
OF_COMPANIES = {"company", "company_domain", "industry", "employees", "country"}


def take(
    *,
    rows: Sequence[ParsedRow],
    now: datetime,
    known: Known = Known.UPDATE,
    how: ConsentHow = ConsentHow.IMPORT,
) -> Outcome:
    """Write the leads of a chunk; an empty cell takes nothing away.

    Of two rows about one lead the later one is right. Rows that together leave a lead
    as it was count as unchanged. Known leads and their standings are locked.
    """
    outcome = Outcome()
    drafts = Drafts(rows, companies=_changing_companies(rows), known=known, now=now)
    campaigns = particulars.campaigns_by_key(names=_given(rows, "campaign"))
    directory = _directory(rows, drafts)
    for row in rows:
        try:
            draft = drafts.match(row)
        except RowRefusedError as error:
            outcome.refuse(row, error)
            continue
        draft.fill()
        given = draft.row.values
        if "campaign" in given:
            draft.lead.campaign = campaigns.get(name_key(given["campaign"]))
        draft.lead.account = _account(draft, directory)
        if draft.lead.account is None and given.keys() & {"industry", "employees"}:
            outcome.warn(row, _("names no company; its industry or size is left out"))
        draft.want_stage()
        draft.hear_wishes()
        draft.end_row()
    changed, renamed = directory.write()
    _write_leads(drafts)
    _write_further_ids(drafts)
    _write_stages(drafts, now)
    _write_tags(drafts)
    _write_wishes(drafts, how, now)
    stale = (each for each in drafts.known if each.changed_fields or each.tags)
    activities.mark_stale(lead_ids=sorted(draft.lead.pk for draft in stale))
    particulars.after_account_changes(changed=changed, renamed=renamed)
    for draft in drafts.all:
        outcome.count(
            draft.touched_rows,
            is_new=draft.is_new,
            is_changed=draft.is_new or draft.is_changed,
        )
    _note_made(drafts, directory, outcome)
    _warn_of_refused_stages(drafts, outcome)
    return outcome


def _note_made(drafts: Drafts, directory: Directory, outcome: Outcome) -> None:
    """Tell what an undoing needs to know."""
    outcome.made = {
        What.LEAD: {each.lead.pk: fingerprint(each.lead) for each in drafts.made},
        What.ACCOUNT: dict.fromkeys(directory.made_ids, ""),
    }
    outcome.changed = {
        each.lead.pk: fingerprint(each.lead)
        for each in drafts.known
        if each.changed_fields
    }


def lead_id_of(*, row: ParsedRow) -> int:
    """The number of the lead that a row which was taken speaks of."""
    external, address = external_key(row, "external_id"), address_key(row)
    by_external = by_external_ids(keys=[external] if external else [])
    found = [*by_external.values(), *leads_addressed(addresses=[address]).values()]
    return found[0]


def _given(rows: Sequence[ParsedRow], name: str) -> list[str]:
    return [row.values[name] for row in rows if name in row.values]


def _company(row: ParsedRow) -> Company:
    given = row.values
    domain = given.get("company_domain", "")
    return Company(
        name=given.get("company", ""),
        domain=domain or company_domain(email_key(given.get("email", ""))),
        industry=given.get("industry", ""),
        employees=given.get("employees"),
        country=given.get("country", ""),
    )


def _changing_companies(rows: Sequence[ParsedRow]) -> list[Company]:
    """What the rows say of companies; none where an address says all there is."""
    if any(row.values.keys() & OF_COMPANIES for row in rows):
        return [_company(row) for row in rows]
    return []


def _directory(rows: Sequence[ParsedRow], drafts: Drafts) -> Directory:
    present = [draft.lead.account for draft in drafts.known if draft.lead.account]
    companies = [_company(row) for row in rows]
    return Directory(companies, present=present, named=drafts.accounts_named)


def _account(draft: Draft, directory: Directory) -> Account | None:
    """The account of the draft's row.

    An address tells the company of a lead that has none, at the time it is given.
    """
    present = draft.lead.account
    company, given = _company(draft.row), draft.row.values
    names_company = "company" in given or "company_domain" in given
    if present is not None and not names_company:
        return directory.learn(present, company)
    if not names_company and not (company.is_named and draft.has_new_address):
        return present
    return directory.find_or_plan(company, present=present)


def _write_leads(drafts: Drafts) -> None:
    for draft in drafts.all:
        particulars.derive(draft.lead)
    changed = [draft for draft in drafts.known if draft.changed_fields]
    released = [draft.lead.pk for draft in changed if "email" in draft.changed_fields]
    if released:
        # Else two leads that change addresses would meet half-way.
        Lead.objects.filter(pk__in=released).update(email_key="")
    names = {name for draft in changed for name in draft.changed_fields}
    if changed:
        written = sorted(names | {*particulars.DERIVED})
        leads = [draft.lead for draft in changed]
        Lead.objects.bulk_update(leads, written, batch_size=particulars.BATCH)
    if names & {*cycles.FROM_LEAD}:
        cycles.retell_origins(lead_ids={draft.lead.pk for draft in changed})
    made = [draft.lead for draft in drafts.made]
    keys = copying.new_keys(Lead, len(made)) if made else []
    for lead, key in zip(made, keys, strict=True):
        lead.pk = key
        lead.account = lead.account  # by now it has a key
    copying.insert(Lead, MADE, map(attrgetter(*MADE), made))


def _write_further_ids(drafts: Drafts) -> None:
    rows = [
        ExternalId(lead=draft.lead, source_system=system, external_id=external_id)
        for draft in drafts.all
        for system, external_id in draft.further_ids
    ]
    ExternalId.objects.bulk_create(rows, batch_size=particulars.BATCH)


def _write_stages(drafts: Drafts, now: datetime) -> None:
    """First stages of new leads, then one round for each further move of a lead."""
    entries = [
        lifecycle.Entry(draft.lead.pk, *draft.entry, Cause.IMPORT)
        for draft in drafts.made
    ]
    if entries:
        lifecycle.enter_many(entries=entries)
    moves = [draft.moves() for draft in drafts.all]
    for step in zip_longest(*moves):
        wanted = [move for move in step if move is not None]
        lifecycle.move_many(wanted=wanted, now=now)


def _write_tags(drafts: Drafts) -> None:
    names = [name for draft in drafts.all for name in draft.tags.values()]
    tags = particulars.tags_by_key(names=names)
    through = Lead.tags.through
    rows = [
        through(lead_id=draft.lead.pk, tag_id=tags[key].pk)
        for draft in drafts.all
        for key in draft.tags
    ]
    through.objects.bulk_create(rows, ignore_conflicts=True)


def _write_wishes(drafts: Drafts, how: ConsentHow, now: datetime) -> None:
    """Who wants no mail or no calls, and who agreed to mail."""
    for purpose in (Purpose.MAIL, Purpose.CALL):
        unwilling = [each.lead.pk for each in drafts.all if purpose in each.forbids]
        consents.forbid(
            lead_ids=sorted(unwilling),
            purpose=purpose,
            why=str(how.label),
            how=how,
            at=now,
        )
    willing = [each.lead.pk for each in drafts.all if each.agrees]
    consents.note_agreed(
        lead_ids=sorted(willing), purpose=Purpose.MAIL, how=how, at=now
    )


def _warn_of_refused_stages(drafts: Drafts, outcome: Outcome) -> None:
    """Warn of stages that no import may enter, unless they were imported before."""
    refused = [(draft, *step) for draft in drafts.all for step in draft.refused_steps]
    if not refused:
        return
    lead_ids = {draft.lead.pk for draft, *_step in refused}
    imported = StageChange.objects.filter(lead__in=lead_ids, is_imported=True)
    entered = set(imported.values_list("lead", "to_stage", "at"))
    ever_entered = {(lead_id, stage) for lead_id, stage, _at in entered}
    for draft, row, stage, at in refused:
        lead_id = draft.lead.pk
        was_there = (lead_id, stage) in ever_entered
        if at is not None:
            was_there = (lead_id, stage, at) in entered
        if not was_there:
            text = _("the lead is in “{current}”; “{stage}” was left out")
            current = draft.current.label
            outcome.warn(row, text.format(current=current, stage=stage.label))


LEADS = Kind(
    FIELDS,
    take,
    {way: partial(take, known=way) for way in (Known.BLANKS, Known.SKIP)},
    identified_by=(("source_system", "external_id"), ("email",)),
)
