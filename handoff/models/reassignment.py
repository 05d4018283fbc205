"""What managers gave to somebody else."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from handoff.models.handoff import Handoff
from leads.models import Lead, Team, User


class Reassignment(models.Model):
    """What a manager gave away; what went together is a batch.

    Either an undecided hand-off, or a lead that sales works on. `deals` are the ids of
    the open deals that went along with a lead at work. `handoff.desk.reassigning` and
    `working` append it, and note when it was taken back.
    """

    batch = models.UUIDField()
    handoff = models.ForeignKey(
        Handoff, models.CASCADE, null=True, blank=True, related_name="reassignments"
    )
    lead = models.ForeignKey(
        Lead, models.CASCADE, null=True, blank=True, related_name="reassignments"
    )
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
    deals = models.JSONField(default=list, blank=True)
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(handoff=None) ^ Q(lead=None),
                name="reassignment_of_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="reassignment_latest"),
            models.Index(fields=["batch"], name="reassignment_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.to_rep}"

    @property
    def subject(self) -> Lead | None:
        """The lead that went, whichever way; loads the hand-off."""
        return self.handoff.lead if self.handoff else self.lead
