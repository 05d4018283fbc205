"""Under which names a lead is known, and which records turned out to be one person."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from leads.models.lead import Lead
from leads.models.user import User


class ExternalId(models.Model):
    """A further id of a lead in another system; the first one is on the lead itself.

    Such come with a merge. `leads.identities` looks both up as one.
    """

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="further_ids")
    source_system = models.CharField(_("source system"), max_length=50, blank=True)
    external_id = models.CharField(_("external id"), max_length=200)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "source_system", "external_id", name="one_lead_a_further_id"
            ),
            models.CheckConstraint(
                condition=~Q(external_id=""), name="a_further_id_is_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return self.external_id


class Merge(models.Model):
    """A lead that was merged into another: its old number, and what was chosen.

    Written by `leads.merging`. `chosen` tells for each field whose value was kept,
    `lost` the values that were given up, as they were shown.
    """

    survivor = models.ForeignKey(Lead, models.CASCADE, related_name="merges")
    merged_id = models.BigIntegerField(unique=True)
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    chosen = models.JSONField(default=dict)
    lost = models.JSONField(default=dict)

    class Meta:
        ordering = ["-merged_at", "-pk"]

    def __str__(self) -> str:
        return f"#{self.merged_id} → #{self.survivor_id}"


class Distinct(models.Model):
    """Two leads of whom a person said that they are not the same; lower id first."""

    first = models.ForeignKey(
        Lead, models.CASCADE, related_name="distinct_from_higher", db_index=False
    )
    second = models.ForeignKey(Lead, models.CASCADE, related_name="distinct_from_lower")
    said_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    said_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint("first", "second", name="two_are_distinct_once"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="the_lower_of_two_is_first"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.first_id} ≠ #{self.second_id}"
