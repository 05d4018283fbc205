"""How long the board takes among many leads, and how often it asks the database."""

import time
from statistics import median, quantiles
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from leads import roles
from leads.choices import Role
from leads.models import StageChange, Standing, User
from scoring import rescoring
from scoring.benchmarks import sample

TURNS = 40
# One lead in so many is where no score takes it.
ELSEWHERE = {"sql": 37, "accepted": 41, "recycled": 23}
PAGES = {
    "board": "/board/",
    "bands": "/board/?bands=1",
    "source": "/board/?source=partner",
    "graded": "/board/?grade=9",
}
_MOVE = "UPDATE leads_standing SET stage = %s WHERE lead_id %% %s = 0"


def run(*, leads: int, activities: int, rules: int, **_sizes: int) -> dict[str, Any]:
    """Measure in the empty database that is at hand; times in milliseconds.

    The leads were scored at the end of the sample, months ago: how warm they are now
    is not the order in which any index has them.
    """
    sample.make(leads=leads, activities=activities, rules=rules)
    rescoring.rescore(lead_ids=None, now=sample.END)
    with connection.cursor() as cursor:
        for stage, one_in in ELSEWHERE.items():
            cursor.execute(_MOVE, [stage, one_in])
        cursor.execute("ANALYZE")
    marketer = roles.create_user(
        email="board@marketing.example", name="", role=Role.MARKETER, password=None
    )
    latest = StageChange.objects.order_by("-pk").values_list("pk", flat=True).first()
    figures: dict[str, Any] = {
        "leads": leads,
        "largest_lane": max(
            Standing.objects.filter(stage=stage).count() for stage in ("new", "iql")
        ),
    }
    moved = {"moved": f"/board/moved/?since={latest or 0}"}
    for name, address in (PAGES | moved).items():
        spent, queries = _times(marketer, address)
        figures[f"{name}_queries"] = queries
        figures[f"{name}_median_ms"] = round(median(spent), 1)
        figures[f"{name}_p95_ms"] = round(quantiles(spent, n=20)[-1], 1)
    return figures


def _times(person: User, address: str) -> tuple[list[float], int]:
    """Milliseconds at the server after a first visit that warms up, and its queries."""
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    client.force_login(person)
    spent = []
    # The files need not be collected to open a page here.
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": plain}}
    with override_settings(STORAGES=storages):
        for turn in range(TURNS + 1):
            began = time.perf_counter()
            answer = client.get(address, secure=True)
            if answer.status_code not in (200, 204):
                raise RuntimeError(f"{address} answered {answer.status_code}")
            if turn:
                spent.append(1_000 * (time.perf_counter() - began))
        with CaptureQueriesContext(connection) as asked:
            client.get(address, secure=True)
    return spent, len(asked)
