"""An index of three letters in a row, by which PostgreSQL finds words within words."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def make(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE INDEX lead_words ON leads_lead USING gin"
            " (search_text gin_trgm_ops)"
        )


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX lead_words")


class Migration(migrations.Migration):
    dependencies = [("leads", "0008_read_the_board_from_indexes")]

    operations = [TrigramExtension(), migrations.RunPython(make, drop)]
