"""Rows that a worker holds while it works on them: one claim, lease and end.

A row is `due` until it is done, cancelled, or has failed at every try and is stuck.
How often and when it is tried is its model's `WAITS`.
Whoever ends a row must still hold it: a worker that was away longer than its lease
changes nothing of what another has done meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.db.models.enums import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Longer than the time limit of a task, so that no claim outlives its worker unseen.
LEASE = timedelta(minutes=5)
# Waiting time before the second, third, … try.
BACKOFF = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
)
MAX_ATTEMPTS = len(BACKOFF) + 1

Row = TypeVar("Row", bound="Owed")


class OwedState(TextChoices):
    """How far an owed row is."""

    DUE = "due", _("Due")
    DONE = "done", _("Done")
    STUCK = "stuck", _("Stuck")
    CANCELLED = "cancelled", _("Cancelled")


class OwedQuerySet(models.QuerySet[Row]):
    """Which rows are owed, taking hold of one, and the ways in which it ends."""

    def owed(self, *, now: datetime) -> Self:
        """Due rows that nobody holds, the longest waiting first."""
        return self._free(now=now).filter(
            attempts__lt=self._most_attempts, not_before__lte=now
        )

    def stuck(self) -> Self:
        """Rows that a person must look at, the latest first."""
        return self.filter(state=OwedState.STUCK).order_by("-ended_at", "-pk")

    def held(self, row: Row) -> Self:
        """The claimed row itself; nothing once its claim is no longer the latest."""
        return self.filter(pk=row.pk, state=OwedState.DUE, lease_until=row.lease_until)

    def claim(self, pk: int, *, now: datetime) -> bool:
        """Take hold of one row; False where somebody else was faster.

        The try is counted here, so a row that kills its worker comes to an end too.
        """
        taken = (
            self.owed(now=now)
            .filter(pk=pk)
            .order_by()
            .update(lease_until=now + LEASE, attempts=F("attempts") + 1)
        )
        return bool(taken)

    def take(self, *, now: datetime) -> Row | None:
        """Claim the row that waits longest and read it; None where nothing is owed."""
        keys = self.owed(now=now).values_list("pk", flat=True)
        while (pk := keys.first()) is not None:
            if self.claim(pk, now=now):
                return self.get(pk=pk)
        return None

    def finish(self, row: Row, *, now: datetime) -> bool:
        """The work is done; False where the row is no longer held."""
        return self._end(row, OwedState.DONE, now=now)

    def cancel(self, row: Row, *, now: datetime) -> bool:
        """Nobody wants the work any more; False where the row is no longer held."""
        return self._end(row, OwedState.CANCELLED, now=now)

    def fail(self, row: Row, *, error: str, now: datetime) -> bool:
        """Let it wait for the next try; after the last the row is stuck.

        False where the row is no longer held.
        """
        held = self.held(row)
        if row.attempts >= self._most_attempts:
            return bool(held._give_up(error=error, now=now))
        not_before = now + self.model.WAITS[row.attempts - 1]
        return bool(
            held.update(not_before=not_before, lease_until=None, last_error=error)
        )

    def abandon(self, row: Row, *, error: str, now: datetime) -> bool:
        """Try it no more: the row is stuck at once. False where no longer held."""
        return bool(self.held(row)._give_up(error=error, now=now))

    def give_up(self, *, now: datetime) -> int:
        """Mark as stuck what had all its tries and no worker to tell of the last."""
        error = gettext("The worker ended while it was at work on this.")
        spent = self._free(now=now).filter(attempts__gte=self._most_attempts).order_by()
        return spent._give_up(error=error, now=now)

    def run_again(self, *, now: datetime) -> int:
        """Let the stuck ones of these rows have all their tries again; how many."""
        return (
            self.stuck()
            .order_by()
            .update(state=OwedState.DUE, attempts=0, not_before=now, ended_at=None)
        )

    @property
    def _most_attempts(self) -> int:
        return len(self.model.WAITS) + 1

    def _free(self, *, now: datetime) -> Self:
        unheld = Q(lease_until=None) | Q(lease_until__lt=now)
        return self.filter(unheld, state=OwedState.DUE).order_by("not_before", "pk")

    def _give_up(self, *, error: str, now: datetime) -> int:
        return self.update(
            state=OwedState.STUCK, ended_at=now, lease_until=None, last_error=error
        )

    def _end(self, row: Row, state: OwedState, *, now: datetime) -> bool:
        return bool(self.held(row).update(state=state, ended_at=now, lease_until=None))


class Owed(models.Model):
    """Abstract: work that is owed until `state` says otherwise.

    `WAITS` are the waiting times between its tries; a model may have others.
    """

    WAITS: ClassVar[Sequence[timedelta]] = BACKOFF

    state = models.CharField(
        max_length=9, choices=OwedState, default=OwedState.DUE, editable=False
    )
    not_before = models.DateTimeField(editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    last_error = models.TextField(blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_stuck(self) -> bool:
        return self.state == OwedState.STUCK
