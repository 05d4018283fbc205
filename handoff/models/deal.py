"""Sales in the making, won and lost."""

from datetime import datetime

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from handoff.choices import DealDeed, DealEnd, DealStage
from handoff.models.handoff import Handoff
from handoff.querysets import DealQuerySet
from leads import currencies
from leads.models import Lead, User


class Deal(models.Model):
    """A sale in the making, won or lost. Money in the deal's own currency."""

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="deals")
    handoff = models.ForeignKey(
        Handoff, models.SET_NULL, null=True, blank=True, related_name="deals"
    )
    owner = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="deals"
    )
    external_id = models.CharField(_("external id"), max_length=200, blank=True)
    source_system = models.CharField(_("source system"), max_length=50, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    amount = models.DecimalField(
        _("amount"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(_("currency"), max_length=3, default=currencies.own)
    stage = models.CharField(
        _("stage"), max_length=11, choices=DealStage, default=DealStage.DISCOVERY
    )
    expected_close_on = models.DateField(_("expected close"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    won_at = models.DateTimeField(_("won"), null=True, blank=True)
    lost_at = models.DateTimeField(_("lost"), null=True, blank=True)
    lost_reason = models.CharField(_("lost because"), max_length=200, blank=True)
    won_reason = models.CharField(_("won because"), max_length=200, blank=True)
    close_note = models.TextField(_("note"), blank=True, max_length=2000)
    # What one unit of the currency was worth in the one that reports are kept in.
    close_rate = models.DecimalField(
        _("exchange rate at close"),
        max_digits=18,
        decimal_places=8,
        null=True,
        blank=True,
    )
    # Rises with every change, so that nobody writes over what they have not seen.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = DealQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "source_system",
                "external_id",
                condition=~Q(external_id=""),
                name="one_deal_an_external_id",
            ),
            models.CheckConstraint(
                condition=Q(won_at__isnull=True) | Q(lost_at__isnull=True),
                name="a_deal_is_not_won_and_lost",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=DealStage.values), name="deal_stage_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["lead"], name="deal_lead"),
            models.Index(fields=["-opened_at", "-id"], name="deal_opened"),
            models.Index(
                fields=["stage", "expected_close_on", "id"],
                name="deal_board",
                condition=Q(won_at__isnull=True, lost_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.lead}"

    @property
    def is_open(self) -> bool:
        return self.won_at is None and self.lost_at is None

    @property
    def closed_at(self) -> datetime | None:
        return self.won_at or self.lost_at

    @property
    def close_reason(self) -> str:
        return self.won_reason or self.lost_reason


class DealReason(models.Model):
    """Why a deal was won or lost; a retired one stays, in words, on its deals."""

    end = models.CharField(_("how it ended"), max_length=4, choices=DealEnd)
    label = models.CharField(_("reason"), max_length=100)
    needs_note = models.BooleanField(_("asks for a note"), default=False)
    position = models.PositiveIntegerField(default=0)
    is_on = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint("end", "label", name="one_deal_reason_a_label")
        ]

    def __str__(self) -> str:
        return self.label


class DealChange(models.Model):
    """One thing that somebody did with a deal; append-only.

    `changes` holds what was and what is, as shown: `{"amount": ["900", "1,200"]}`.
    """

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    actor = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    deed = models.CharField(max_length=8, choices=DealDeed)
    changes = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.deal}: {self.get_deed_display()}"
