"""Rows that a worker holds while it works on them: one claim, lease and end."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.enums import TextChoices
from django.utils.translation import gettext_lazy as _

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 5
# Waiting time before the second, third, … try.
BACKOFF = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
)


class OwedState(TextChoices):
    """How far an owed row is."""

    DUE = "due", _("Due")
    DONE = "done", _("Done")
    STUCK = "stuck", _("Stuck")
    CANCELLED = "cancelled", _("Cancelled")


class OwedQuerySet(models.QuerySet["Owed"]):
    """Which rows are owed, and taking hold of one."""

    def owed(self, *, now: datetime) -> Self:
        """Due rows that nobody holds, the longest waiting first."""
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        return self.filter(free, state=OwedState.DUE, not_before__lte=now).order_by(
            "not_before", "pk"
        )

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


class Owed(models.Model):
    """Abstract: work that is owed until `state` says otherwise."""

    state = models.CharField(
        max_length=9, choices=OwedState, default=OwedState.DUE, editable=False
    )
    not_before = models.DateTimeField(editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    last_error = models.TextField(blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_stuck(self) -> bool:
        return self.state == OwedState.STUCK
