"""Letting a promise stand still, and go on."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from handoff.choices import ClockKind, PauseKind
from handoff.models import Clock, ClockPause, Handoff
from handoff.sla import levels
from handoff.sla.clocks import CALENDAR, INSTANTS, set_instants
from leads.models import Standing, User


class PauseError(Exception):
    """A clock could not be paused or set going; the message says why."""


@transaction.atomic
def pause(
    *, handoff: Handoff, kind: PauseKind, reason: str, actor: User, now: datetime
) -> Clock:
    """Let the promise that runs for this hand-off stand still.

    Raises:
        PauseError: nothing runs, or it stands still already; nothing has changed.
    """
    clock = _running(handoff)
    if clock.paused_at is not None:
        raise PauseError(_("The clock stands still already."))
    began_at = max(now, clock.started_at)
    ClockPause.objects.create(
        clock=clock, kind=kind, reason=reason, began_at=began_at, began_by=actor
    )
    clock.paused_at = began_at
    clock.save(update_fields=["paused_at"])
    _tell_handoff(clock)
    return clock


@transaction.atomic
def resume(*, handoff: Handoff, actor: User | None, now: datetime) -> Clock:
    """Let it go on; what is due moves by the working time that it stood still.

    Raises:
        PauseError: nothing stands still; nothing has changed.
    """
    clock = _running(handoff)
    if clock.paused_at is None:
        raise PauseError(_("The clock does not stand still."))
    ended_at = max(now, clock.paused_at)
    clock.pauses.filter(ended_at=None).update(ended_at=ended_at, ended_by=actor)
    clock.paused_at = None
    set_instants(clock, levels.load().calendars, clock.pauses.all())
    clock.save(update_fields=["paused_at", *INSTANTS, *CALENDAR])
    _tell_handoff(clock)
    return clock


@transaction.atomic
def question_asked(*, handoff: Handoff, actor: User, now: datetime) -> bool:
    """Let the decision stand still while marketing is asked, if that was promised."""
    clock = _find(handoff)
    if clock is None or clock.paused_at is not None:
        return False
    level = levels.load().level(team_id=handoff.team_id, priority=clock.priority)
    if level.question_pauses:
        pause(handoff=handoff, kind=PauseKind.QUESTION, reason="", actor=actor, now=now)
    return level.question_pauses


@transaction.atomic
def question_answered(*, handoff: Handoff, actor: User, now: datetime) -> bool:
    """Let the decision go on that a question had stopped, and nothing else."""
    clock = _find(handoff)
    asked = clock and clock.pauses.filter(ended_at=None, kind=PauseKind.QUESTION)
    if not asked or not asked.exists():
        return False
    resume(handoff=handoff, actor=actor, now=now)
    return True


def _find(handoff: Handoff) -> Clock | None:
    """The clock that runs for a hand-off, locked after the lead's standing."""
    Standing.objects.select_for_update().get(pk=handoff.lead_id)
    running = Clock.objects.running().select_related("handoff")
    running = running.select_for_update(of=("self",))
    return running.filter(handoff=handoff).order_by("-pk").first()


def _running(handoff: Handoff) -> Clock:
    clock = _find(handoff)
    if clock is None:
        raise PauseError(_("Nothing is owed for this hand-off any more."))
    return clock


def _tell_handoff(clock: Clock) -> None:
    """Show on the offer what its decision clock says, for lists that read it alone."""
    if clock.kind == ClockKind.DECISION:
        handoff = clock.handoff
        handoff.due_at, handoff.paused_at = clock.due_at, clock.paused_at
        handoff.save(update_fields=["due_at", "paused_at"])
