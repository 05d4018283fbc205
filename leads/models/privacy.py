"""What people agreed to, and who asked to be forgotten."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leads.choices import ConsentHow, Purpose
from leads.models.lead import Lead
from leads.models.user import User


class Consent(models.Model):
    """One yes or no of a lead to a wording; append-only, written by `leads.consents`.

    The latest row of a purpose is what holds.
    """

    lead = models.ForeignKey(
        Lead, models.CASCADE, related_name="consents", db_index=False
    )
    purpose = models.CharField(_("purpose"), max_length=4, choices=Purpose)
    is_given = models.BooleanField(_("given"))
    text = models.TextField(_("wording"), blank=True)
    version = models.CharField(_("version"), max_length=50, blank=True)
    how = models.CharField(_("how"), max_length=12, choices=ConsentHow)
    source = models.CharField(_("where"), max_length=500, blank=True)
    at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values, how__in=ConsentHow.values),
                name="consent_words_are_known",
            ),
        ]
        indexes = [models.Index(fields=["lead", "at"], name="consent_lead")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.is_given}"


class Forgotten(models.Model):
    """A keyed hash of an address, id or number of a person who was erased.

    It cannot be turned back; `leads.forgetting` compares what comes in with it.
    """

    key_hash = models.CharField(max_length=64, unique=True)
    forgotten_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = _("forgotten")

    def __str__(self) -> str:
        return self.key_hash[:8]


class Erasure(models.Model):
    """That a lead was erased: who did it, when, and how many rows it reached."""

    lead = models.OneToOneField(Lead, models.CASCADE, related_name="erasure")
    erased_at = models.DateTimeField()
    erased_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Rows by table, such as {"leads.Activity": 12}.
    reached = models.JSONField(default=dict)

    class Meta:
        ordering = ["-erased_at", "-pk"]

    def __str__(self) -> str:
        return f"#{self.lead_id}"
