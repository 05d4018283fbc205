"""What Django's own tables and those of `scoring` hold of a person."""

from leads.personal import Table

TABLES = [
    # The log of the administration names the rows that were changed there.
    Table(
        "admin.LogEntry",
        lead="",
        scrubbed=("object_repr", "change_message"),
        harmless=("object_id",),
    ),
]

# Users of the workspace are not leads.
HARMLESS = {
    "auth.Permission": ("name", "codename"),
    "auth.Group": ("name",),
    "contenttypes.ContentType": ("app_label", "model"),
    "sessions.Session": ("session_key", "session_data"),
    "account.EmailAddress": ("email",),
    "account.EmailConfirmation": ("key",),
    "scoring.ScoringModel": ("name", "band_limits", "note"),
    "scoring.BehaviourRule": ("name", "conditions"),
    "scoring.FitCriterion": ("name", "conditions"),
    "scoring.ModelEvent": ("subject", "changes", "removed", "note"),
}
