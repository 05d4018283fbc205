"""Finding what nobody was woken for: every duty is a query over rows."""

from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string


def queue_duties() -> None:
    """Queue one task for each duty; each does a batch of what is owed."""
    for task_name in settings.DUTIES:
        import_string(task_name).delay()


def do_duties(*, now: datetime) -> None:
    """Do every duty here and now, in the order of `settings.DUTIES`."""
    for task_name in settings.DUTIES:
        import_string(task_name)(now.isoformat())
