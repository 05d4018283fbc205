"""Claiming what waits in the pool of a team, and giving it back at once."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from handoff import lifecycle, pool
from handoff.desk.lifecycle import UNDO_FOR, UNDO_GRANTED_FOR, TooLateError
from handoff.lifecycle import AlreadyDecidedError, NotYoursError
from handoff.models import Handoff
from leads.ages import span_in_words
from leads.models import User


@transaction.atomic
def claim(*, handoff: Handoff, actor: User, now: datetime) -> Handoff:
    """Put a hand-off of the pool on the actor's own queue, undecided.

    Its promise runs on. Claiming again what one has claimed changes nothing.

    Raises:
        AlreadyDecidedError, NotYoursError: and nothing has changed.
    """
    standing = lifecycle.locked(handoff)
    lifecycle.check_open(handoff, standing, now=now)
    if handoff.rep_id == actor.pk:
        return handoff
    if handoff.rep is not None:
        raise AlreadyDecidedError(_who_has_it(handoff, now))
    if not may_claim(handoff=handoff, user=actor):
        raise NotYoursError(_("Only reps of its team claim a lead from the pool."))
    pool.take(handoff=handoff, actor=actor, now=now)
    return handoff


@transaction.atomic
def give_back(*, handoff: Handoff, actor: User, now: datetime) -> Handoff:
    """Put back into the pool what the actor has claimed seconds ago.

    Again changes nothing.

    Raises:
        TooLateError, AlreadyDecidedError, NotYoursError: and nothing has changed.
    """
    standing = lifecycle.locked(handoff)
    lifecycle.check_open(handoff, standing, now=now)
    if handoff.rep is None:
        return handoff
    if handoff.rep_id != actor.pk:
        raise NotYoursError(_who_has_it(handoff, now))
    if not _claimed_within(handoff, UNDO_GRANTED_FOR, now):
        text = _("It is too late to put this back; a manager can reassign it.")
        raise TooLateError(text)
    pool.put_back(handoff=handoff, now=now)
    return handoff


def may_claim(*, handoff: Handoff, user: User) -> bool:
    """Whether it waits in the pool of a team of which this person is a rep."""
    in_pool = handoff.is_open and handoff.rep_id is None
    return in_pool and handoff.team_id is not None and handoff.team_id == user.team_id


def may_give_back(*, handoff: Handoff, user: User, now: datetime) -> bool:
    """Whether a page offers this person to undo the claim."""
    is_mine = handoff.is_open and handoff.rep_id == user.pk
    return is_mine and _claimed_within(handoff, UNDO_FOR, now)


def _claimed_within(handoff: Handoff, span: timedelta, now: datetime) -> bool:
    """Whether whoever has it claimed it so lately."""
    claimed_at = pool.claimed_at(handoff=handoff)
    return claimed_at is not None and now - claimed_at <= span


def _who_has_it(handoff: Handoff, now: datetime) -> str:
    """“Ana Ruiz took this lead 2 min ago.”"""
    seconds = (now - handoff.assigned_at).total_seconds() if handoff.assigned_at else 0
    text = _("{person} took this lead {when}.")
    when = _("just now")
    if seconds >= 60:
        when = _("{span} ago").format(span=span_in_words(seconds))
    return text.format(person=handoff.rep, when=when)
