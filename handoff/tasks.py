"""Doors for the worker."""

from celery import shared_task

from handoff import lifecycle, notices, routing
from leads.clock import instant


@shared_task
def route_waiting(now: str | None = None) -> None:
    routing.route_waiting(now=instant(now))


@shared_task
def close_orphans(now: str | None = None) -> None:
    lifecycle.close_orphans(now=instant(now))


@shared_task
def send_notices(now: str | None = None) -> None:
    notices.send_owed(now=instant(now))
