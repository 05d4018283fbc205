"""The tables of `leads`, one module a subject."""

from leads.models.activity import Activity
from leads.models.campaign import Campaign, CampaignMember
from leads.models.identity import Distinct, ExternalId, Merge
from leads.models.lead import Account, Lead, Tag
from leads.models.notification import (
    Notification,
    NotificationChoice,
    NotificationDelivery,
    NotificationPreference,
)
from leads.models.privacy import Consent, Erasure, Forgotten
from leads.models.saved_view import SavedView
from leads.models.standing import Cycle, StageChange, Standing
from leads.models.user import Rep, Team, User
from leads.models.webhook import WebhookDelivery, WebhookEndpoint

__all__ = [
    "Account",
    "Activity",
    "Campaign",
    "CampaignMember",
    "Consent",
    "Cycle",
    "Distinct",
    "Erasure",
    "ExternalId",
    "Forgotten",
    "Lead",
    "Merge",
    "Notification",
    "NotificationChoice",
    "NotificationDelivery",
    "NotificationPreference",
    "Rep",
    "SavedView",
    "StageChange",
    "Standing",
    "Tag",
    "Team",
    "User",
    "WebhookDelivery",
    "WebhookEndpoint",
]
