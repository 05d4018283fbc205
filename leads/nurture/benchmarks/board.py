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
from scoring import ceilings, engagement
from scoring.benchmarks import sample

TURNS = 40
PAGES = {
    "board": "/board/",
    "bands": "/board/?bands=1",
    "source": "/board/?source=partner",
    "graded": "/board/?grade=9",
}
# Each lead had up to 100 points on a day of the last 300, most of them few, and has
# not been scored since: an order by what they have now is that of no index. One in
# twenty or so is where no score takes it.
_SCORES = """UPDATE leads_standing SET model_version = 1, scored_seq = stale_seq,
    s_medium = points * exp({rate} * ({end} - 86400.0 * days)), ceiling = points,
    grade = once.lead_id %% 13,
    stage = CASE WHEN once.lead_id %% 37 = 0 THEN 'sql'
        WHEN once.lead_id %% 41 = 0 THEN 'accepted'
        WHEN once.lead_id %% 23 = 0 THEN 'recycled'
        WHEN points >= 40 THEN 'mql' WHEN points >= 10 THEN 'iql' ELSE 'new' END
FROM (
    SELECT lead_id, lead_id * 7919 %% 10007 * 300.0 / 10007 AS days,
        100.0 * power(lead_id * 104729 %% 10009 / 10009.0, 4) AS points
    FROM leads_standing
) AS once WHERE once.lead_id = leads_standing.lead_id"""


def run(*, leads: int, activities: int, rules: int, **_sizes: int) -> dict[str, Any]:
    """Measure in the empty database that is at hand; times in milliseconds.

    What is measured is the server's part of a page, and of the question who moved.
    """
    model = sample.make(leads=leads, activities=activities, rules=rules)
    rate = engagement.rates_of(model).medium
    end = engagement.seconds_since_landmark(model, now := timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(_SCORES.format(rate=rate, end=end), [])
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
    moved = {"moved": f"/board/moved/?since={latest or 0}"}
    for name, address in (PAGES | moved).items():
        spent, worked, queries = _times(marketer, address)
        figures[f"{name}_queries"] = queries
        figures[f"{name}_median_ms"] = round(median(spent), 1)
        figures[f"{name}_p95_ms"] = round(quantiles(spent, n=20)[-1], 1)
        figures[f"{name}_processor_ms"] = round(median(worked), 1)
    return figures


def _times(person: User, address: str) -> tuple[list[float], list[float], int]:
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
        for turn in range(TURNS + 1):
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
