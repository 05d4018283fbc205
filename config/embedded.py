"""Celery's worker and beat as threads of the one server process.

Used where there is no Redis: `memory://` reaches no other process, so neither may be
forked off. A task that a restart drops is found again by the sweep.
"""

import warnings
from dataclasses import dataclass
from threading import Thread
from typing import Any

from celery import beat
from celery.platforms import SecurityWarning
from celery.worker import state

from config.celery import app

CONCURRENCY = 4
STOP_SECONDS = 5.0


@dataclass(frozen=True)
class Background:
    """A running worker and beat; `stop` ends both after the tasks in hand."""

    worker: Thread
    clock: Any

    def stop(self) -> None:
        """Ask both to end, and wait for them up to `STOP_SECONDS` each.

        The worker looks for the mark between two messages, every 2 seconds.
        """
        state.should_stop = 0  # the exit status with which the worker ends
        self.clock.service.stop()
        self.clock.join(STOP_SECONDS)
        self.worker.join(STOP_SECONDS)


def start() -> Background:
    """Start a worker and beat in daemon threads of this process."""
    state.should_stop = None
    thread = Thread(target=_worker().start, name="Worker", daemon=True)
    # This scheduler keeps no file; the sweep needs no memory of its last turn.
    clock = beat.EmbeddedService(app, thread=True, scheduler_cls=beat.Scheduler)
    thread.start()
    clock.start()
    return Background(worker=thread, clock=clock)


def _worker() -> Any:
    with warnings.catch_warnings():
        # For root it warns of pickled messages from others; ours never leave memory.
        warnings.simplefilter("ignore", SecurityWarning)
        return app.Worker(
            pool="threads",
            concurrency=CONCURRENCY,
            loglevel="WARNING",
            quiet=True,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
