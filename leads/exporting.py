"""Everything that is held about one lead, as plain values for whoever asks for it."""

from datetime import datetime
from typing import Any

from django.db.models import ForeignKey, Model

from leads import personal
from leads.models import Lead

# How things are found again; it says nothing that the other columns do not.
_KEYS = ("_key", "search_text")


def export(*, lead: Lead, now: datetime) -> dict[str, Any]:
    """The rows of every table about the lead, by table, fit for JSON.

    `DjangoJSONEncoder` writes the dates. A person, company or campaign that a row
    points at is told by name.
    """
    held: dict[str, Any] = {"exported_at": now, "lead": lead.pk, "tables": {}}
    for table in personal.tables():
        relations = [
            column.name
            for column in table.model_class._meta.concrete_fields
            if isinstance(column, ForeignKey)
        ]
        rows = table.rows_of(lead.pk).order_by("pk").select_related(*relations)
        shown = [_shown(row) for row in rows.iterator(chunk_size=500)]
        if shown:
            held["tables"].setdefault(table.model, []).extend(shown)
    return held


def _shown(row: Model) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for column in row._meta.concrete_fields:
        if column.name.endswith(_KEYS):
            continue
        value = getattr(row, column.name)
        if isinstance(column, ForeignKey) and value is not None:
            shown[column.name] = {"id": value.pk, "name": str(value)}
        else:
            shown[column.name] = value
    return shown
