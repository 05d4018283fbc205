"""Giving back what sales has accepted: to nurture until a date, or for good.

What was still to be done for the lead is cancelled.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.selling import follow_ups, rights
from leads import lifecycle
from leads.choices import Cause, Stage
from leads.lifecycle import Move
from leads.models import Lead, Standing, User
from scoring.engagement import score_of

# The stages in which sales has the lead and has won nothing.
GIVEN_BACK = (Stage.ACCEPTED, Stage.OPPORTUNITY, Stage.LOST)


class GiveBackError(Exception):
    """A lead could not be given back; the message says why."""


@transaction.atomic
def to_nurture(
    *, lead: Lead, reason: str, until: datetime, actor: User, now: datetime
) -> None:
    """Recycle the lead; nurture takes it up again at the date, or at new interest.

    Raises:
        GiveBackError: and nothing has changed.
    """
    wanted = _wanted(lead, Stage.RECYCLED, reason, actor, now)
    lifecycle.move_by_hand(wanted=wanted, until=until, now=now)
    follow_ups.cancel_open(lead=lead, to=wanted.to, actor=actor, now=now)


@transaction.atomic
def disqualify(*, lead: Lead, reason: str, actor: User, now: datetime) -> None:
    """Take the lead out for good.

    Raises:
        GiveBackError: and nothing has changed.
    """
    wanted = _wanted(lead, Stage.DISQUALIFIED, reason, actor, now)
    lifecycle.move_by_hand(wanted=wanted, until=None, now=now)
    follow_ups.cancel_open(lead=lead, to=wanted.to, actor=actor, now=now)


def may_give_back(*, standing: Standing, user: User) -> bool:
    """Whether this person may give the lead back: its rep, and a manager."""
    return standing.stage in GIVEN_BACK and rights.may_sell(
        standing=standing, user=user
    )


def _wanted(lead: Lead, to: Stage, reason: str, actor: User, now: datetime) -> Move:
    """The move, once the standing is locked and the actor may ask for it."""
    standing = Standing.objects.select_for_update().get(pk=lead.pk)
    if standing.stage not in GIVEN_BACK:
        text = _("This lead is in “{stage}”; it is not with sales.")
        raise GiveBackError(text.format(stage=Stage(standing.stage).label))
    if not may_give_back(standing=standing, user=actor):
        text = _("Only the rep of this lead and managers give it back.")
        raise GiveBackError(text)
    score = score_of(standing=standing, now=now)
    return Move(lead.pk, to, Cause.PERSON, now, actor, reason.strip(), score)
