"""What the tables of `leads` hold of a person."""

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from leads.personal import Named, Table

# Unique, so no two can be blank.
ERASED_KEY = Concat(Value("erased:"), Cast("pk", CharField()))

TABLES = [
    Table(
        "leads.Activity",
        blank={
            "external_id": ERASED_KEY,
            "url": "",
            "url_key": "",
            "subject": "",
            "subject_key": "",
            "properties": {},
        },
        harmless=("source_system",),
    ),
    Table("leads.StageChange", blank={"reason": ""}),
    Table("leads.Consent", blank={"text": "", "source": ""}, harmless=("version",)),
    Table("leads.ExternalId", deletes=True),
    Table("leads.Merge", lead="survivor", blank={"lost": {}}, harmless=("chosen",)),
    Table("leads.Distinct", lead="first", deletes=True),
    Table("leads.Distinct", lead="second", deletes=True),
    Table("leads.Notification", deletes=True, scrubbed=("title", "lines")),
    Table("leads.NotificationDelivery", "notification__lead", deletes=True),
    Table(
        "leads.WebhookDelivery",
        deletes=True,
        named=Named.DELETED,
        scrubbed=("body", "last_error"),
        harmless=("message_id",),
    ),
    Table("leads.Lead_tags", deletes=True),
    Table("leads.CampaignMember", deletes=True),
    Table("leads.Standing"),
    Table(
        "leads.Lead",
        lead="pk",
        blank={
            "external_id": "",
            "email": "",
            "email_key": "",
            "first_name": "",
            "last_name": "",
            "phone": "",
            "title": "",
            "custom": {},
            "search_text": "",
            "phone_key": "",
            "mailbox_key": "",
            "person_key": "",
            "do_not_mail_why": "",
            "do_not_call_why": "",
        },
        # Reports are cut by these.
        harmless=("source_system", "country", "source", "typed_fields"),
    ),
    Table("leads.Cycle", harmless=("source", "country", "industry")),
]

HARMLESS = {
    "leads.Account": (
        *("name", "name_key", "domain", "industry"),
        *("country", "country_key"),
    ),
    "leads.Campaign": ("name", "name_key", "currency"),
    "leads.Tag": ("name",),
    "leads.User": ("password", "email", "name", "time_zone"),
    "leads.Team": ("name",),
    "leads.NotificationPreference": ("chat_url",),
    "leads.WebhookEndpoint": (
        "url",
        "description",
        "kinds",
        "seed",
        "former_seed",
        "off_why",
    ),
    "leads.Forgotten": ("key_hash",),
    "leads.Erasure": ("reached",),
    # People may have searched for a name, and keep it as a word of their own.
    "leads.SavedView": ("name", "query"),
}
