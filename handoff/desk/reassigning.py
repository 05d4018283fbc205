"""Giving undecided hand-offs to other reps, by a manager, and taking that back.

What sales works on already is given away by `working`; both are taken back here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from handoff import lifecycle, notices
from handoff.desk import working
from handoff.lifecycle import AlreadyDecidedError, DecisionError, NotYoursError
from handoff.models import Handoff, Reassignment
from handoff.routing import floor, turns
from handoff.selling import follow_ups
from handoff.sla import announcements, clocks
from leads import bulk
from leads import lifecycle as leads_lifecycle
from leads.models import Lead, Rep, Standing, Team, User


@dataclass(frozen=True)
class _Deed:
    """To whom a manager gives hand-offs together, and why."""

    batch: UUID
    rep: Rep
    reason: str
    actor: User
    now: datetime


class NoRoomError(DecisionError):
    """The rep can take no more leads now; the message says who and why."""


@dataclass(frozen=True)
class Outcome:
    """What was moved, and in words what was refused and why."""

    moved: list[Handoff | Lead] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def reassign(
    *,
    handoff: Handoff,
    rep: Rep,
    actor: User,
    now: datetime,
    reason: str = "",
    batch: UUID | None = None,
) -> Handoff:
    """Give an undecided hand-off to another rep, with whom it stays.

    Its due time stays too, and it does not expire any more. What is given away together
    has one batch. Open tasks go along; open deals of an earlier cycle wait for the
    acceptance, since the offer may be rejected.

    Raises:
        AlreadyDecidedError, NotYoursError: and nothing has changed.
    """
    _check(handoff, actor, now)
    if handoff.rep_id != rep.user_id:
        deed = _Deed(batch or uuid4(), rep, reason.strip(), actor, now)
        _hand_over([handoff], deed)
    return handoff


def reassign_held(
    *, lead_ids: Sequence[int], rep: Rep, reason: str, actor: User, now: datetime
) -> tuple[list[Handoff], dict[int, str]]:
    """The same for the open offers of these leads together: which, and by lead why not.

    The caller has locked the standings. One that the rep has already is in neither. The
    number of queries does not grow with the leads.
    """
    offers = Handoff.objects.pending().filter(lead__any_of=lead_ids)
    going, refused = list[Handoff](), dict[int, str]()
    related = offers.select_related("lead__standing", "lead__account", "rep", "team")
    for handoff in related.order_by("pk"):
        try:
            _check_held(handoff, handoff.lead.standing, actor, now)
        except DecisionError as error:
            refused[handoff.lead_id] = str(error)
        else:
            if handoff.rep_id != rep.user_id:
                going.append(handoff)
    if going:
        _hand_over(going, _Deed(uuid4(), rep, reason.strip(), actor, now))
    return going, refused


@transaction.atomic
def reassign_within_room(
    *,
    handoff: Handoff,
    rep: Rep,
    actor: User,
    now: datetime,
    reason: str,
    batch: UUID,
) -> Handoff:
    """The same where the rep is there and has room; the rep is locked meanwhile.

    Raises:
        NoRoomError, AlreadyDecidedError, NotYoursError: and nothing has changed.
    """
    _check(handoff, actor, now)
    if handoff.rep_id != rep.user_id:
        held = Rep.objects.select_for_update(of=("self",), no_key=True)
        rep = held.select_related("user", "team").get(pk=rep.pk)
        _check_room(rep, now)
    return reassign(
        handoff=handoff, rep=rep, actor=actor, now=now, reason=reason, batch=batch
    )


def reassign_many(
    *,
    wanted: Sequence[tuple[Handoff, Rep]],
    reason: str,
    actor: User,
    now: datetime,
) -> Outcome:
    """Give each of these to its rep, one transaction a lead, within the reps' room.

    What was decided meanwhile, or would be too much for its rep, is refused and told.
    """
    outcome, batch = Outcome(), uuid4()
    for handoff, rep in wanted:
        try:
            done = reassign_within_room(
                handoff=handoff,
                rep=rep,
                actor=actor,
                now=now,
                reason=reason,
                batch=batch,
            )
        except DecisionError as error:
            outcome.refused.append(f"{handoff.lead}: {error}")
        else:
            outcome.moved.append(done)
    return outcome


def undo(*, batch: UUID, actor: User, now: datetime) -> Outcome:
    """Give back to whom it was what is still there of a batch, again not at all."""
    rows = Reassignment.objects.filter(batch=batch, undone_at=None).order_by("pk")
    rows = rows.select_related("handoff__lead", "lead", "from_rep__rep__team", "to_rep")
    outcome, at_work = Outcome(), list[Reassignment]()
    for row in rows:
        if row.handoff is None:
            at_work.append(row)
            continue
        try:
            outcome.moved.append(_undo(row, row.handoff, actor, now))
        except DecisionError as error:
            outcome.refused.append(f"{row.handoff.lead}: {error}")
    if at_work:
        by_id = {row.lead_id: row.lead for row in at_work}
        back = working.take_back(rows=at_work, actor=actor, now=now)
        outcome.moved.extend(filter(None, map(by_id.get, back.lead_ids)))
        told = (f"{by_id[pk]}: {why}" for pk, why in back.refused.items())
        outcome.refused.extend(told)
    return outcome


@transaction.atomic
def _undo(row: Reassignment, handoff: Handoff, actor: User, now: datetime) -> Handoff:
    _check(handoff, actor, now)
    row.refresh_from_db(fields=["undone_at"])
    if row.undone_at:
        return handoff
    if handoff.rep_id != row.to_rep_id:
        text = _("{rep} has this lead by now.")
        raise AlreadyDecidedError(text.format(rep=handoff.rep or _("Nobody")))
    former = row.from_rep
    if former is not None and not (former.is_active and hasattr(former, "rep")):
        text = _("{rep} does not sell any more.")
        raise AlreadyDecidedError(text.format(rep=former))
    _note(handoff, former, actor, now, _("Taken back"))
    _give([handoff], former, former.rep.team if former else row.from_team, actor, now)
    notices.owe(handoffs=[handoff])
    row.undone_at = now
    row.save(update_fields=["undone_at"])
    return handoff


def _hand_over(handoffs: Sequence[Handoff], deed: _Deed) -> None:
    """Give these to the rep of the deed; their standings are locked.

    First the clocks, then the offers: in this order the sweep holds them too.
    """
    clocks.keep_with_rep(handoff_ids=[one.pk for one in handoffs])
    Reassignment.objects.bulk_create(
        [
            Reassignment(
                batch=deed.batch,
                handoff=one,
                from_rep=one.rep,
                from_team=one.team,
                to_rep=deed.rep.user,
                actor=deed.actor,
                at=deed.now,
                reason=deed.reason,
            )
            for one in handoffs
        ]
    )
    for one in handoffs:
        _note(one, deed.rep.user, deed.actor, deed.now, deed.reason)
    _give(handoffs, deed.rep.user, deed.rep.team, deed.actor, deed.now)
    notices.owe(handoffs=handoffs)


def _check_room(rep: Rep, now: datetime) -> None:
    """What routing would ask of the rep too, save for whom the rep serves."""
    if not rep.user.is_active:
        raise NoRoomError(_("{rep} does not sell any more.").format(rep=rep))
    found = floor.candidate(rep, now=now)
    match turns.why_skipped(found, turns.NOBODY):
        case "":
            return
        case "full":
            text = _("{rep} is full, with {count} of {most}.")
            count, most = found.waiting, found.capacity
        case "full_today":
            text = _("{rep} has had enough for today, with {count} of {most}.")
            count, most = found.given_today, found.capacity_per_day or 0
        case _:
            raise NoRoomError(_("{rep} is away.").format(rep=rep))
    raise NoRoomError(text.format(rep=rep, count=count, most=most))


def _check(handoff: Handoff, actor: User, now: datetime) -> None:
    _check_held(handoff, lifecycle.locked(handoff), actor, now)


def _check_held(
    handoff: Handoff, standing: Standing, actor: User, now: datetime
) -> None:
    lifecycle.check_open(handoff, standing, now=now)
    if not actor.has_perm("handoff.manage_handoffs"):
        raise NotYoursError(_("Only managers reassign a hand-off."))


def _note(
    handoff: Handoff, to: User | None, actor: User, now: datetime, reason: str
) -> None:
    """Put it into the trace, which whoever has the lead reads."""
    step = {
        "from": str(handoff.rep or ""),
        "to": str(to or ""),
        "by": str(actor),
        "at": now.isoformat(),
        "reason": reason,
    }
    steps = [*handoff.trace.get("reassigned", []), step]
    handoff.trace = {**handoff.trace, "reassigned": steps}


def _give(
    handoffs: Sequence[Handoff],
    to: User | None,
    team: Team | None,
    actor: User,
    now: datetime,
) -> None:
    """Make them this person's, or with None the pool's of the team."""
    moved = [(one, one.rep) for one in handoffs]
    for one in handoffs:
        one.rep, one.team = to, team
        one.assigned_at = now if to else None
    bulk.update_many(handoffs, fields=["rep", "team", "assigned_at", "trace"])
    holder = (to.pk if to else None, team.pk if team else None)
    lead_ids = [one.lead_id for one in handoffs]
    leads_lifecycle.assign_many(holders=dict.fromkeys(lead_ids, holder))
    follow_ups.follow_owners(lead_ids=lead_ids)
    announcements.tell_reassigned(moved=moved, actor=actor, now=now)
