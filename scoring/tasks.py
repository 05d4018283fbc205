"""Doors for the worker."""

from celery import shared_task

from leads import clock
from scoring import ceilings, landmark, rescoring


@shared_task
def rescore_stale(now: str | None = None) -> None:
    """Score whoever is owed it; by the bell, and by every sweep."""
    rescoring.rescore_stale(now=clock.instant(now))


@shared_task
def carry_landmark(now: str | None = None) -> None:
    """Keep the sums inside a float; by every sweep, and hardly ever anything to do."""
    landmark.carry(now=clock.instant(now))


@shared_task
def lower_ceilings(now: str | None = None) -> None:
    """Keep the index of the warmest leads near the truth; by every sweep."""
    ceilings.lower(now=clock.instant(now))
