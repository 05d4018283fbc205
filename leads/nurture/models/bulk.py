"""What a person does to many leads at once, and which of them it was refused for."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leads.models import Lead, User
from leads.nurture.choices import BulkKind, BulkLayout
from leads.owed import Owed, OwedQuerySet, OwedState


class BulkDeedQuerySet(OwedQuerySet["BulkDeed"]):
    """Deeds that are owed to somebody, and those that are done."""


class BulkDeed(Owed):
    """One deed for many leads, and how far it is; `bulk.running` writes it.

    The leads are those in `lead_ids`, or where there are none all that the filter
    `query` of the page finds or that are in the segment of that number, up to the lead
    `last_id`, the latest when it was asked for. `cursor` is the last lead that was
    looked at; it moves in the transaction that writes what was done, so that a worker
    who died goes on at the next one.
    """

    kind = models.CharField(max_length=8, choices=BulkKind)
    # What is wanted, as the form of the kind gives it, and in words.
    wish = models.JSONField(default=dict)
    words = models.CharField(max_length=200)
    layout = models.CharField(max_length=7, choices=BulkLayout)
    query = models.TextField(blank=True)
    lead_ids = models.JSONField(default=list)
    last_id = models.PositiveBigIntegerField()
    cursor = models.PositiveBigIntegerField(default=0)
    total = models.PositiveIntegerField(_("leads"))
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    asked_at = models.DateTimeField(_("asked for"))

    objects = BulkDeedQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["-asked_at", "-id"], name="bulk_latest")]

    def __str__(self) -> str:
        return self.words

    def get_absolute_url(self) -> str:
        return reverse("bulk:detail", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return self.state == OwedState.DUE

    @property
    def unchanged(self) -> int:
        """How many were as wanted before."""
        return self.done - self.changed - self.refused


class BulkRefusal(models.Model):
    """A lead that a deed was refused for, and why; append-only."""

    deed = models.ForeignKey(BulkDeed, models.CASCADE, related_name="refusals")
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.reason}"
