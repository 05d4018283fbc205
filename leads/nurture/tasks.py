"""Doors for the worker."""

from celery import shared_task

from leads.clock import instant
from leads.nurture import recycling, segments
from leads.nurture.bulk import running as bulk
from leads.nurture.mail import sending
from leads.nurture.programmes import entering, running


@shared_task
def return_recycled(now: str | None = None) -> None:
    recycling.return_recycled(now=instant(now))


@shared_task
def count_segments(now: str | None = None) -> None:
    """Count the segments again whose count is an hour old; by every sweep."""
    segments.count_again(now=instant(now))


@shared_task
def send_mails(now: str | None = None) -> None:
    """Send the mails to leads that are owed; by its bell and by every sweep."""
    sending.send_owed(now=instant(now))


@shared_task
def run_programmes(now: str | None = None) -> None:
    """Let leads enter programmes, and do the steps that are due; by every sweep."""
    at = instant(now)
    entering.look(now=at)
    running.run_due(now=at)


@shared_task
def do_bulk_deeds(now: str | None = None) -> None:
    """Go on with what is done to many leads; by its bell and by every sweep."""
    bulk.continue_owed(now=instant(now))
