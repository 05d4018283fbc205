"""The leads of one chunk of an import, before they are written."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _

from leads import forgetting, identities, particulars
from leads.capture.finding import address_key, external_key, leads_addressed
from leads.capture.importing import RowRefusedError
from leads.capture.mapping import ParsedRow
from leads.capture.sparing import Known, spared
from leads.choices import Cause, Purpose, Stage
from leads.companies import Company, accounts_named, changing_ids
from leads.identities import ExternalKey
from leads.lifecycle import Move
from leads.models import Account, Lead
from leads.text import email_key, fold
from leads.transitions import may_move

# What a cell fills as it is.
CELLS = ("email", "first_name", "last_name", "phone", "title", "country", "source")
WRITTEN = (
    *CELLS,
    "external_id",
    "source_system",
    "created_at",
    "custom",
    "account",
    "campaign",
)
CUSTOM = "custom."
_written = attrgetter(*WRITTEN)


class Draft:
    """One lead as the rows so far leave it.

    reached: its stage; None is a new lead before its first row. touched_rows: for each
    row whether it changed the lead. refused_steps: stages that could not be entered,
    with their row and date.
    """

    def __init__(self, lead: Lead, *, stage: Stage | None, now: datetime) -> None:
        self.lead = lead
        self.is_new = stage is None
        self.reached = stage
        self.now = now
        self.row = ParsedRow(0, [], {})
        self.entry = (Stage.NEW, now)
        self.tags: dict[str, str] = {}
        self.known_tags: set[str] = set()
        self.touched_rows: list[bool] = []
        self.refused_steps: list[tuple[ParsedRow, Stage, datetime | None]] = []
        self.further_ids: list[ExternalKey] = []
        self.forbids: set[Purpose] = set()
        self.agrees = False
        self._steps: list[tuple[Stage, datetime]] = []
        self._before = self._at_row_start = self._state()

    @property
    def changed_fields(self) -> list[str]:
        """The fields in which the lead differs from its row in the database."""
        pairs = zip(WRITTEN, self._state(), self._before, strict=False)
        return [name for name, now, before in pairs if now != before]

    @property
    def is_changed(self) -> bool:
        return bool(self.changed_fields or self.tags or self._steps or self.forbids)

    @property
    def current(self) -> Stage:
        """The stage that the rows so far bring the lead to."""
        return self.reached or Stage.NEW

    @property
    def has_new_address(self) -> bool:
        """Whether the row gave the lead the address that it has."""
        return bool(self.lead.email != self._at_row_start[0])

    def start_row(self, row: ParsedRow) -> None:
        """Take up the next row about this lead."""
        self.row = row
        self._at_row_start = self._state()

    def fill(self) -> None:
        """Write the row's plain cells onto the lead."""
        given = self.row.values
        for name in CELLS:
            if name in given:
                setattr(self.lead, name, given[name])
        custom = {
            name.removeprefix(CUSTOM): value
            for name, value in given.items()
            if name.startswith(CUSTOM)
        }
        self.lead.custom = self.lead.custom | custom
        if "created_at" in given:
            self.lead.created_at = given["created_at"]
        elif self.reached is None:
            self.lead.created_at = given.get("stage_at", self.now)

    def want_stage(self) -> None:
        """Enter the first stage of a new lead, or plan the move to the row's stage."""
        given = self.row.values
        at = given.get("stage_at")
        if self.reached is None:
            self.reached = given.get("stage", Stage.NEW)
            self.entry = (self.reached, at or self.lead.created_at)
            return
        stage = given.get("stage", self.reached)
        if may_move(self.reached, stage, Cause.IMPORT):
            self.reached = stage
            self._steps.append((stage, at or self.now))
        elif stage != self.reached:
            self.refused_steps.append((self.row, stage, at))

    def hear_wishes(self) -> None:
        """Note what the row's person wants no more, or agrees to.

        A no is heard whatever else the row may write. A yes takes no earlier no away.
        """
        given, lead = self.row.values, self.lead
        wants_no_mail = given.get("do_not_mail") or given.get("consent") is False
        if wants_no_mail and not lead.do_not_mail:
            self.forbids.add(Purpose.MAIL)
        if given.get("do_not_call") and not lead.do_not_call:
            self.forbids.add(Purpose.CALL)
        self.agrees = bool(given.get("consent", self.agrees))

    def end_row(self) -> None:
        """Note whether the row changed anything."""
        new_tags = {fold(name): name for name in self.row.values.get("tags", [])}
        for key in [*new_tags]:
            if key in self.known_tags:
                del new_tags[key]
        self.tags |= new_tags
        self.known_tags |= {*new_tags}
        is_first = self.is_new and not self.touched_rows
        has_changed = self._state() != self._at_row_start or bool(new_tags)
        self.touched_rows.append(is_first or has_changed)

    def moves(self) -> list[Move]:
        """The stages to enter one after the other, beyond the first of a new lead."""
        return [Move(self.lead.pk, to, Cause.IMPORT, at) for to, at in self._steps]

    def _state(self) -> tuple[Any, ...]:
        """What `WRITTEN` names, then what else a row may change."""
        further = len(self.further_ids), len(self.forbids)
        return (*_written(self.lead), self.reached, *further)


class Drafts:
    """Every lead of a chunk: `known` ones are locked, `made` ones not yet written.

    companies: what the rows say of companies; where that is news, their leads are
    locked too.
    """

    def __init__(
        self,
        rows: Sequence[ParsedRow],
        *,
        companies: Sequence[Company],
        known: Known,
        now: datetime,
    ) -> None:
        self.now = now
        self._known_way = known
        self.accounts_named: list[Account] | None = None
        self.known: list[Draft] = []
        self.made: list[Draft] = []
        self._by_external: dict[ExternalKey, Draft] = {}
        self._by_address: dict[str, Draft] = {}
        self._load(rows, companies)

    @property
    def all(self) -> list[Draft]:
        return [*self.known, *self.made]

    def match(self, row: ParsedRow) -> Draft:
        """The draft of the row's lead, a new one where there is none.

        Raises:
            RowRefusedError: the row names no lead, or two.
        """
        external, address = external_key(row, "external_id"), address_key(row)
        if external is None and not address:
            reason = _("neither an external id nor an e-mail address")
            raise RowRefusedError("external_id", reason)
        draft = self._by_external.get(external) if external else None
        neighbour = self._by_address.get(address) if address else None
        if draft and neighbour and draft is not neighbour:
            raise RowRefusedError("email", _("is the address of another lead"))
        draft = draft or neighbour
        if draft is None:
            self._refuse_forgotten(external, address)
            draft = Draft(Lead(), stage=None, now=self.now)
            self.made.append(draft)
        if not draft.is_new:
            row = spared(row, lead=draft.lead, known=self._known_way)
        draft.start_row(row)
        if self._known_way == Known.SKIP and not draft.is_new:
            return draft
        self._identify(draft, row, external)
        self._readdress(draft, address)
        return draft

    def _refuse_forgotten(self, external: ExternalKey | None, address: str) -> None:
        if not self._forgotten:
            return
        reason = _("belongs to a person who was erased")
        if forgetting.by_email(address) in self._forgotten:
            raise RowRefusedError("email", reason)
        if external and forgetting.by_id(*external) in self._forgotten:
            raise RowRefusedError("external_id", reason)

    def _identify(
        self, draft: Draft, row: ParsedRow, external: ExternalKey | None
    ) -> None:
        """Note the row's id as the lead's first, or as a further one."""
        lead = draft.lead
        if external is None:
            lead.source_system = lead.source_system or row.values.get(
                "source_system", ""
            )
        elif self._by_external.get(external) is draft:
            return
        elif not lead.external_id:
            lead.source_system, lead.external_id = external
            self._by_external[external] = draft
        elif lead.source_system == external[0]:
            reason = _("is the address of the lead “{external_id}”")
            text = reason.format(external_id=lead.external_id)
            raise RowRefusedError("email", text)
        else:
            draft.further_ids.append(external)
            self._by_external[external] = draft

    def _readdress(self, draft: Draft, address: str) -> None:
        """Find the lead by the row's address from the next row on."""
        if address:
            self._by_address.pop(email_key(draft.lead.email), None)
            self._by_address[address] = draft

    def _load(self, rows: Sequence[ParsedRow], companies: Sequence[Company]) -> None:
        addresses = {address_key(row) for row in rows}
        externals = {external_key(row, "external_id") for row in rows}
        keys = [key for key in externals if key]
        ids = identities.by_external_ids(keys=keys)
        pks = {*ids.values(), *leads_addressed(addresses=addresses).values()}
        leads = Lead.objects.filter(pk__in=pks, erased_at=None)
        leads = leads.select_related("account", "campaign")
        account_ids: set[int] = set()
        if companies:
            named = accounts_named(companies)
            account_ids |= changing_ids(named, companies)
            # What others may have changed before it was locked is read again.
            self.accounts_named = None if account_ids else named
            account_ids |= {*leads.values_list("account", flat=True)} - {None}
        stages = particulars.lock(lead_ids=pks, account_ids=account_ids)
        # Asked when nobody can be erased any more of those who were found.
        known = [forgetting.by_email(address) for address in addresses]
        known += [forgetting.by_id(*key) for key in keys]
        self._forgotten = forgetting.forgotten(particulars=known)
        keys_by_pk = defaultdict(list)
        for key, pk in ids.items():
            keys_by_pk[pk].append(key)
        for lead in leads.order_by("pk"):
            draft = Draft(lead, stage=stages[lead.pk], now=self.now)
            self.known.append(draft)
            if lead.external_id:
                self._by_external[lead.source_system, lead.external_id] = draft
            for key in keys_by_pk[lead.pk]:
                self._by_external[key] = draft
            if lead.email_key:
                self._by_address[lead.email_key] = draft
        if any("tags" in row.values for row in rows):
            self._load_tags()

    def _load_tags(self) -> None:
        by_pk = {draft.lead.pk: draft for draft in self.known}
        tagged = Lead.tags.through.objects.filter(lead__in=by_pk).select_related("tag")
        for row in tagged:
            by_pk[row.lead_id].known_tags.add(fold(row.tag.name))
