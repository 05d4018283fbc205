"""Doors for the worker."""

from celery import shared_task

from leads.clock import instant
from leads.nurture import recycling


@shared_task
def return_recycled(now: str | None = None) -> None:
    recycling.return_recycled(now=instant(now))
