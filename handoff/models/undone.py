"""Decisions that were taken back."""

from django.db import models
from django.db.models import Q

from handoff.choices import UNDOABLE, HandoffStatus
from handoff.models.handoff import Handoff, RejectionReason
from leads.models import User


class UndoneDecision(models.Model):
    """What somebody had decided and took back at once; told, and counted nowhere."""

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="undone")
    status = models.CharField(max_length=9, choices=HandoffStatus)
    reason = models.ForeignKey(
        RejectionReason, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField()

    class Meta:
        ordering = ["undone_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=UNDOABLE), name="undone_status_is_a_decision"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handoff}: {self.get_status_display()}"
