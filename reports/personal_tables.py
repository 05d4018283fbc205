"""What the tables of `reports` hold of a person."""

from leads.personal import Table

TABLES = [
    Table(
        "reports.Export",
        lead="",
        scrubbed=("query", "last_error"),
        harmless=("report", "title", "stored_as"),
    ),
    Table(
        "reports.FrozenDashboard",
        lead="",
        scrubbed=("name", "words", "drawn"),
        harmless=("token",),
    ),
    Table("reports.Dashboard", lead="", scrubbed=("name",)),
]

HARMLESS: dict[str, tuple[str, ...]] = {
    "reports.DashboardTile": ("key",),
    "reports.Digest": ("last_error",),
}
