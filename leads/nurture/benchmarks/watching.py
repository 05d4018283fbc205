"""Looking from beside at how far a piece of work is, as a page does."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from django.db import connection

LOOKS_EVERY_SECONDS = 0.1


class WentBackError(Exception):
    """What was seen of the progress was less than before."""


class Watch:
    """Ask again and again how far it is, over a connection of its own.

    `seen` are the figures in their order, each once.
    """

    def __init__(self, ask: Callable[[], int]) -> None:
        self.ask = ask
        self.seen: list[int] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        if self.seen != sorted(self.seen):
            raise WentBackError(str(self.seen))

    def _look(self) -> None:
        try:
            while not self._over.is_set():
                figure = self.ask()
                if self.seen[-1:] != [figure]:
                    self.seen.append(figure)
                time.sleep(LOOKS_EVERY_SECONDS)
        finally:
            connection.close()
