"""What sales asks marketing about a lead before it decides."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from handoff.choices import HandoffStatus, InquiryState
from handoff.models.handoff import Handoff
from handoff.querysets import InquiryQuerySet
from leads.models import User


class Inquiry(models.Model):
    """One question about an offer; `handoff.inquiries.asking` writes it.

    It ends with the offer: what was decided needs no answer any more.
    """

    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="inquiries")
    state = models.CharField(
        max_length=9, choices=InquiryState, default=InquiryState.OPEN
    )
    text = models.TextField(_("question"), max_length=2000)
    asked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField()
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    ended_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        verbose_name_plural = _("inquiries")
        constraints = [
            models.UniqueConstraint(
                "handoff",
                condition=Q(state=InquiryState.OPEN),
                name="one_open_inquiry_a_handoff",
            ),
            models.CheckConstraint(
                condition=Q(state=InquiryState.OPEN, ended_at__isnull=True)
                | Q(
                    state__in=(InquiryState.ANSWERED, InquiryState.WITHDRAWN),
                    ended_at__isnull=False,
                ),
                name="an_inquiry_is_open_or_has_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["-asked_at", "-id"], name="inquiry_latest"),
            models.Index(
                fields=["asked_at"],
                name="inquiry_open",
                condition=Q(state=InquiryState.OPEN),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handoff.lead}: {self.text[:50]}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer: it ends with the offer."""
        is_pending = self.handoff.status == HandoffStatus.PENDING
        return self.state == InquiryState.OPEN and is_pending
