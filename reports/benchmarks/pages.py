"""How long each report takes over a year, as a manager opens its page."""

import time
from statistics import median, quantiles
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from config import memory
from handoff.models import Handoff
from leads.models import StageChange
from reports.benchmarks import history
from reports.catalogue import REPORTS
from scoring.benchmarks import sample

# A year of the sample, day by day.
DATES = f"from={history.START:%Y-%m-%d}&to={sample.END:%Y-%m-%d}"
TURNS = 20
# What is asked beside the usual question of each report.
OTHERS = {
    "funnel_of_new": ("funnel", "cohort=new"),
    "funnel_by_rep": ("funnel", "by=rep"),
    "funnel_by_band": ("funnel", "by=band"),
    "acceptance_by_rep": ("acceptance", "by=rep"),
    "revenue_by_campaign": ("revenue", "by=campaign"),
}


def run(*, leads: int, activities: int, rules: int, changes: int, **_sizes: int) -> Any:
    """Measure in the empty database that is at hand; times in milliseconds."""
    sample.make(leads=leads, activities=activities, rules=rules)
    history.make(leads=leads, activities=activities, changes=changes)
    _settle()
    figures: dict[str, Any] = {
        "leads": leads,
        "activities": activities,
        "changes": StageChange.objects.count(),
        "handoffs": Handoff.objects.count(),
    }
    memory.keep_loaded()
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    client.force_login(history.manager())
    asked = {name: (name, "") for name in REPORTS} | OTHERS
    for name, (report, query) in asked.items():
        address = f"{REPORTS[report].address}?{DATES}&{query}"
        figures |= _measured(name.replace("-", "_"), client, address)
    return figures


class _Count:
    """Counts the statements that it lets pass."""

    number = 0

    def __call__(self, execute: Any, *statement: Any) -> Any:
        self.number += 1
        return execute(*statement)


def _settle() -> None:
    """As the server's own housekeeping leaves the tables after a while."""
    with connection.cursor() as cursor:
        is_copied = connection.vendor == "postgresql"
        cursor.execute("VACUUM ANALYZE" if is_copied else "ANALYZE")


def _measured(name: str, client: Client, address: str) -> dict[str, Any]:
    """Milliseconds at the server, after a first visit that warms up."""
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": plain}}
    spent, count = [], _Count()
    with override_settings(STORAGES=storages):
        with connection.execute_wrapper(count):
            _open(client, address)
        for _turn in range(TURNS):
            began = time.perf_counter()
            _open(client, address)
            spent.append(1_000 * (time.perf_counter() - began))
    return {
        f"{name}_queries": count.number,
        f"{name}_median_ms": round(median(spent), 1),
        f"{name}_p95_ms": round(quantiles(spent, n=20)[-1], 1),
    }


def _open(client: Client, address: str) -> None:
    answer = client.get(address, secure=True)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
