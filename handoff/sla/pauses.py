"""Working time that stands still for a while."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from handoff.sla.hours import WorkingHours


@dataclass(frozen=True)
class Pause:
    """From one instant to another; without an end it lasts."""

    start: datetime
    end: datetime | None = None


def add(
    hours: WorkingHours, start: datetime, seconds: float, pauses: Iterable[Pause]
) -> datetime | None:
    """When that much working time has passed outside the pauses.

    None while that depends on the end of a pause that lasts.

    Raises:
        NeverOpenError: so much working time never comes.
    """
    for pause in _joined(pauses):
        if pause.end is not None and pause.end <= start:
            continue
        worked = hours.elapsed(start, pause.start)
        if seconds <= worked:
            break
        if pause.end is None:
            return None
        start, seconds = max(start, pause.end), seconds - worked
    return hours.add(start, seconds)


def elapsed(
    hours: WorkingHours, start: datetime, end: datetime, pauses: Iterable[Pause]
) -> float:
    """The working seconds between two instants that lie in no pause."""
    paused = sum(
        hours.elapsed(max(pause.start, start), min(pause.end or end, end))
        for pause in _joined(pauses)
    )
    return hours.elapsed(start, end) - paused


def _joined(pauses: Iterable[Pause]) -> list[Pause]:
    """The pauses in order; those that overlap are one."""
    joined: list[Pause] = []
    for pause in sorted(pauses, key=lambda one: one.start):
        last = joined[-1] if joined else None
        if last is None or (last.end is not None and last.end < pause.start):
            joined.append(pause)
        elif last.end is not None:
            end = pause.end and max(last.end, pause.end)
            joined[-1] = Pause(last.start, end)
    return joined
