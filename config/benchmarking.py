"""A database of its own to measure in, and what a piece of work costs."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

from django.conf import settings
from django.db import connection
from django.test.utils import override_settings

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@contextmanager
def scratch_database() -> Iterator[None]:
    """An empty, migrated database, dropped at the end; no bell rings meanwhile."""
    creation, used = connection.creation, connection.settings_dict["NAME"]
    name = f"baton_benchmark_{os.getpid()}"
    if connection.vendor == "sqlite":
        name = str(Path(gettempdir()) / f"{name}.sqlite3")
    connection.settings_dict["TEST"]["NAME"] = name
    creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        with override_settings(BELLS={bell: [] for bell in settings.BELLS}):
            yield
    finally:
        creation.destroy_test_db(used, verbosity=0)


@dataclass
class Cost:
    """Seconds on the clock, and of processors here and in the database server."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0


@contextmanager
def measured() -> Iterator[Cost]:
    """What the block costs; the figures stand when it is left."""
    cost, clock, processor = Cost(), time.perf_counter(), _processor_seconds()
    yield cost
    cost.seconds = time.perf_counter() - clock
    cost.cpu_seconds = _processor_seconds() - processor


def peak_memory_mb() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _processor_seconds() -> float:
    """Of this process, and of our connections where the server is on this machine."""
    return time.process_time() + sum(
        _process_seconds(Path(f"/proc/{pid}/stat")) for pid in _backend_pids()
    )


def _backend_pids() -> list[int]:
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend'"
        )
        return [pid for (pid,) in cursor.fetchall()]


def _process_seconds(stat: Path) -> float:
    try:
        fields = stat.read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND
