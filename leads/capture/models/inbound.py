"""Systems that send us webhooks, and what each message brought."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leads.models import User


class WebhookSource(models.Model):
    """A system that sends signed messages, taken in with the rights of a person.

    `inbound.sources` writes it. Its secret is derived from `seed` (`leads.signing`).
    """

    name = models.CharField(_("name"), max_length=100)
    # The last part of its address; random, so that nobody guesses it.
    slug = models.CharField(max_length=32, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="webhook_sources")
    source_system = models.CharField(_("source system"), max_length=50, blank=True)
    is_on = models.BooleanField(_("on"), default=True)
    seed = models.CharField(max_length=64, editable=False)
    former_seed = models.CharField(max_length=64, blank=True, editable=False)
    former_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("webhooks:source", args=[self.pk])


class ReceivedWebhook(models.Model):
    """A message that was taken, and what it was answered.

    `inbound.receiving` writes it in the transaction of what the message did, so the
    same id again finds it and does nothing.
    """

    source = models.ForeignKey(
        WebhookSource, models.CASCADE, related_name="received_webhooks"
    )
    webhook_id = models.CharField(max_length=100)
    body_digest = models.CharField(max_length=64)
    received_at = models.DateTimeField(db_index=True)
    taken = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    answer = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                "source", "webhook_id", name="a_message_is_taken_once"
            )
        ]
        indexes = [models.Index(fields=["source", "-id"], name="received_log")]

    def __str__(self) -> str:
        return self.webhook_id

    def get_absolute_url(self) -> str:
        return reverse("imports:received", args=[self.pk])


class RefusedRecord(models.Model):
    """A record of a message that was not taken: its place, why, and its beginning."""

    received = models.ForeignKey(
        ReceivedWebhook, models.CASCADE, related_name="refused_records"
    )
    part = models.CharField(max_length=10)
    place = models.PositiveIntegerField()
    field = models.CharField(max_length=200, blank=True)
    reason = models.TextField()
    record = models.TextField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.part} {self.place}: {self.reason}"
