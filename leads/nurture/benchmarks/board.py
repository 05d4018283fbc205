"""How long the board takes among many leads, and how often it asks the database."""

import time
from statistics import median, quantiles
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads import roles
from leads.choices import Role
from leads.models import StageChange, Standing, User
from leads.nurture.benchmarks import board_sample
from scoring import ceilings
from scoring.benchmarks import sample

# So often each page is opened; of few leads there is nothing to learn.
TURNS, TURNS_OF_FEW, FEW = 40, 2, 10_000


def run(*, leads: int, activities: int, rules: int, **_sizes: int) -> dict[str, Any]:
    """Measure in the empty database that is at hand; times in milliseconds.

    What is measured is the server's part of a page, and of the question who moved.
    """
    model = sample.make(leads=leads, activities=activities, rules=rules)
    filters = board_sample.spread(model=model, now=(now := timezone.now()))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    began = time.perf_counter()
    lowered = ceilings.lower(now=now)
    while ceilings.lower(now=now):
        pass
    seconds = round(time.perf_counter() - began, 1)
    # PostgreSQL does it by itself soon after so many writes.
    with connection.cursor() as cursor:
        is_postgresql = connection.vendor == "postgresql"
        cursor.execute("VACUUM ANALYZE" if is_postgresql else "ANALYZE")
    marketer = roles.create_user(
        email="board@marketing.example", name="", role=Role.MARKETER, password=None
    )
    latest = StageChange.objects.order_by("-pk").values_list("pk", flat=True).first()
    figures: dict[str, Any] = {
        "leads": leads,
        "lowered_at_once": lowered,
        "lowering_seconds": seconds,
        "largest_lane": Standing.objects.filter(stage="new").count(),
    }
    pages = {
        "board": "/board/",
        "bands": "/board/?bands=1",
        **{name: f"/board/?{query}" for name, query in filters.queries.items()},
        "moved": f"/board/moved/?since={latest or 0}",
    }
    turns = TURNS if leads > FEW else TURNS_OF_FEW
    for name, address in pages.items():
        spent, worked, queries = _times(marketer, address, turns)
        figures[f"{name}_queries"] = queries
        figures[f"{name}_median_ms"] = round(median(spent), 1)
        figures[f"{name}_p95_ms"] = round(quantiles(spent, n=20)[-1], 1)
        figures[f"{name}_processor_ms"] = round(median(worked), 1)
    return figures


def _times(
    person: User, address: str, turns: int
) -> tuple[list[float], list[float], int]:
    """Milliseconds at the server after a first visit that warms up, and its queries.

    Those on the clock, and those of this process alone, which no other one delays.
    """
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    client.force_login(person)
    spent, worked = [], []
    # The files need not be collected to open a page here.
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": plain}}
    with override_settings(STORAGES=storages):
        for turn in range(turns + 1):
            began, rested = time.perf_counter(), time.process_time()
            answer = client.get(address, secure=True)
            if answer.status_code not in (200, 204):
                raise RuntimeError(f"{address} answered {answer.status_code}")
            if turn:
                spent.append(1_000 * (time.perf_counter() - began))
                worked.append(1_000 * (time.process_time() - rested))
        with CaptureQueriesContext(connection) as asked:
            client.get(address, secure=True)
    return spent, worked, len(asked)
