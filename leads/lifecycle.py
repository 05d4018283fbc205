"""The one writer of a lead's stage, owner and hold."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from leads import bells, bulk, copying, cycles, outbox, stage_rows
from leads.choices import NURTURED, Cause, Stage
from leads.models import Lead, StageChange, Standing, Team, User
from leads.transitions import (
    AUTOMATIC,
    distance,
    may_move,
    may_undo,
    starts_cycle,
)

BATCH = 500
# A call releases at most this many leads; the sweep comes back for the rest.
MOST_RELEASED = 10_000
# What the lead that stays takes over with the stage of the one that goes.
ABSORBED = (
    *("stage", "stage_since", "stage_cause", "cycle", "owner", "team"),
    *("held_since", "held_until", "returns_at"),
)
# No rep owns a lead in these.
LEFT_BY_SALES = (*NURTURED, Stage.RECYCLED, Stage.DISQUALIFIED)


class IllegalMoveError(Exception):
    """The lifecycle does not allow this move; the message says why."""

    def __init__(self, standing: Standing, to: Stage, *, is_held: bool = False) -> None:
        current = Stage(standing.stage)
        self.standing = standing
        text = _("This lead is in “{current}”; it cannot become “{to}” this way.")
        if is_held:
            text = _("This lead is held in “{current}” by a person.")
        super().__init__(text.format(current=current.label, to=to.label))


@dataclass(frozen=True)
class Score:
    """What a lead scored at the moment of its move, kept with the stage change.

    engagement and fit in points, grade an index into `choices.GRADES`.
    """

    engagement: float
    fit: float
    grade: int
    model_version: int | None


@dataclass(frozen=True)
class Move:
    """One wanted change of stage. `at` is when it happened, usually now."""

    lead_id: int
    to: Stage
    cause: Cause
    at: datetime
    actor: User | None = None
    reason: str = ""
    score: Score | None = None
    returns_at: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """The first stage of a lead that is new to the workspace."""

    lead_id: int
    stage: Stage
    at: datetime
    cause: Cause
    returns_at: datetime | None = None


def enter_many(*, entries: Sequence[Entry]) -> None:
    """Give leads that have no standing their first one, at its own date.

    The stages below are entered by inference at the same instant.
    """
    copying.insert(
        Standing,
        ("lead_id", "stage", "stage_since", "stage_cause", "returns_at"),
        ((it.lead_id, it.stage, it.at, it.cause, it.returns_at) for it in entries),
    )
    entered = (row for entry in entries for row in stage_rows.entered(entry))
    copying.insert(StageChange, stage_rows.ENTERED, entered)
    cycles.tell_first(lead_ids=[entry.lead_id for entry in entries])
    outbox.tell_created(entries=entries)
    bells.ring("standings_stale")
    bells.ring("stages_changed")


@transaction.atomic
def move(*, wanted: Move, now: datetime) -> StageChange | None:
    """Move one lead, and record who moved it and why.

    Asking for the stage it already has changes nothing and returns None, so a second
    click or a redelivered task does no harm. The lead's standing is locked.

    Raises:
        IllegalMoveError: and the lead is left as it was.
    """
    standing = Standing.objects.select_for_update().get(pk=wanted.lead_id)
    if standing.stage == wanted.to:
        return None
    refusal = _refusal(standing, wanted, now)
    if refusal is not None:
        raise refusal
    return _apply([(standing, wanted)])[-1]


@transaction.atomic
def move_many(*, wanted: Iterable[Move], now: datetime) -> int:
    """Move a batch by the same table, and count the leads that moved.

    A move that has become impossible meanwhile (the lead is held, or elsewhere by
    now) is left out. The standings are locked in the order of their leads.
    """
    by_lead_id = {move.lead_id: move for move in wanted}
    allowed = []
    for standing in locked(sorted(by_lead_id)):
        move = by_lead_id[standing.lead_id]
        if standing.stage != move.to and _refusal(standing, move, now) is None:
            allowed.append((standing, move))
    _apply(allowed)
    return len(allowed)


@transaction.atomic
def move_by_hand(
    *, wanted: Move, until: datetime | None, now: datetime
) -> StageChange | None:
    """Move a lead by a person's wish, and keep automation from moving it on.

    In the stages of nurture the lead is held until the date, or without one until a
    person releases it; a recycled lead comes back at the date.

    Raises:
        IllegalMoveError: and the lead is left as it was.
    """
    if wanted.to == Stage.RECYCLED:
        wanted = replace(wanted, returns_at=until)
    made = move(wanted=wanted, now=now)
    if made is not None and wanted.to in NURTURED:
        held = Standing.objects.filter(pk=wanted.lead_id)
        held.update(held_since=now, held_until=until)
    return made


@transaction.atomic
def move_many_by_hand(
    *, wanted: Iterable[Move], until: datetime | None, now: datetime
) -> tuple[list[int], dict[int, str]]:
    """The same for a batch: the leads that moved, and why others must not, by lead.

    Who is in the wanted stage already is in neither. The standings are locked in the
    order of their leads.
    """
    by_lead_id = {move.lead_id: move for move in wanted}
    allowed, refused = [], {}
    for standing in locked(sorted(by_lead_id)):
        move = by_lead_id[standing.lead_id]
        if move.to == Stage.RECYCLED:
            move = replace(move, returns_at=until)
        refusal = _refusal(standing, move, now)
        if standing.stage == move.to:
            continue
        if refusal is None:
            allowed.append((standing, move))
        else:
            refused[standing.lead_id] = str(refusal)
    _apply(allowed)
    nurtured = [one.lead_id for one, move in allowed if move.to in NURTURED]
    held = Standing.objects.filter(pk__any_of=nurtured)
    held.update(held_since=now, held_until=until)
    return [one.lead_id for one, _move in allowed], refused


@transaction.atomic
def undo(
    *, lead_id: int, cause: Cause, actor: User | None, now: datetime
) -> StageChange:
    """Take back the latest move of a lead, which was for this cause.

    The lead stands where it stood before, since when it stood there, in the same
    cycle; owner and team are not given back. Both changes stay, and count nowhere.

    Raises:
        IllegalMoveError: it has moved on since, or the table does not allow it.
    """
    standing = Standing.objects.select_for_update().get(pk=lead_id)
    counting = StageChange.objects.filter(lead=lead_id, is_undone=False)
    latest, *earlier = list(counting.order_by("-at", "-pk"))
    skipped = takewhile(lambda one: one.is_inferred and one.at == latest.at, earlier)
    made = [latest, *skipped]
    back = Stage(made[-1].from_stage or Stage.NEW)
    is_latest = (latest.to_stage, latest.cause) == (standing.stage, cause)
    if not is_latest or not may_undo(Stage(standing.stage), back, cause):
        raise IllegalMoveError(standing, back)
    made_ids = [one.pk for one in made]
    StageChange.objects.filter(pk__in=made_ids).update(is_undone=True)
    entries = (one for one in earlier[len(made) - 1 :] if one.to_stage == back)
    before = next(entries, latest)
    Standing.objects.filter(pk=lead_id).update(
        stage=back,
        stage_since=before.at,
        stage_cause=before.cause,
        cycle=before.cycle,
        returns_at=None,
        held_since=None,
        held_until=None,
        stale_seq=F("stale_seq") + 1,
    )
    bells.ring("standings_stale")
    taken_back = StageChange.objects.create(
        lead_id=lead_id,
        from_stage=standing.stage,
        to_stage=back,
        at=now,
        cause=Cause.UNDO,
        actor=actor,
        cycle=before.cycle,
        is_undone=True,
    )
    cycles.retell(lead_ids=[lead_id])
    outbox.tell_moved(changes=[taken_back])
    return taken_back


def stages_locked(lead_ids: Sequence[int]) -> dict[int, Stage]:
    """The stages of these leads, whose standings are locked in the same order."""
    stages: dict[int, Stage] = {}
    for start in range(0, len(lead_ids), BATCH):
        batch = Standing.objects.filter(pk__any_of=lead_ids[start : start + BATCH])
        rows = batch.order_by("pk").select_for_update().values_list("pk", "stage")
        stages |= {pk: Stage(stage) for pk, stage in rows}
    return stages


def locked(lead_ids: Sequence[int]) -> list[Standing]:
    """The standings of these leads, locked in the order of the leads."""
    rows: list[Standing] = []
    for start in range(0, len(lead_ids), BATCH):
        batch = Standing.objects.filter(pk__any_of=lead_ids[start : start + BATCH])
        rows += batch.order_by("pk").select_for_update()
    return rows


def leading(*, lead_ids: Sequence[int]) -> int:
    """The lead that has come furthest; of equals the one that is there the longer."""
    standings = Standing.objects.filter(pk__in=lead_ids)
    return min(
        (-distance(Stage(one.stage)), one.stage_since, one.lead_id) for one in standings
    )[-1]


@transaction.atomic
def absorb(
    *, kept_id: int, merged_id: int, actor: User, now: datetime
) -> StageChange | None:
    """Give the lead that stays the further stage of two that are merged.

    It comes with its owner, its hold and its dates; the row says that it came by the
    merge, and the entry itself comes with the other's history. None where the lead has
    the further stage itself. The caller has locked both standings.
    """
    kept, merged = locked(sorted((kept_id, merged_id)))
    if kept.pk != kept_id:
        kept, merged = merged, kept
    if leading(lead_ids=(kept_id, merged_id)) == kept_id:
        return None
    before = kept.stage
    for name in ABSORBED:
        setattr(kept, name, getattr(merged, name))
    kept.save(update_fields=ABSORBED)
    bells.ring("stages_changed")
    if before == kept.stage:
        return None
    made = StageChange.objects.create(
        lead_id=kept_id,
        from_stage=before,
        to_stage=kept.stage,
        at=now,
        cause=Cause.MERGE,
        actor=actor,
        reason=_("Merged with lead #{number}").format(number=merged_id),
        cycle=kept.cycle,
    )
    outbox.tell_moved(changes=[made])
    return made


@transaction.atomic
def assign(*, lead: Lead, owner: User | None, team: Team | None) -> None:
    """Give the lead to a rep, or with no owner to the pool of a team."""
    standing = Standing.objects.select_for_update().get(pk=lead.pk)
    standing.owner, standing.team, standing.times_unplaced = owner, team, 0
    standing.save(update_fields=["owner", "team", "times_unplaced"])


def assign_many(*, holders: Mapping[int, tuple[int | None, int | None]]) -> None:
    """The same for a batch of leads whose standings the caller has locked.

    By lead the ids of its owner and team.
    """
    rows = [(lead_id, *holder, 0) for lead_id, holder in holders.items()]
    bulk.update(Standing, ("owner_id", "team_id", "times_unplaced"), rows)


def count_unplaced(*, lead_ids: Sequence[int]) -> None:
    """Note that no team takes these leads, whose standings the caller has locked."""
    unplaced = Standing.objects.filter(pk__any_of=lead_ids)
    unplaced.update(times_unplaced=F("times_unplaced") + 1)


@transaction.atomic
def release(*, lead: Lead) -> None:
    """Let automation move the lead again, from its next scoring on."""
    standing = Standing.objects.select_for_update().get(pk=lead.pk)
    standing.held_since = standing.held_until = None
    standing.stale_seq += 1
    standing.save(update_fields=["held_since", "held_until", "stale_seq"])
    bells.ring("standings_stale")


@transaction.atomic
def release_expired(*, now: datetime) -> int:
    """Release the leads whose hold has ended, and count them; a repeat finds none."""
    ended = Standing.objects.filter(held_until__lte=now).order_by("held_until", "pk")
    free = ended.select_for_update(skip_locked=True)
    lead_ids = list(free.values_list("pk", flat=True)[:MOST_RELEASED])
    for start in range(0, len(lead_ids), BATCH):
        batch = Standing.objects.filter(pk__in=lead_ids[start : start + BATCH])
        batch.update(held_since=None, held_until=None, stale_seq=F("stale_seq") + 1)
    if lead_ids:
        bells.ring("standings_stale")
    return len(lead_ids)


def _refusal(standing: Standing, move: Move, now: datetime) -> IllegalMoveError | None:
    if move.cause in AUTOMATIC and standing.is_held(now):
        return IllegalMoveError(standing, move.to, is_held=True)
    if not may_move(Stage(standing.stage), move.to, move.cause):
        return IllegalMoveError(standing, move.to)
    return None


def _apply(moves: Sequence[tuple[Standing, Move]]) -> list[StageChange]:
    """Write the changes of locked standings, one UPDATE for each kind of move."""
    changes: list[StageChange] = []
    alike: dict[tuple[Move, int], list[int]] = defaultdict(list)
    for standing, move in moves:
        current = Stage(standing.stage)
        cycle = standing.cycle + starts_cycle(current)
        changes += stage_rows.changes(move, current, cycle=cycle)
        kind = replace(move, lead_id=0, actor=None, reason="", score=None)
        alike[kind, cycle].append(standing.lead_id)
    for (kind, cycle), lead_ids in alike.items():
        written: dict[str, Any] = {
            "stage": kind.to,
            "stage_since": kind.at,
            "stage_cause": kind.cause,
            "returns_at": kind.returns_at,
            "cycle": cycle,
            "times_unplaced": 0,
            "held_since": None,
            "held_until": None,
        }
        if kind.to in LEFT_BY_SALES:
            written |= {"owner": None, "team": None}
        if kind.cause not in AUTOMATIC:
            # Where the score did not put it, the score must look at it again.
            written["stale_seq"] = F("stale_seq") + 1
        Standing.objects.filter(pk__any_of=lead_ids).update(**written)
    bulk.insert_many(changes)
    cycles.retell(lead_ids={change.lead_id for change in changes})
    outbox.tell_moved(changes=changes)
    bells.ring("stages_changed")
    if any(move.cause not in AUTOMATIC for _standing, move in moves):
        bells.ring("standings_stale")
    return changes
