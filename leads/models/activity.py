"""What happened between a lead and us."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leads.choices import (
    OUTBOUND_KINDS,
    TOUCH_KINDS,
    ActivityKind,
    MachineReason,
)
from leads.models.campaign import Campaign
from leads.models.lead import Lead


class Activity(models.Model):
    """One thing that happened; written by `leads.activities.record`.

    Immutable but for one judgement, whether a machine made it, which
    `leads.activities` alone changes.
    """

    # Found by the index below.
    lead = models.ForeignKey(
        Lead, models.CASCADE, related_name="activities", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=30, choices=ActivityKind)
    occurred_at = models.DateTimeField(_("occurred"))
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    source_system = models.CharField(max_length=50, blank=True)
    external_id = models.CharField(max_length=200)
    url = models.CharField(_("address"), max_length=2000, blank=True)
    url_key = models.CharField(max_length=2000, blank=True, editable=False)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    subject_key = models.CharField(max_length=500, blank=True, editable=False)
    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, null=True, blank=True, related_name="activities"
    )
    properties = models.JSONField(_("properties"), default=dict, blank=True)
    actor = models.ForeignKey(
        "leads.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_machine = models.BooleanField(_("made by a machine"), default=False)
    machine_reason = models.CharField(
        _("why a machine"), max_length=8, choices=MachineReason, blank=True
    )
    # Whoever put the mark right; the machines do not judge it again.
    judged_by = models.ForeignKey(
        "leads.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        verbose_name_plural = _("activities")
        constraints = [
            models.UniqueConstraint(
                "source_system", "external_id", name="activity_is_recorded_once"
            ),
            models.CheckConstraint(
                condition=~Q(external_id=""), name="activity_has_an_external_id"
            ),
        ]
        indexes = [
            # What a lead did in order, and all that revenue is shared out by: the rows
            # themselves lie far apart.
            models.Index(
                fields=[
                    *("lead", "occurred_at", "id"),
                    *("kind", "is_machine", "campaign"),
                ],
                name="activity_history",
            ),
            # When sales got in touch: few of many.
            models.Index(
                fields=["lead", "occurred_at"],
                name="activity_touches",
                condition=Q(
                    kind__in=TOUCH_KINDS, is_machine=False, actor__isnull=False
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_at:%Y-%m-%d %H:%M}"

    @property
    def is_outbound(self) -> bool:
        return self.kind in OUTBOUND_KINDS
