"""Sales in the making, won and lost."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from handoff.models.handoff import Handoff
from handoff.querysets import DealQuerySet
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
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    won_at = models.DateTimeField(_("won"), null=True, blank=True)
    lost_at = models.DateTimeField(_("lost"), null=True, blank=True)
    lost_reason = models.CharField(_("lost because"), max_length=200, blank=True)

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
        ]
        indexes = [models.Index(fields=["lead"], name="deal_lead")]

    def __str__(self) -> str:
        return self.name or f"{self.lead}"

    @property
    def is_open(self) -> bool:
        return self.won_at is None and self.lost_at is None
