"""A lead's way with a real Redis, and worker and beat in processes of their own.

`make test-services` runs this; the servers come from DATABASE_URL and REDIS_URL.
"""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from config.celery import app
from leads import activities
from leads.activities import NewActivity
from leads.choices import ActivityKind, Stage
from leads.models import Standing
from tests.leads.factories import LeadFactory, RepFactory, TeamFactory

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
]

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds; only a failure waits so long


@pytest.fixture
def environment(workspace):
    """For processes that work on this test's database and on a queue of its own."""
    return os.environ | {
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


@pytest.fixture
def celery(environment):
    """Starts `celery worker` or `celery beat`; ends what it started."""
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    started = []

    def start(*words):
        command = [sys.executable, "-m", "celery", "-A", "config", *words]
        process = subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.wait(timeout=PATIENCE)


@pytest.fixture
def real_queue():
    app.conf.task_always_eager = False
    yield
    app.conf.task_always_eager = True


def database_url():
    base = os.environ["DATABASE_URL"].rpartition("/")[0]
    return f"{base}/{connection.settings_dict['NAME']}"


def ask_for_a_demo(lead):
    activity = NewActivity(
        lead_id=lead.pk, kind=ActivityKind.DEMO_REQUESTED, occurred_at=timezone.now()
    )
    activities.record(activities=[activity])


def wait_until(condition):
    """Ask again and again; what it waits for is another process."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        threading.Event().wait(0.1)


def stage_of(lead):
    return Standing.objects.get(pk=lead.pk).stage


def test_a_demo_request_wakes_the_worker_and_reaches_a_rep(celery, real_queue):
    rep = RepFactory(team=TeamFactory(is_default=True))
    lead = LeadFactory()
    celery("worker", "--pool", "solo", "--loglevel", "WARNING")

    ask_for_a_demo(lead)

    wait_until(lambda: lead.handoffs.filter(rep=rep.user).exists())
    assert stage_of(lead) == Stage.SQL


def test_beat_finds_what_a_lost_bell_left_behind(celery, real_queue, settings):
    lead = LeadFactory()
    settings.BELLS = {bell: [] for bell in settings.BELLS}
    ask_for_a_demo(lead)

    celery("worker", "--pool", "solo", "--loglevel", "WARNING")
    celery("beat", "--scheduler", "celery.beat:Scheduler", "--loglevel", "WARNING")

    wait_until(lambda: stage_of(lead) == Stage.SQL)


def test_a_killed_worker_loses_nothing(celery, real_queue):
    leads = LeadFactory.create_batch(20)
    first = celery("worker", "--pool", "solo", "--loglevel", "WARNING")
    for lead in leads:
        ask_for_a_demo(lead)
    first.kill()
    first.wait(timeout=PATIENCE)

    celery("worker", "--pool", "solo", "--loglevel", "WARNING")
    celery("beat", "--scheduler", "celery.beat:Scheduler", "--loglevel", "WARNING")

    wanted = Standing.objects.filter(stage=Stage.SQL)
    wait_until(lambda: wanted.count() == len(leads))
