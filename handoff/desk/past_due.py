"""What sales owes for longer than it promised: decisions, and first follow-ups."""

from datetime import datetime

from django.db.models import F, Subquery
from django.db.models.functions import Coalesce

from handoff.models import Clock, Handoff
from handoff.querysets import ClockQuerySet, HandoffQuerySet
from handoff.sla import stopping
from handoff.sla.stopping import FOLLOWED_UP_IN


def decisions(*, now: datetime) -> HandoffQuerySet:
    """Offers that nobody has decided in time; what stands still is not past due."""
    waiting = Handoff.objects.pending()
    return waiting.filter(due_at__lt=now, paused_at=None).order_by("due_at", "pk")


def follow_ups(*, now: datetime) -> ClockQuerySet:
    """Promises of a first follow-up that nobody has kept, the longest late first.

    `keeper` is the id of whoever is to keep it: the owner of the lead by now, else who
    accepted it. What somebody has done a moment ago is left out, though the sweep has
    not stopped its clock yet.
    """
    late = Clock.objects.running().follow_ups().filter(due_at__lt=now, paused_at=None)
    owed = late.filter(handoff__lead__standing__stage__in=FOLLOWED_UP_IN)
    touch = stopping.first_touches(now=now).values("occurred_at")[:1]
    owed = owed.annotate(touched_at=Subquery(touch)).filter(touched_at=None)
    keeper = Coalesce(F("handoff__lead__standing__owner"), F("handoff__rep"))
    return owed.annotate(keeper=keeper).order_by("due_at", "pk")
