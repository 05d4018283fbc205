"""Taking back what one has just done with a hand-off, whatever it was."""

from datetime import datetime

from handoff import pool
from handoff.desk import claims, lifecycle
from handoff.models import Handoff
from leads.models import User


def take_back(*, handoff: Handoff, actor: User, now: datetime) -> Handoff:
    """Take back the decision, or the claim of what is still undecided.

    Raises:
        handoff.lifecycle.DecisionError: and nothing has changed.
    """
    is_claimed = handoff.is_open and handoff.rep_id == actor.pk
    if is_claimed and pool.claimed_at(handoff=handoff):
        return claims.give_back(handoff=handoff, actor=actor, now=now)
    return lifecycle.undo(handoff=handoff, actor=actor, now=now)


def is_offered(handoff: Handoff, user: User, now: datetime) -> bool:
    """Whether a page offers it to this person."""
    return lifecycle.may_undo(
        handoff=handoff, user=user, now=now
    ) or claims.may_give_back(handoff=handoff, user=user, now=now)
