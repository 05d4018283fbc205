"""A database of its own to measure in, and what a piece of work costs."""

import os
import resource
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model
from django.test.utils import override_settings

BATCH = 5_000
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@contextmanager
def scratch_database() -> Iterator[None]:
    """A migrated database, dropped at the end; no bell rings meanwhile."""
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


def start_afresh() -> None:
    """Empty every table, so that no benchmark meets what another one left."""
    call_command("flush", interactive=False, verbosity=0)


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


def write_plainly(
    model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write many rows by the fastest way of the database."""
    table, is_copied = model._meta.db_table, connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        (_copy if is_copied else _insert)(cursor, table, columns, iter(rows))
        if is_copied:
            sequences = connection.ops.sequence_reset_sql(no_style(), [model])
            cursor.execute(";".join(sequences) or "SELECT 1")


def kept_rows(model: type[Model]) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The columns of a table, and its rows as the database holds them."""
    columns = [str(field.column) for field in model._meta.concrete_fields]
    with connection.cursor() as cursor:
        table = model._meta.db_table
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608
        return columns, cursor.fetchall()


@transaction.atomic
def write_again(
    kept: Sequence[tuple[type[Model], list[str], list[tuple[Any, ...]]]],
) -> None:
    """Write rows as they were, into a table that the caller emptied."""
    for model, columns, rows in kept:
        write_plainly(model, columns, rows)


def empty(models: Sequence[type[Model]]) -> None:
    """Empty these tables, and whatever refers to them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            names = ", ".join(model._meta.db_table for model in models)
            cursor.execute(f"TRUNCATE {names} CASCADE")
            return
        for model in reversed(models):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608


def _copy(
    cursor: Any, table: str, columns: Sequence[str], rows: Iterator[Sequence[Any]]
) -> None:
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _insert(
    cursor: Any, table: str, columns: Sequence[str], rows: Iterator[Sequence[Any]]
) -> None:
    places = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - our names
    with transaction.atomic():
        while batch := list(islice(rows, BATCH)):
            cursor.executemany(statement, batch)


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
