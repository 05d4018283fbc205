"""The connection: instants are read by C, and statements planned for our questions.

Django's own reader takes 20 microseconds for one; a report reads a hundred thousand.
"""

from datetime import UTC, datetime
from typing import Any

from django.db.backends.postgresql import base
from psycopg.adapt import AdaptersMap, Buffer
from psycopg.types.datetime import TimestamptzLoader


class InstantLoader(TimestamptzLoader):
    """Aware UTC datetimes, as the connection's time zone is UTC.

    Django looks at `timezone`: a connection in another zone gets its own reader.
    """

    timezone = UTC

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:
            # Before the year 1 or after 9999: the usual reader knows what to say.
            return super().load(data)


# Compiling a statement takes longer than most of ours run, grouping half a million rows
# should not go by way of the disk, and no disk has an arm that must move any more. A
# report reads much for each row of a short table: processors may share also those. Who
# waits for somebody else's lock is told so as soon as on SQLite (`config.busy`).
SETTINGS = (
    "SET jit = off; SET work_mem = '32MB'; SET random_page_cost = 1.1;"
    " SET min_parallel_table_scan_size = '512kB'; SET lock_timeout = '20s'"
)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of Django's with that reader."""

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        params["context"] = AdaptersMap(params["context"])
        params["context"].register_loader("timestamptz", InstantLoader)
        return params

    def init_connection_state(self) -> None:
        super().init_connection_state()
        with self.cursor() as cursor:
            cursor.execute(SETTINGS)
