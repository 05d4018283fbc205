"""Doors for the worker."""

from celery import shared_task

from leads import clock, deliveries, lifecycle, sweeping, webhook_sending, webhooks


@shared_task
def sweep() -> None:
    """Beat, every few seconds."""
    sweeping.queue_duties()


@shared_task
def release_expired(now: str | None = None) -> None:
    """Let automation move the leads again whose hold has ended; by every sweep."""
    lifecycle.release_expired(now=clock.instant(now))


@shared_task
def send_notifications(now: str | None = None) -> None:
    """Mail and post what our own people are told; by its bell and by every sweep."""
    deliveries.send_owed(now=clock.instant(now))


@shared_task
def send_webhooks(now: str | None = None) -> None:
    """Tell other systems what happened; by its bell and by every sweep."""
    webhook_sending.send_owed(now=clock.instant(now))


@shared_task
def forget_webhooks(now: str | None = None) -> None:
    webhooks.forget(now=clock.instant(now))
