"""What the tables of `leads.nurture` hold of a person."""

from leads.personal import Named, Table

TABLES = [
    Table("nurture.SegmentMember", deletes=True),
    Table("nurture.Enrolment", harmless=("waits_for",)),
    Table("nurture.BulkRefusal", deletes=True),
    # A filter may search for a name, and a reason may tell of a person.
    Table(
        "nurture.BulkDeed",
        lead="",
        scrubbed=("query", "wish"),
        harmless=("words", "lead_ids", "last_error"),
    ),
    Table(
        "nurture.Mail",
        blank={"last_error": "", "filled": {}, "sent_to": "", "sent_to_key": ""},
        harmless=("once",),
        address="sent_to",
    ),
    Table(
        "nurture.Suppression",
        lead="",
        named=Named.DELETED,
        scrubbed=("email_key", "note"),
    ),
]

HARMLESS = {
    "nurture.MailTemplate": ("name", "name_key", "subject", "preheader", "body"),
    "nurture.MailWords": ("digest", "subject", "preheader", "body"),
    "nurture.Programme": ("name", "name_key", "description", "rejection_reason"),
    "nurture.Step": ("words", "conditions"),
    "nurture.Segment": ("name", "name_key", "description", "conditions"),
    "nurture.SegmentEvent": ("words",),
}
