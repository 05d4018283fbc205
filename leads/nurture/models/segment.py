"""Named groups of leads."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leads.models import Lead, User
from leads.nurture.choices import SegmentDeed, SegmentKind


class Segment(models.Model):
    """A group of leads with a name; `leads.nurture.segments` writes it.

    `counted` leads were in it at `counted_at`; a duty counts again.
    """

    name = models.CharField(_("name"), max_length=100)
    name_key = models.CharField(max_length=200, editable=False, unique=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    kind = models.CharField(
        _("kind"), max_length=10, choices=SegmentKind, default=SegmentKind.CONDITIONS
    )
    conditions = models.JSONField(_("conditions"), default=dict, blank=True)
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    counted = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        permissions = [
            ("manage_nurture", "Can build segments, mails and programmes"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=SegmentKind.values), name="segment_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("segments:detail", args=[self.pk])

    @property
    def is_list(self) -> bool:
        return self.kind == SegmentKind.LIST


class SegmentMember(models.Model):
    """A lead that a person put into a segment."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="members")
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    added_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint("segment", "lead", name="one_lead_a_segment"),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id}: {self.lead_id}"


class SegmentEvent(models.Model):
    """Who did what to a segment; append-only."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="events")
    actor = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    deed = models.CharField(max_length=8, choices=SegmentDeed)
    # What it says now, or how many leads it was about.
    words = models.TextField(blank=True)
    count = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(deed__in=SegmentDeed.values),
                name="segment_deed_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segment_id}: {self.deed}"
