"""Doors for the worker."""

from celery import shared_task

from leads.capture import idempotency, limits
from leads.capture.hosted import confirming, spam
from leads.capture.inbound import receiving
from leads.capture.tracking import visitors
from leads.capture.uploads import running, storing, trying, undoing
from leads.clock import instant


@shared_task
def send_confirmations(now: str | None = None) -> None:
    confirming.send_owed(now=instant(now))


@shared_task
def continue_imports(now: str | None = None) -> None:
    running.continue_owed(now=instant(now))
    trying.continue_owed(now=instant(now))
    undoing.continue_owed(now=instant(now))


@shared_task
def forget_strangers(now: str | None = None) -> None:
    """What nobody asks for any more: visitors, spam, limits, answers, files, hooks."""
    visitors.forget(now=instant(now))
    spam.forget(now=instant(now))
    limits.forget(now=instant(now))
    idempotency.forget(now=instant(now))
    storing.forget(now=instant(now))
    receiving.forget(now=instant(now))
