"""Which stage a lead's score asks for: pure decisions over plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from leads.choices import NURTURED, PATH, Cause, Stage
from scoring.decay import TOLERANCE

# Stages entered for one of these causes are left again when the engagement fades.
AUTOMATIC_ENTRY = (Cause.SCORE, Cause.FAST_TRACK, Cause.RETURN, Cause.DECAY)
# From these a disqualifying rule takes a lead out.
BARRED_FROM = (*NURTURED, Stage.SQL, Stage.ACCEPTED, Stage.RECYCLED)
# From these a gate or a fast track takes a lead up.
RAISED_FROM = (*NURTURED, Stage.RECYCLED)
ONE_DOWN = {Stage.MQL: Stage.IQL, Stage.IQL: Stage.NEW}


@dataclass(frozen=True)
class GateLimits:
    """What a stage asks for; grade is an index into `leads.choices.GRADES`."""

    stage: Stage
    engagement: float
    grade: int
    leave_engagement: float


@dataclass(frozen=True)
class Signals:
    """When the lead last did what moves it; the criteria hold for who it is."""

    fast_tracked_at: datetime | None = None
    disqualified_at: datetime | None = None
    intent_at: datetime | None = None
    is_promoted: bool = False
    is_barred: bool = False


@dataclass(frozen=True)
class Position:
    """Where a lead stands, and with which score.

    `cycle_began_at` is None in the first cycle. `was_pardoned`: a person brought it
    back from disqualified in this cycle.
    """

    stage: Stage
    stage_cause: Cause
    stage_since: datetime
    cycle_began_at: datetime | None
    was_pardoned: bool
    engagement: float
    grade: int

    def is_news(self, at: datetime | None) -> bool:
        """Whether what happened then was not yet weighed by whoever put it here.

        What came before this cycle was, and what came before a person moved it.
        """
        if at is None:
            return False
        is_weighed = self.stage == Stage.RECYCLED or self.stage_cause == Cause.PERSON
        since = self.stage_since if is_weighed else self.cycle_began_at
        return since is None or at > since


def decide(
    position: Position, signals: Signals, gates: Sequence[GateLimits]
) -> list[tuple[Stage, Cause]]:
    """The moves that the score asks for, in order; mostly none or one."""
    stage = position.stage
    if stage in BARRED_FROM and _is_barred(position, signals):
        return [(Stage.DISQUALIFIED, Cause.DISQUALIFYING)]
    if stage not in RAISED_FROM:
        return []
    if _is_fast_tracked(position, signals):
        return [(Stage.SQL, Cause.FAST_TRACK)]
    reached = stage_reached(position.engagement, position.grade, gates)
    if stage == Stage.RECYCLED:
        has_intent = position.is_news(signals.intent_at)
        return [(reached, Cause.SCORE)] if reached != Stage.NEW and has_intent else []
    if PATH.index(reached) > PATH.index(stage):
        return [(reached, Cause.SCORE)]
    return _steps_down(position, gates)


def stage_reached(engagement: float, grade: int, gates: Sequence[GateLimits]) -> Stage:
    """The highest stage whose gate this score meets; new where it meets none."""
    reached = [
        gate.stage
        for gate in gates
        if engagement >= gate.engagement - TOLERANCE and grade >= gate.grade
    ]
    return max(reached, key=PATH.index, default=Stage.NEW)


def _is_barred(position: Position, signals: Signals) -> bool:
    by_criterion = signals.is_barred and not position.was_pardoned
    return by_criterion or position.is_news(signals.disqualified_at)


def _is_fast_tracked(position: Position, signals: Signals) -> bool:
    is_first_look = (
        position.stage in NURTURED
        and position.cycle_began_at is None
        and position.stage_cause != Cause.PERSON
    )
    return (signals.is_promoted and is_first_look) or position.is_news(
        signals.fast_tracked_at
    )


def _steps_down(
    position: Position, gates: Sequence[GateLimits]
) -> list[tuple[Stage, Cause]]:
    if position.stage_cause not in AUTOMATIC_ENTRY:
        return []
    leave = {gate.stage: gate.leave_engagement for gate in gates}
    steps: list[tuple[Stage, Cause]] = []
    stage = position.stage
    while stage in leave and position.engagement < leave[stage] - TOLERANCE:
        stage = ONE_DOWN[stage]
        steps.append((stage, Cause.DECAY))
    return steps
