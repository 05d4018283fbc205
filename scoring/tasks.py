"""Doors for the worker."""

from celery import shared_task

from leads import clock
from scoring import rescoring


@shared_task
def rescore_stale(now: str | None = None) -> None:
    """Score whoever is owed it; by the bell, and by every sweep."""
    rescoring.rescore_stale(now=clock.instant(now))
