"""Waking a higher room after the commit, without knowing it."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def ring(bell: str) -> None:
    """Queue the tasks that `settings.BELLS` names for the bell, after the commit.

    A broker that does not answer costs a delay and nothing else: the sweep finds in
    the rows whatever the bell would have told.
    """
    for task_name in settings.BELLS[bell]:
        transaction.on_commit(_queueing(task_name), robust=True)


def _queueing(task_name: str) -> Callable[[], None]:
    # Not a `partial`: Django logs the error of a robust callback by its name.
    return lambda: _queue(task_name)


def _queue(task_name: str) -> None:
    try:
        import_string(task_name).delay()
    except (OperationalError, OSError):
        logger.warning("bell not heard", extra={"task": task_name})
