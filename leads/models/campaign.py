"""Campaigns of marketing, and who belongs to one."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leads import currencies
from leads.choices import CampaignChannel, MemberStatus


class Campaign(models.Model):
    """A marketing campaign; found again by its folded name.

    `particulars` makes one that an import names, `leads.campaigns` writes the rest.
    """

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False, unique=True)
    channel = models.CharField(
        _("channel"), max_length=8, choices=CampaignChannel, blank=True
    )
    starts_on = models.DateField(_("starts"), null=True, blank=True)
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    cost = models.DecimalField(
        _("cost"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(_("currency"), max_length=3, default=currencies.own)

    class Meta:
        ordering = ["name"]
        permissions = [("manage_campaigns", "Can plan campaigns and their members")]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel="") | Q(channel__in=CampaignChannel.values),
                name="campaign_channel_is_known",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="a_campaign_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("leads:campaigns_one", args=[self.pk])


class CampaignMember(models.Model):
    """What a person says of a lead and a campaign; `leads.campaigns` writes it.

    Whoever came by the campaign, or did something of it, belongs to it without one.
    """

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="members", db_index=False
    )
    lead = models.ForeignKey(
        "leads.Lead", models.CASCADE, related_name="campaign_members"
    )
    status = models.CharField(max_length=9, choices=MemberStatus)
    added_by = models.ForeignKey(
        "leads.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                "campaign", "lead", name="one_membership_of_a_campaign_a_lead"
            ),
            models.CheckConstraint(
                condition=Q(status__in=MemberStatus.values),
                name="member_status_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.lead_id}"
