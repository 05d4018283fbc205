"""Doors for the worker."""

from celery import shared_task

from handoff import lifecycle
from handoff.routing import offers
from handoff.selling import follow_ups, invitations, reminders, worth
from handoff.sla import enforcement, stopping
from leads.clock import instant


@shared_task
def route_waiting(now: str | None = None) -> None:
    offers.route_waiting(now=instant(now))


@shared_task
def close_orphans(now: str | None = None) -> None:
    lifecycle.close_orphans(now=instant(now))


@shared_task
def follow_leads(now: str | None = None) -> None:
    follow_ups.follow_leads(now=instant(now))


@shared_task
def remind_of_tasks(now: str | None = None) -> None:
    reminders.tell_due(now=instant(now))


@shared_task
def count_worth(now: str | None = None) -> None:
    """Count again, each hour, what a lead in a stage has been worth; by every sweep."""
    worth.count_again(now=instant(now))


@shared_task
def stop_clocks(now: str | None = None) -> None:
    stopping.stop_ended(now=instant(now))


@shared_task
def enforce_sla(now: str | None = None) -> None:
    enforcement.enforce(now=instant(now))


@shared_task
def send_invitations(now: str | None = None) -> None:
    invitations.send_owed(now=instant(now))
