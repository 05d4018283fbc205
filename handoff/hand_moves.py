"""Taking back a move by hand, which sales may have been told of meanwhile."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.models import Handoff
from leads import lifecycle
from leads.choices import Cause, Stage
from leads.lifecycle import IllegalMoveError
from leads.models import Lead, StageChange, Standing, User

# A page offers it for 10 seconds; the way to the server may take as long again.
TAKEN_BACK_FOR = timedelta(seconds=20)


class NotTakenBackError(Exception):
    """The move stays; the message says why."""


@transaction.atomic
def take_back(*, lead: Lead, actor: User, now: datetime) -> StageChange:
    """Undo the latest move of a lead, made by this person a moment ago.

    The standing is locked, so that routing offers the lead before or not at all.

    Raises:
        NotTakenBackError: it is another's move, too old, or sales has the lead.
        IllegalMoveError: the lead has moved on.
    """
    Standing.objects.select_for_update().get(pk=lead.pk)
    latest = (
        StageChange.objects.filter(lead=lead, is_undone=False)
        .order_by("-at", "-pk")
        .first()
    )
    is_theirs = latest and (latest.cause, latest.actor_id) == (Cause.PERSON, actor.pk)
    if latest is None or not is_theirs:
        raise NotTakenBackError(_("Your move was not the last one of this lead."))
    if now - latest.at > TAKEN_BACK_FOR:
        raise NotTakenBackError(_("It is too late to take this back; move it again."))
    if Handoff.objects.pending().filter(lead=lead).exists():
        raise NotTakenBackError(
            _("Sales has been offered this lead; move it back to withdraw the offer.")
        )
    return lifecycle.undo(lead_id=lead.pk, cause=Cause.PERSON, actor=actor, now=now)


@dataclass(frozen=True)
class TakenBack:
    """How many moves were taken back, and why others were not, by lead."""

    count: int = 0
    refused: dict[int, str] = field(default_factory=dict)


def take_back_all(
    *,
    lead_ids: Collection[int],
    to: Stage,
    since: datetime,
    actor: User,
    now: datetime,
) -> TakenBack:
    """Undo the moves to a stage that this person made at once, each for itself.

    Leads that were there before are left alone; one that has moved on stays, and the
    others still go back.
    """
    moves = StageChange.objects.filter(
        lead__in=lead_ids,
        to_stage=to,
        at__gte=since,
        cause=Cause.PERSON,
        actor=actor,
        is_undone=False,
    )
    count, refused = 0, {}
    moved = moves.order_by("lead").values("lead").distinct()
    for lead in Lead.objects.filter(pk__in=moved).order_by("pk"):
        try:
            take_back(lead=lead, actor=actor, now=now)
            count += 1
        except (NotTakenBackError, IllegalMoveError) as refusal:
            refused[lead.pk] = str(refusal)
    return TakenBack(count, refused)
