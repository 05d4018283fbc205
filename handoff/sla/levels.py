"""What is promised: service levels by team and priority."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F

from handoff.choices import OnExpiry, Priority
from handoff.models import Handoff, ServiceLevel
from handoff.sla import calendars
from handoff.sla.calendars import Calendars
from leads.choices import Cause, Stage
from leads.models import StageChange, Team

MINUTE = 60
HOUR = 60 * MINUTE


@dataclass(frozen=True)
class Level:
    """What one team promises for one priority, in working seconds.

    `escalate_seconds` and `expire_seconds` are after the decision is due. A hand-off
    goes to another rep at most `max_reassignments` times, then to the pool.
    """

    decide_seconds: int
    follow_up_seconds: int
    warn_percent: int = 75
    escalate_seconds: int = 0
    on_expiry: OnExpiry = OnExpiry.KEEP
    expire_seconds: int = 4 * HOUR
    max_reassignments: int = 2
    question_pauses: bool = False


# What holds where nobody has set anything.
DEFAULTS = {
    Priority.NORMAL: Level(decide_seconds=8 * HOUR, follow_up_seconds=24 * HOUR),
    Priority.FAST: Level(decide_seconds=2 * HOUR, follow_up_seconds=4 * HOUR),
}


@dataclass(frozen=True)
class Promises:
    """Every service level, and the calendars by which they are counted."""

    calendars: Calendars
    by_team_and_priority: dict[tuple[int | None, str], Level] = field(
        default_factory=dict
    )

    def level(self, *, team_id: int | None, priority: str) -> Level:
        """That of the team, else that of all others, else the product's own."""
        known = self.by_team_and_priority
        of_others = known.get((None, priority), DEFAULTS[Priority(priority)])
        return known.get((team_id, priority), of_others)


def load() -> Promises:
    """All of them, in five queries."""
    return counted_by(calendars.load())


def counted_by(known: Calendars) -> Promises:
    """The same where the calendars are loaded already, in one query."""
    levels = {
        (row.team_id, row.priority): level_of(row) for row in ServiceLevel.objects.all()
    }
    return Promises(known, levels)


def level_of(row: ServiceLevel) -> Level:
    return Level(
        decide_seconds=row.decide_minutes * MINUTE,
        follow_up_seconds=row.follow_up_minutes * MINUTE,
        warn_percent=row.warn_percent,
        escalate_seconds=row.escalate_minutes * MINUTE,
        on_expiry=OnExpiry(row.on_expiry),
        expire_seconds=row.expire_minutes * MINUTE,
        max_reassignments=row.max_reassignments,
        question_pauses=row.question_pauses,
    )


def fast_tracked(*, lead_ids: Iterable[int]) -> set[int]:
    """Those of the leads that came to sales in this cycle by the fast track."""
    changes = StageChange.objects.filter(
        lead__any_of=lead_ids,
        to_stage=Stage.SQL,
        cause=Cause.FAST_TRACK,
        cycle=F("lead__standing__cycle"),
    )
    return set(changes.order_by().values_list("lead", flat=True))


def priority_of(lead_id: int, fast: Collection[int]) -> Priority:
    return Priority.FAST if lead_id in fast else Priority.NORMAL


def follow_up_due(*, handoff: Handoff) -> datetime:
    """When the first follow-up is due of a hand-off that its rep has."""
    promises = load()
    fast = fast_tracked(lead_ids=[handoff.lead_id])
    priority = priority_of(handoff.lead_id, fast)
    level = promises.level(team_id=handoff.team_id, priority=priority)
    hours = promises.calendars.of(team_id=handoff.team_id, user_id=handoff.rep_id)
    start = handoff.assigned_at or handoff.routed_at
    return hours.add(start, level.follow_up_seconds)


def save(*, team: Team | None, priority: Priority, level: Level) -> ServiceLevel:
    """Promise this from now on; without a team, for all that promise nothing else."""
    row, _made = ServiceLevel.objects.update_or_create(
        team=team,
        priority=priority,
        defaults={
            "decide_minutes": level.decide_seconds // MINUTE,
            "follow_up_minutes": level.follow_up_seconds // MINUTE,
            "warn_percent": level.warn_percent,
            "escalate_minutes": level.escalate_seconds // MINUTE,
            "on_expiry": level.on_expiry,
            "expire_minutes": level.expire_seconds // MINUTE,
            "max_reassignments": level.max_reassignments,
            "question_pauses": level.question_pauses,
        },
    )
    return row
