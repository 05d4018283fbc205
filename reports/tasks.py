"""Doors for the worker."""

from celery import shared_task

from leads.clock import instant
from reports import digests, exporting


@shared_task
def write_exports(now: str | None = None) -> None:
    exporting.write_owed(now=instant(now))


@shared_task
def forget_exports(now: str | None = None) -> None:
    exporting.forget(now=instant(now))


@shared_task
def send_digests(now: str | None = None) -> None:
    digests.owe(now=instant(now))
    digests.send_owed(now=instant(now))
