"""What people notice while everybody is scored anew: a page, and a new activity."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from random import Random

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from leads import activities, roles
from leads.activities import NewActivity
from leads.choices import ActivityKind, Role
from scoring.benchmarks import sample

# So long between one look and the next.
PAUSE_SECONDS = 0.05


@dataclass
class Waits:
    """The longest that somebody waited, in seconds, and how often we looked."""

    page_seconds: float = 0.0
    activity_seconds: float = 0.0
    looks: int = 0


@contextmanager
def watched(*, leads: int) -> Iterator[Waits]:
    """Open lead pages and record activities, again and again, beside the block."""
    waits, is_ready, is_over = Waits(), threading.Event(), threading.Event()
    watcher = threading.Thread(target=_watch, args=(waits, is_ready, is_over, leads))
    watcher.start()
    is_ready.wait()
    try:
        yield waits
    finally:
        is_over.set()
        watcher.join()


def _watch(
    waits: Waits, is_ready: threading.Event, is_over: threading.Event, leads: int
) -> None:
    try:
        client, which = _signed_in(), Random(0)  # noqa: S311 - which lead does not matter
        _page(client, 1)  # the first one compiles the templates
        is_ready.set()
        for number in count():
            lead_id = which.randint(1, leads)
            page = _seconds(partial(_page, client, lead_id))
            activity = _seconds(partial(_record, lead_id, number))
            waits.page_seconds = max(waits.page_seconds, page)
            waits.activity_seconds = max(waits.activity_seconds, activity)
            waits.looks += 1
            if is_over.wait(PAUSE_SECONDS):
                return
    finally:
        is_ready.set()
        connection.close()


def _signed_in() -> Client:
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    client.force_login(
        roles.create_user(
            email="watcher@baton.example",
            name="Watcher",
            role=Role.MANAGER,
            password=None,
        )
    )
    return client


def _page(client: Client, lead_id: int) -> None:
    # The files need not be collected to open a page here.
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": plain}}
    with override_settings(STORAGES=storages):
        answer = client.get(reverse("leads:detail", args=[lead_id]), secure=True)
    if answer.status_code != 200:
        raise RuntimeError(f"The page of lead {lead_id}: {answer.status_code}")


def _record(lead_id: int, number: int) -> None:
    viewed = NewActivity(
        lead_id=lead_id,
        kind=ActivityKind.PAGE_VIEW,
        occurred_at=sample.END,
        source_system="watcher",
        external_id=str(number),
    )
    activities.record(activities=[viewed])


def _seconds(deed: Callable[[], None]) -> float:
    started = time.perf_counter()
    deed()
    return time.perf_counter() - started
