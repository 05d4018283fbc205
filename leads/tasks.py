"""Doors for the worker."""

from celery import shared_task

from leads import sweeping


@shared_task
def sweep() -> None:
    """Beat, every few seconds."""
    sweeping.queue_duties()
