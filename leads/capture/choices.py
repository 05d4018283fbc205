"""The words of capture that the code branches on."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scope(TextChoices):
    """What an API key may be used for, within the rights of its person."""

    LEADS_READ = "leads:read", _("Read leads and their scores")
    LEADS_WRITE = "leads:write", _("Add and update leads")
    ACTIVITIES_WRITE = "activities:write", _("Record activities")
    HANDOFFS_READ = "handoffs:read", _("Read hand-offs")
    HANDOFFS_DECIDE = "handoffs:decide", _("Accept and reject hand-offs")
    DEALS_WRITE = "deals:write", _("Add and update deals")
    REPORTS_READ = "reports:read", _("Read reports")


class What(TextChoices):
    """What was made, in the order of the letters that undoing goes backwards."""

    ACCOUNT = "account", _("Accounts")
    ACTIVITY = "activity", _("Activities")
    STAGE = "change", _("Stage changes")
    DEAL = "deal", _("Deals")
    LEAD = "lead", _("Leads")
