"""Doors for the worker."""

from celery import shared_task

from leads.clock import instant
from reports import exporting


@shared_task
def write_exports(now: str | None = None) -> None:
    exporting.write_owed(now=instant(now))


@shared_task
def forget_exports(now: str | None = None) -> None:
    exporting.forget(now=instant(now))
