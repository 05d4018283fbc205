"""Other systems that are told what happens here, and what each is told."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leads.choices import WebhookKind
from leads.models.lead import Lead
from leads.models.user import User
from leads.owed import Owed, OwedQuerySet, OwedState


def new_message_id() -> str:
    return f"msg_{uuid4().hex}"


class WebhookEndpoint(models.Model):
    """An address that is told of some kinds of events; `webhooks` writes it.

    Its secret is derived from `seed` and the workspace's key (`signing`). It is removed
    by `removed_at` and never deleted: else the deed of somebody who tells it something
    in the same second would fail.
    """

    url = models.CharField(_("address"), max_length=2000)
    description = models.CharField(_("description"), max_length=200, blank=True)
    kinds = models.JSONField(default=list)
    # It takes messages as Slack's incoming webhooks do: one text for people.
    is_chat = models.BooleanField(_("a channel of a chat"), default=False)
    is_on = models.BooleanField(_("on"), default=True)
    seed = models.CharField(max_length=64, editable=False)
    # Signed with as well until then, so that the receiver has time to change.
    former_seed = models.CharField(max_length=64, blank=True, editable=False)
    former_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    # Tries without an answer of 2xx since the last one with it.
    failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    rests_until = models.DateTimeField(null=True, blank=True, editable=False)
    # Why Baton switched it off; empty where a person did.
    off_why = models.TextField(blank=True, editable=False)
    off_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.description or self.url

    def get_absolute_url(self) -> str:
        return reverse("webhooks:endpoint", args=[self.pk])

    def is_resting(self, now: datetime) -> bool:
        return self.rests_until is not None and self.rests_until > now

    @property
    def kind_labels(self) -> list[str]:
        return [str(kind.label) for kind in WebhookKind if kind.value in self.kinds]


class WebhookDelivery(Owed):
    """One event on its way to one endpoint; `outbox` writes it, `webhook_sending` ends.

    Each try sends the same `body` under the same `message_id`.
    """

    # Between the tries; together three days. Source: Standard Webhooks, Retries.
    WAITS = (
        timedelta(seconds=5),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=5),
        timedelta(hours=10),
        timedelta(hours=14),
        timedelta(hours=20),
        timedelta(hours=24),
    )

    endpoint = models.ForeignKey(
        WebhookEndpoint, models.CASCADE, related_name="deliveries"
    )
    kind = models.CharField(max_length=20, choices=WebhookKind)
    # Goes with the lead, since the body names the person; none for a test.
    lead = models.ForeignKey(
        Lead, models.CASCADE, null=True, blank=True, related_name="webhook_deliveries"
    )
    message_id = models.CharField(max_length=40, unique=True, default=new_message_id)
    body = models.TextField()
    # By the database's clock: an imported event has a date of its own, in the past.
    made_at = models.DateTimeField(db_default=Now())
    answer_code = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = OwedQuerySet["WebhookDelivery"].as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OwedState.values),
                name="webhook_delivery_state_is_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "not_before", "id"],
                name="webhook_delivery_owed",
                condition=Q(state=OwedState.DUE),
            ),
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_log"),
            models.Index(fields=["made_at"], name="webhook_delivery_made"),
        ]

    def __str__(self) -> str:
        return self.message_id
