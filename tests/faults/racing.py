"""Two deeds at the same instant, each in a thread with a connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection


class Racers:
    """Two threads that stay, so that a race costs no new connection.

    `run` returns what each deed returned, or the error that it raised if that is one
    of `errors`.
    """

    def __init__(self, *, errors):
        self.errors = errors
        self.pools = [ThreadPoolExecutor(1), ThreadPoolExecutor(1)]

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        for pool in self.pools:
            pool.submit(self._close).result()
            pool.shutdown()

    def run(self, *deeds):
        gate = Barrier(len(deeds))
        racing = [
            pool.submit(self._start, gate, deed)
            for pool, deed in zip(self.pools, deeds, strict=True)
        ]
        return [one.result(timeout=60) for one in racing]

    def _close(self):
        connection.close()

    def _start(self, gate, deed):
        gate.wait(timeout=30)
        try:
            return deed()
        except self.errors as error:
            return error
