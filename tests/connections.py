"""A second connection, for what only a server's row locks can show."""

import threading

from django.db import connection


class Work(threading.Thread):
    """Work in a connection of its own; `result` waits for what it returns."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self.work = work
        self.outcome = self.error = None
        self.start()

    def run(self):
        try:
            self.outcome = self.work()
        except Exception as error:  # noqa: BLE001 - raised again by `result`
            self.error = error
        finally:
            connection.close()

    def result(self):
        self.join(timeout=60)
        if self.error is not None:
            raise self.error
        return self.outcome


def wait_for_a_waiting_lock():
    """Return as soon as some other connection waits for a row."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with connection.cursor() as cursor:
        for _ in range(10_000):
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")
