"""Taking a decision back, within seconds: the hand-off waits again as it did before.

It compensates and deletes nothing: the hand-off keeps what was decided as an undone
decision, the lead moves back by a recorded change, and no number counts either.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from handoff import lifecycle, pool, telling
from handoff.choices import UNDOABLE, HandoffStatus, ReasonEffect
from handoff.lifecycle import AlreadyDecidedError, DecisionError, NotYoursError
from handoff.models import Handoff, UndoneDecision
from handoff.selling import deal_owners, follow_ups
from handoff.sla import announcements, clocks
from leads import lifecycle as leads_lifecycle
from leads.choices import Cause
from leads.models import User

# How long the page offers it, and how long it is granted: a click takes its way.
UNDO_FOR = timedelta(seconds=10)
UNDO_GRANTED_FOR = timedelta(seconds=20)


class TooLateError(DecisionError):
    """The time to take a decision back is over."""


@transaction.atomic
def undo(*, handoff: Handoff, actor: User, now: datetime) -> Handoff:
    """Let the hand-off wait again where it waited; only who decided it may.

    What was accepted from the pool goes back to it. The promise runs on from when it
    began. Again changes nothing.

    Raises:
        TooLateError, NotYoursError, AlreadyDecidedError: and nothing has changed.
    """
    lifecycle.locked(handoff)
    if handoff.is_open and handoff.undone.filter(decided_by=actor).exists():
        return handoff
    _check(handoff, actor, now)
    try:
        leads_lifecycle.undo(
            lead_id=handoff.lead_id, cause=Cause.DECISION, actor=actor, now=now
        )
    except leads_lifecycle.IllegalMoveError as illegal:
        raise AlreadyDecidedError(_("The lead has moved on since.")) from illegal
    _keep(handoff, now)
    if handoff.status == HandoffStatus.ACCEPTED:
        follow_ups.drop_first(handoff=handoff, actor=actor, now=now)
        deal_owners.come_back(handoff=handoff, actor=actor, now=now)
    follow_ups.reopen_left(handoff=handoff, since=handoff.decided_at or now)
    was_in_pool = pool.claimed_at(handoff=handoff) == handoff.decided_at
    handoff.status = HandoffStatus.PENDING
    handoff.decided_at = handoff.decided_by = handoff.reason = None
    handoff.note = ""
    handoff.save(update_fields=["status", "decided_at", "decided_by", "reason", "note"])
    if was_in_pool:
        pool.put_back(handoff=handoff, now=now)
    else:
        rep, team = handoff.rep, handoff.team
        leads_lifecycle.assign(lead=handoff.lead, owner=rep, team=team)
    clocks.start_again(handoff=handoff)
    telling.tell_reopened(handoff=handoff, now=now)
    announcements.tell_undecided(handoff=handoff, actor=actor, now=now)
    return handoff


def may_undo(*, handoff: Handoff, user: User, now: datetime) -> bool:
    """Whether a page offers this person to take the decision back."""
    return (
        handoff.status in UNDOABLE
        and handoff.decided_by_id == user.pk
        and handoff.decided_at is not None
        and now - handoff.decided_at < UNDO_FOR
        and not _has_gone_on(handoff)
    )


def _check(handoff: Handoff, actor: User, now: datetime) -> None:
    if handoff.status not in UNDOABLE or handoff.decided_at is None:
        raise AlreadyDecidedError(lifecycle.how_it_ended(handoff=handoff, now=now))
    if handoff.decided_by_id != actor.pk:
        raise NotYoursError(lifecycle.how_it_ended(handoff=handoff, now=now))
    if _has_gone_on(handoff):
        raise AlreadyDecidedError(_("The lead has gone on to the next rep."))
    if now - handoff.decided_at > UNDO_GRANTED_FOR:
        text = _(
            "It is too late to take this back; the lead's page has what else to do."
        )
        raise TooLateError(text)


def _has_gone_on(handoff: Handoff) -> bool:
    """A misrouted lead is offered to the next rep at once."""
    reason = handoff.reason
    return reason is not None and reason.effect == ReasonEffect.REROUTE


def _keep(handoff: Handoff, now: datetime) -> None:
    UndoneDecision.objects.create(
        handoff=handoff,
        status=handoff.status,
        reason=handoff.reason,
        note=handoff.note,
        decided_at=handoff.decided_at or now,
        decided_by=handoff.decided_by,
        undone_at=now,
    )
