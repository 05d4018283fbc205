"""What the tests of the embedded mode run in processes of their own.

`python -m tests.config.scenes prepare`: a workspace with one lead; `record`: an
activity for it; `wait`: until it is scored; `ring`: both, beside a worker without beat.
"""

import os
import sys
import threading
import time

import django

DEADLINE_SECONDS = 60


def prepare():
    from django.core.management import call_command
    from django.utils import timezone

    from leads import lifecycle
    from leads.choices import Cause, Stage
    from leads.lifecycle import Entry
    from leads.models import Lead

    call_command("migrate", verbosity=0)
    call_command("setup")
    lead = Lead.objects.create(email="maya@northwind.example")
    entry = Entry(lead.pk, Stage.NEW, timezone.now(), Cause.IMPORT)
    lifecycle.enter_many(entries=[entry])


def record():
    from django.utils import timezone

    from leads import activities
    from leads.activities import NewActivity
    from leads.choices import ActivityKind
    from leads.models import Lead

    kind = ActivityKind.DEMO_REQUESTED
    new = NewActivity(Lead.objects.get().pk, kind, timezone.now())
    activities.record(activities=[new])


def wait():
    from django.db.models import F

    from leads.models import Standing

    scored = Standing.objects.filter(stale_seq=F("scored_seq"), s_medium__gt=0)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not scored.exists():
        assert time.monotonic() < deadline, "The activity was never scored."
        threading.Event().wait(0.1)


def ring():
    from config import embedded
    from config.celery import app

    app.conf.beat_schedule = {}
    background = embedded.start()
    record()
    wait()
    background.stop()
    assert not background.worker.is_alive()


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    {"prepare": prepare, "record": record, "wait": wait, "ring": ring}[sys.argv[1]]()
