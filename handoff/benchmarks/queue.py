"""How long the pages of the queue take, among many leads and hand-offs."""

import time
from collections.abc import Sequence
from datetime import timedelta
from statistics import median, quantiles
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from handoff.choices import HandoffStatus
from handoff.models import Handoff
from leads import lifecycle, roles
from leads.choices import Role
from leads.models import Rep, Team, User
from scoring.benchmarks import sample

# One lead in twenty was handed over; of those one in five still waits.
LEADS_A_HANDOFF, HANDOFFS_A_WAITING = 20, 5
TEAMS, REPS = 4, 40
POOL_EVERY = 50  # of those that wait
TURNS = 40
BATCH = 2_000
TABS = ("mine", "pool", "decided")
WHY = {
    "engagement": 81.0,
    "grade": "A",
    "why": [
        {
            "what": "Demo requested",
            "count": 2,
            "at": "2026-06-30T12:00:00+00:00",
            "points": 50.0,
        }
    ],
}


def run(*, leads: int, activities: int, rules: int, **_sizes: int) -> dict[str, Any]:
    """Measure in the empty database that is at hand; times in milliseconds.

    Each tab is opened by a rep and by a manager, `TURNS` times each. `cpu` is what this
    process spent, the median: the clock says more where others work on the machine.
    """
    sample.make(leads=leads, activities=activities, rules=rules)
    reps = _people()
    _hand_over(leads // LEADS_A_HANDOFF, reps)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    manager = _user("lead@sales.example", Role.MANAGER)
    figures: dict[str, Any] = {
        "leads": leads,
        "handoffs": Handoff.objects.count(),
        "waiting": Handoff.objects.pending().count(),
    }
    for name, person, tabs in (
        ("rep", reps[0].user, TABS),
        ("manager", manager, ("team", *TABS[1:])),
    ):
        for tab in tabs:
            spent, cpu = _times(person, f"/queue/?tab={tab}")
            figures[f"{name}_{tab}_median_ms"] = round(median(spent), 1)
            figures[f"{name}_{tab}_p95_ms"] = round(quantiles(spent, n=20)[-1], 1)
            figures[f"{name}_{tab}_cpu_ms"] = round(median(cpu), 1)
    return figures


def _user(email: str, role: Role) -> User:
    return roles.create_user(email=email, name="", role=role, password=None)


def _people() -> list[Rep]:
    teams = [
        Team.objects.create(name=f"Team {number}", is_default=not number)
        for number in range(TEAMS)
    ]
    return [
        Rep.objects.create(
            user=_user(f"rep{number}@sales.example", Role.REP),
            team=teams[number % TEAMS],
        )
        for number in range(REPS)
    ]


def _hand_over(count: int, reps: Sequence[Rep]) -> None:
    """The first leads become sales ready, each offered to a rep or to a pool."""
    for number, rep in enumerate(reps):
        mine = [pk for pk in range(1, count + 1) if pk % REPS == number]
        holders = dict.fromkeys(mine, (rep.user_id, rep.team_id))
        lifecycle.assign_many(holders=holders)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE leads_standing SET stage = 'sql' WHERE lead_id <= %s", [count]
        )
    Handoff.objects.bulk_create(
        (_handoff(pk, reps[pk % REPS]) for pk in range(1, count + 1)),
        batch_size=BATCH,
    )


def _handoff(lead_id: int, rep: Rep) -> Handoff:
    is_waiting = lead_id % HANDOFFS_A_WAITING == 0
    is_in_pool = is_waiting and lead_id % POOL_EVERY == 0
    routed_at = sample.END - timedelta(minutes=lead_id)
    return Handoff(
        lead_id=lead_id,
        cycle=1,
        team_id=rep.team_id,
        rep_id=None if is_in_pool else rep.user_id,
        status=HandoffStatus.PENDING if is_waiting else HandoffStatus.ACCEPTED,
        routed_at=routed_at,
        assigned_at=None if is_in_pool else routed_at,
        due_at=routed_at + timedelta(hours=24),
        decided_at=None if is_waiting else routed_at + timedelta(hours=3),
        decided_by_id=None if is_waiting else rep.user_id,
        brief=WHY,
    )


def _times(person: User, address: str) -> tuple[list[float], list[float]]:
    """Milliseconds at the server and of its processor, after a first visit."""
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    client.force_login(person)
    spent, cpu = [], []
    # The files need not be collected to open a page here.
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": plain}}
    with override_settings(STORAGES=storages):
        for turn in range(TURNS + 1):
            began, worked = time.perf_counter(), time.process_time()
            answer = client.get(address, secure=True)
            if answer.status_code != 200:
                raise RuntimeError(f"{address} answered {answer.status_code}")
            if turn:
                spent.append(1_000 * (time.perf_counter() - began))
                cpu.append(1_000 * (time.process_time() - worked))
    return spent, cpu
