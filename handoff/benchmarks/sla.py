"""A sweep over many open promises: with nothing to do, with some steps, with all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F

from config.benchmarking import measured, peak_memory_mb
from handoff.choices import OnExpiry, Priority
from handoff.models import Clock, Handoff
from handoff.sla import calendars, clocks, enforcement, levels
from handoff.sla.calendars import Plan
from leads import lifecycle, roles
from leads.choices import Cause, Role, Stage
from leads.lifecycle import Entry
from leads.models import Lead, Rep, Team

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
REPS = 20
BATCH = 2_000
# In one sweep of five seconds hardly more than so many come to their next step.
STEPS_A_SWEEP = 100


def run(*, leads: int, **_sizes: int) -> dict[str, Any]:
    """Measure in the empty database that is at hand; one open hand-off a lead.

    `idle` finds nothing to do, `busy` warns of a hundred, `flood` has a step to note
    and to tell for every one. `expire` takes all of them away. A sweep does a bounded
    part of both; the longest one is a figure too.
    """
    _make(leads)
    with measured() as start:
        while clocks.start_missing():
            pass
    first = Clock.objects.earliest("warn_at").warn_at
    with measured() as idle:
        enforcement.enforce(now=NOW)
    some = Clock.objects.order_by("pk").values("pk")[:STEPS_A_SWEEP]
    chosen = list(some.values_list("pk", flat=True))
    Clock.objects.filter(pk__in=chosen).update(next_at=F("warn_at"))
    Clock.objects.exclude(pk__in=chosen).update(next_at=first + timedelta(days=365))
    with measured() as busy:
        warned = enforcement.enforce(now=first).warned
    Clock.objects.exclude(pk__in=chosen).update(next_at=F("warn_at"))
    flood, flooded = _until_done(first, "warned")
    late = first + timedelta(days=40)
    expire, expired = _until_done(late, "expired")
    return {
        "handoffs": leads,
        "start_seconds": round(start.seconds, 3),
        "idle_seconds": round(idle.seconds, 3),
        "idle_cpu_seconds": round(idle.cpu_seconds, 3),
        "busy_steps": warned,
        "busy_seconds": round(busy.seconds, 3),
        "busy_cpu_seconds": round(busy.cpu_seconds, 3),
        "flood_steps": flooded,
        "flood_seconds": round(sum(flood), 3),
        "flood_longest_sweep": round(max(flood), 3),
        "expired": expired,
        "expire_seconds": round(sum(expire), 3),
        "expire_longest_sweep": round(max(expire), 3),
        "peak_memory_mb": round(peak_memory_mb()),
    }


def _until_done(now: datetime, step: str) -> tuple[list[float], int]:
    """The seconds of each sweep until one has nothing left, and how many steps."""
    spent, done = [], 0
    while True:
        with measured() as sweep:
            count = getattr(enforcement.enforce(now=now), step)
        spent.append(sweep.seconds)
        if not count:
            return spent, done
        done += count


def _make(count: int) -> None:
    team, reps = _sales()
    for start in range(0, count, BATCH):
        made = Lead.objects.bulk_create(
            Lead(
                email=f"lead{number}@example.com",
                email_key=f"lead{number}@example.com",
                last_name=f"Lead {number}",
                created_at=NOW,
            )
            for number in range(start, min(start + BATCH, count))
        )
        lifecycle.enter_many(
            entries=[Entry(lead.pk, Stage.SQL, NOW, Cause.IMPORT) for lead in made]
        )
        Handoff.objects.bulk_create(
            Handoff(
                lead=lead,
                cycle=1,
                team=team,
                rep=reps[lead.pk % len(reps)].user,
                routed_at=NOW,
                assigned_at=NOW,
                due_at=NOW,
            )
            for lead in made
        )


def _sales() -> tuple[Team, list[Rep]]:
    team = Team.objects.create(name="Sales", is_default=False)
    calendars.save(
        calendar=None,
        plan=Plan(
            name="Office",
            time_zone="Europe/Berlin",
            country="DE",
            subdivision="",
            shifts=[((540, 1020),)] * 5 + [()] * 2,
            teams=[team],
            reps=[],
        ),
    )
    level = replace(levels.DEFAULTS[Priority.NORMAL], on_expiry=OnExpiry.NEXT)
    levels.save(team=team, priority=Priority.NORMAL, level=level)
    roles.create_user(
        email="manager@example.com", name="Manager", role=Role.MANAGER, password=None
    )
    people = [
        roles.create_user(
            email=f"rep{number}@example.com",
            name=f"Rep {number}",
            role=Role.REP,
            password=None,
        )
        for number in range(REPS)
    ]
    return team, [Rep.objects.create(user=person, team=team) for person in people]
