"""What people say to a rejection."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from handoff.choices import RemarkKind
from handoff.models.handoff import Handoff
from leads.models import User


class Remark(models.Model):
    """An answer to a rejection, its dispute, or that marketing has learned from it.

    `handoff.feedback.remarks` writes it.
    """

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="remarks")
    kind = models.CharField(max_length=7, choices=RemarkKind)
    text = models.TextField(_("text"), max_length=2000, blank=True)
    actor = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=RemarkKind.values), name="remark_kind_is_known"
            ),
            models.UniqueConstraint(
                "handoff",
                "kind",
                condition=~Q(kind=RemarkKind.ANSWER),
                name="a_rejection_is_disputed_and_learned_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handoff_id}: {self.kind}"
