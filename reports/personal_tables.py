"""What the tables of `reports` hold of a person."""

from leads.personal import Table

TABLES = [
    Table(
        "reports.Export",
        lead="",
        scrubbed=("query", "last_error"),
        harmless=("report", "stored_as"),
    ),
]

HARMLESS: dict[str, tuple[str, ...]] = {}
