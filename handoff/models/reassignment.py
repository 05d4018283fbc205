"""Hand-offs that managers gave to somebody else."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from handoff.models.handoff import Handoff
from leads.models import Team, User


class Reassignment(models.Model):
    """An undecided hand-off that a manager gave away; what went together is a batch.

    `handoff.desk.reassigning` appends it, and notes when it was taken back.
    """

    batch = models.UUIDField()
    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="reassignments")
    from_rep = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    from_team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    to_rep = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    actor = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(_("given"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="reassignment_latest"),
            models.Index(fields=["batch"], name="reassignment_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.handoff}: {self.to_rep}"

    @property
    def may_be_undone(self) -> bool:
        """Whether it still waits with whom it was given to; loads the hand-off."""
        return (
            self.undone_at is None
            and self.handoff.is_open
            and self.handoff.rep_id == self.to_rep_id
        )
