"""Where personal data lies: each room names its tables, and a test names who forgot.

`settings.PERSONAL_DATA` lists the modules. Each has `TABLES`, what is held about a lead
and what erasure leaves of it, and `HARMLESS`, the text columns of other tables, which
hold nothing of a lead. Export and erasure read the same list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import JSONField, Model, QuerySet, TextField
from django.db.models.fields import CharField, Field


class Named(Enum):
    """What erasure does with a row that names the person, but is not theirs."""

    SCRUBBED = "only the words are taken out"
    BLANKED = "it is blanked like a row of theirs"
    DELETED = "it goes"


@dataclass(frozen=True)
class Table:
    """What a table holds of a lead.

    lead: the path from a row to the lead, "" where nothing leads there. blank: what
    erasure writes into which columns. deletes: it removes the rows instead. scrubbed:
    columns in which a row that is not theirs may name the person, and `named` is what
    becomes of such a row. typed: a JSON column of the lead's rows, and the key under
    which people typed words into it. harmless: text that says nothing of a person.
    address: a column with an address of the lead's, be it a former one.
    """

    model: str
    lead: str = "lead"
    blank: Mapping[str, Any] = field(default_factory=dict)
    deletes: bool = False
    named: Named = Named.SCRUBBED
    scrubbed: tuple[str, ...] = ()
    typed: tuple[tuple[str, str], ...] = ()
    harmless: tuple[str, ...] = ()
    address: str = ""

    @property
    def model_class(self) -> type[Model]:
        return apps.get_model(self.model)

    def rows_of(self, lead_id: int) -> QuerySet[Model]:
        """The rows about this lead."""
        rows = self.model_class._base_manager.all()
        return rows.filter(**{self.lead: lead_id}) if self.lead else rows.none()


def tables() -> list[Table]:
    """What all rooms hold, in the order in which erasure goes through it."""
    return [table for module in _modules() for table in module.TABLES]


def addresses_of(lead_id: int) -> set[str]:
    """The addresses, former ones too, that the tables know of the lead."""
    found: set[str] = set()
    for table in tables():
        if table.address:
            found.update(table.rows_of(lead_id).values_list(table.address, flat=True))
    return found - {""}


def harmless() -> dict[str, tuple[str, ...]]:
    """The text columns of tables that hold nothing of a lead."""
    return {
        model: columns
        for module in _modules()
        for model, columns in module.HARMLESS.items()
    }


def text_columns(model: type[Model]) -> set[str]:
    """The columns that could hold anything: text without choices, and JSON."""
    return {column.name for column in model._meta.concrete_fields if _is_text(column)}


def unnamed() -> Iterator[str]:
    """The text columns of all tables that no room has named, as "app.Model.column"."""
    named: dict[str, set[str]] = {
        model: {*columns} for model, columns in harmless().items()
    }
    for table in tables():
        columns = text_columns(table.model_class) if table.deletes else set()
        columns |= {*table.blank, *table.scrubbed, *table.harmless}
        named.setdefault(table.model, set()).update(columns)
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label
        for column in sorted(text_columns(model) - named.get(label, set())):
            yield f"{label}.{column}"


def _is_text(column: "Field[Any, Any]") -> bool:
    if column.choices or column.is_relation:
        return False
    return isinstance(column, CharField | TextField | JSONField) or (
        column.get_internal_type() in ("FileField", "BinaryField")
    )


def _modules() -> list[Any]:
    return [import_module(name) for name in settings.PERSONAL_DATA]
