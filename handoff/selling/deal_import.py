"""Importing deals, and the stages that they bring their leads to."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from handoff import lifecycle as handoff_lifecycle
from handoff import telling
from handoff.choices import HandoffStatus
from handoff.models import Deal, Handoff
from handoff.selling import deal_undo
from leads import lifecycle
from leads.capture import values
from leads.capture.choices import What
from leads.capture.finding import LeadFinder, external_key
from leads.capture.importing import Kind, Outcome, RowRefusedError
from leads.capture.mapping import FieldSet, ParsedRow
from leads.choices import Cause, Stage, WebhookKind
from leads.lifecycle import Move
from leads.models import StageChange, Standing
from leads.transitions import may_move

FIELDS = FieldSet(
    noun=gettext_lazy("deal"),
    parsers={
        "external_id": values.text_up_to(200),
        "source_system": values.text_up_to(50),
        "lead_external_id": values.text_up_to(200),
        "email": values.email,
        "amount": values.amount,
        "currency": values.currency,
        "opened_at": values.moment,
        "won_at": values.moment,
        "lost_at": values.moment,
        "lost_reason": values.text_up_to(200),
    },
    synonyms={
        "external_id": ("deal id", "opportunity id"),
        "lead_external_id": ("lead id", "contact id"),
        "email": ("e-mail", "email address", "e-mail address"),
        "amount": ("deal amount", "value", "revenue"),
        "opened_at": ("opened", "open date", "created", "created date"),
        "won_at": ("won", "won date", "close date", "closed won date"),
        "lost_at": ("lost", "lost date", "closed lost date"),
        "lost_reason": ("loss reason", "closed lost reason"),
    },
    needs=(("lead_external_id", "email"),),
)
BATCH = 200
ENDS = {"won_at": WebhookKind.DEAL_WON, "lost_at": WebhookKind.DEAL_LOST}
# What a cell fills as it is.
WRITTEN = ("amount", "currency", "opened_at", "won_at", "lost_at", "lost_reason")


@dataclass
class _Draft:
    """One deal as the rows so far leave it. touched_rows: which rows changed it."""

    deal: Deal
    is_new: bool
    touched_rows: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.before = self.state()

    def state(self) -> tuple[Any, ...]:
        return tuple(getattr(self.deal, name) for name in WRITTEN)

    @property
    def is_changed(self) -> bool:
        return self.state() != self.before

    def has_ended(self, name: str) -> bool:
        """Whether these rows won (`won_at`) or lost (`lost_at`) the deal."""
        was = None if self.is_new else self.before[WRITTEN.index(name)]
        return was is None and getattr(self.deal, name) is not None


class _Deals:
    """The deals of a chunk: known ones of its ids and leads, and those it makes."""

    def __init__(self, rows: Sequence[ParsedRow], lead_ids: set[int]) -> None:
        self.drafts: list[_Draft] = []
        self._by_external: dict[tuple[str, str], _Draft] = {}
        self._by_lead: dict[int, list[_Draft]] = defaultdict(list)
        keys = {key for row in rows if (key := external_key(row, "external_id"))}
        with_id = Deal.objects.filter(
            source_system__in={system for system, external_id in keys},
            external_id__in={external_id for system, external_id in keys},
        ).exclude(external_id="")
        without_id = Deal.objects.filter(external_id="", lead__in=lead_ids)
        for found in (with_id, without_id):
            for deal in found.order_by("pk").select_for_update():
                self._add(_Draft(deal, is_new=False))

    def match(self, row: ParsedRow, lead_id: int, now: datetime) -> _Draft:
        """The draft of the row's deal, a new one where there is none.

        Raises:
            RowRefusedError: the deal is one of another lead, or both won and lost.
        """
        if "won_at" in row.values and "lost_at" in row.values:
            raise RowRefusedError("lost_at", _("a deal is not both won and lost"))
        external = external_key(row, "external_id")
        if external:
            draft = self._by_external.get(external)
        else:
            draft = self._alike(row, lead_id)
        if draft is None:
            draft = _Draft(_new_deal(row, lead_id, now), is_new=True)
            self._add(draft)
        if draft.deal.lead_id != lead_id:
            raise RowRefusedError("external_id", _("is a deal of another lead"))
        return draft

    def _add(self, draft: _Draft) -> None:
        self.drafts.append(draft)
        deal = draft.deal
        if deal.external_id:
            self._by_external[deal.source_system, deal.external_id] = draft
        else:
            self._by_lead[deal.lead_id].append(draft)

    def _alike(self, row: ParsedRow, lead_id: int) -> _Draft | None:
        """A deal without an id is found by the dates that the row gives.

        A row that only closes a deal means the one that is open, if there is one.
        """
        given = row.values
        system = given.get("source_system", "")
        alike = [
            each for each in self._by_lead[lead_id] if each.deal.source_system == system
        ]
        if "opened_at" in given:
            return _first(alike, "opened_at", given["opened_at"])
        for name in ("won_at", "lost_at"):
            if name in given:
                closed = _first(alike, name, given[name])
                return closed or next((d for d in alike if d.deal.is_open), None)
        return alike[0] if alike else None


def take(*, rows: Sequence[ParsedRow], now: datetime) -> Outcome:
    """Write the deals of a chunk, and move their leads at the deals' own dates.

    What waits for a decision of sales counts as accepted when its deal began. An empty
    cell takes nothing away. Leads that are customers stay customers. The
    standings of the leads and the known deals are locked.
    """
    outcome = Outcome()
    lead_id_by_line = _lead_ids(rows, outcome)
    lead_ids = {*lead_id_by_line.values()}
    standings = {each.pk: each for each in lifecycle.locked(sorted(lead_ids))}
    deals = _Deals(rows, lead_ids)
    touched: list[tuple[ParsedRow, Deal]] = []
    for row in rows:
        if row.line not in lead_id_by_line:
            continue
        try:
            draft = deals.match(row, lead_id_by_line[row.line], now)
            if _fill(draft, row):
                touched.append((row, draft.deal))
        except RowRefusedError as error:
            outcome.refuse(row, error)
    _write(deals, standings)
    moves = _Moves(standings)
    for row, deal in touched:
        moves.want(deal, row, outcome)
    moves.make(now)
    _link([draft.deal for draft in deals.drafts if draft.is_new])
    for name, kind in ENDS.items():
        ended = [draft.deal for draft in deals.drafts if draft.has_ended(name)]
        telling.tell_deals(kind=kind, deals=ended, now=now)
    for draft in deals.drafts:
        outcome.count(
            draft.touched_rows, is_new=draft.is_new, is_changed=draft.is_changed
        )
    made = [draft.deal.pk for draft in deals.drafts if draft.is_new]
    outcome.made = {
        What.DEAL: dict.fromkeys(made, ""),
        What.STAGE: dict.fromkeys(moves.made, ""),
    }
    return outcome


def _lead_ids(rows: Sequence[ParsedRow], outcome: Outcome) -> dict[int, int]:
    """The lead of each row by its line; a row without one is refused."""
    finder = LeadFinder(rows)
    found: dict[int, int] = {}
    for row in rows:
        try:
            found[row.line] = finder.find(row)
        except RowRefusedError as error:
            outcome.refuse(row, error)
    return found


def _new_deal(row: ParsedRow, lead_id: int, now: datetime) -> Deal:
    given = row.values
    closed_at = given.get("won_at") or given.get("lost_at") or now
    return Deal(
        lead_id=lead_id,
        external_id=given.get("external_id", ""),
        source_system=given.get("source_system", ""),
        opened_at=given.get("opened_at", closed_at),
    )


def _fill(draft: _Draft, row: ParsedRow) -> bool:
    """Write the row's cells onto the deal; whether that changed anything."""
    deal, before = draft.deal, draft.state()
    for name in WRITTEN:
        if name in row.values:
            setattr(deal, name, row.values[name])
    if deal.won_at and deal.lost_at:
        for name, value in zip(WRITTEN, before, strict=True):
            setattr(deal, name, value)
        name = "lost_at" if "lost_at" in row.values else "won_at"
        raise RowRefusedError(name, _("a deal is not both won and lost"))
    is_first = draft.is_new and not draft.touched_rows
    is_touched = is_first or draft.state() != before
    draft.touched_rows.append(is_touched)
    return is_touched


def _write(deals: _Deals, standings: dict[int, Standing]) -> None:
    made = [draft.deal for draft in deals.drafts if draft.is_new]
    for deal in made:
        deal.owner_id = standings[deal.lead_id].owner_id
    Deal.objects.bulk_create(made, batch_size=BATCH)
    changed = [
        each.deal for each in deals.drafts if not each.is_new and each.is_changed
    ]
    for deal in changed:
        deal.version += 1
    Deal.objects.bulk_update(changed, [*WRITTEN, "version"], batch_size=BATCH)


def _link(made: Sequence[Deal]) -> None:
    """Tell which hand-off brought each new deal: the last one accepted before it."""
    accepted = Handoff.objects.filter(
        lead__in={deal.lead_id for deal in made}, status=HandoffStatus.ACCEPTED
    )
    by_lead_id = {each.lead_id: each for each in accepted.order_by("decided_at")}
    linked = []
    for deal in made:
        handoff = by_lead_id.get(deal.lead_id)
        if handoff and handoff.decided_at and handoff.decided_at <= deal.opened_at:
            deal.handoff = handoff
            linked.append(deal)
    Deal.objects.bulk_update(linked, ["handoff"], batch_size=BATCH)


def _steps(deal: Deal, row: ParsedRow) -> Iterator[tuple[Stage, datetime, str]]:
    """The stages a deal brings its lead to, when, and what happened to the deal."""
    if deal.is_open or "opened_at" in row.values:
        yield Stage.OPPORTUNITY, deal.opened_at, _("opened")
    if deal.won_at:
        yield Stage.CUSTOMER, deal.won_at, _("won")
    if deal.lost_at:
        yield Stage.LOST, deal.lost_at, _("lost")


class _Moves:
    """The stages that deals bring their leads to, in the order of the file.

    It is made when the deals are written: a lead is lost with its last deal only.
    """

    def __init__(self, standings: dict[int, Standing]) -> None:
        self._stages = {pk: Stage(each.stage) for pk, each in standings.items()}
        self._since = {pk: each.stage_since for pk, each in standings.items()}
        self._by_lead: dict[int, list[Move]] = defaultdict(list)
        alive = Deal.objects.filter(lead__in=[*standings], lost_at=None)
        self._alive = {*alive.values_list("lead", flat=True)}
        # The changes of stage that `make` wrote.
        self.made: list[int] = []

    def want(self, deal: Deal, row: ParsedRow, outcome: Outcome) -> None:
        """Plan the deal's stages; what the lifecycle does not allow is warned of."""
        for to, at, verb in _steps(deal, row):
            current = self._stages[deal.lead_id]
            is_alive = to == Stage.LOST and deal.lead_id in self._alive
            if current in (to, Stage.CUSTOMER) or is_alive:
                continue
            if may_move(current, to, Cause.IMPORT):
                if at < self._since[deal.lead_id]:
                    outcome.warn(row, self._too_early(deal.lead_id, at, verb))
                self._by_lead[deal.lead_id].append(
                    Move(deal.lead_id, to, Cause.IMPORT, at, reason=deal.lost_reason)
                )
                self._stages[deal.lead_id], self._since[deal.lead_id] = to, at
            elif to != Stage.OPPORTUNITY or deal.is_open:
                text = _("the lead is in “{current}” and stays there")
                outcome.warn(row, text.format(current=current.label))

    def make(self, now: datetime) -> None:
        changes = StageChange.objects.filter(lead__in=[*self._by_lead])
        before = {*changes.values_list("pk", flat=True)}
        self._write(now)
        self.made = [*changes.exclude(pk__in=before).values_list("pk", flat=True)]

    def _write(self, now: datetime) -> None:
        """Accept what is offered still, then write them in rounds of one a lead."""
        handoff_lifecycle.accept_by_deal(
            began_at_by_lead_id={
                lead_id: moves[0].at for lead_id, moves in self._by_lead.items()
            },
            now=now,
        )
        for step in zip_longest(*self._by_lead.values()):
            wanted = [move for move in step if move is not None]
            lifecycle.move_many(wanted=wanted, now=now)

    def _too_early(self, lead_id: int, at: datetime, verb: str) -> str:
        since = self._since[lead_id]
        days = (localdate(since) - localdate(at)).days
        before = ngettext("{days} day before", "{days} days before", days)
        if not days:
            before = _("on the same day, but before")
        text = _("{verb} {before} the lead entered “{stage}”; left out of stage times")
        stage = self._stages[lead_id].label
        return text.format(verb=verb, before=before.format(days=days), stage=stage)


def _first(drafts: Sequence[_Draft], name: str, value: datetime) -> _Draft | None:
    return next((each for each in drafts if getattr(each.deal, name) == value), None)


DEALS = Kind(
    FIELDS,
    take,
    identified_by=(
        ("source_system", "external_id"),
        ("lead_external_id",),
        ("email",),
    ),
    removers={
        What.DEAL: deal_undo.remove_deals,
        What.STAGE: deal_undo.take_back_stages,
    },
)
