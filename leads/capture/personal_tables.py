"""What the tables of `leads.capture` hold of a person."""

from leads.personal import Named, Table
from leads.personal_tables import ERASED_KEY

TABLES = [
    # Confirmations and visits go with what they belong to.
    Table("capture.ConfirmationMail", "submission__lead", blank={"last_error": ""}),
    Table(
        "capture.Submission",
        blank={
            "once_key": ERASED_KEY,
            "values": {},
            "properties": {},
            "visitor_key": "",
        },
        named=Named.BLANKED,
        scrubbed=("values", "properties"),
        harmless=("spam_reasons", "consent_text"),
    ),
    Table(
        "capture.RefusedRow",
        lead="",
        named=Named.DELETED,
        scrubbed=("cells", "reason"),
        harmless=("column",),
    ),
    Table(
        "capture.KeptAnswer",
        lead="",
        named=Named.DELETED,
        scrubbed=("content", "key"),
        harmless=("request_digest",),
    ),
    Table(
        "capture.RefusedRecord",
        lead="",
        named=Named.DELETED,
        scrubbed=("record", "reason"),
        harmless=("part", "field"),
    ),
    Table(
        "capture.ReceivedWebhook",
        lead="",
        scrubbed=("answer",),
        harmless=("webhook_id", "body_digest"),
    ),
    Table(
        "capture.FileImport",
        lead="",
        scrubbed=("name", "fixed", "last_error"),
        harmless=(
            *("digest", "stored_as", "columns", "fields_by_column"),
            *("sheets", "sheet"),
        ),
    ),
    Table("capture.ImportTrial", lead="", scrubbed=("last_error",)),
    Table("capture.ImportUndo", lead="", scrubbed=("last_error",)),
    Table("capture.Visit", "visitor__lead", deletes=True),
    Table("capture.Visitor", deletes=True),
]

HARMLESS = {
    "capture.ApiKey": ("name", "scopes", "source_system", "prefix", "digest"),
    "capture.ImportedRecord": ("what", "fingerprint", "kept_why"),
    "capture.Bucket": ("key",),
    "capture.WebhookSource": (
        "name",
        "slug",
        "source_system",
        "seed",
        "former_seed",
    ),
    "capture.HostedForm": (
        "name",
        "slug",
        "key",
        "heading",
        "introduction",
        "button",
        "source",
        "consent_text",
        "thanks",
        "redirect_url",
        "sites",
    ),
    "capture.FormField": ("name", "label", "help_text", "choices"),
}
