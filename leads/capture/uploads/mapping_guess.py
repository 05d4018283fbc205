"""Which field each column of an upload probably fills."""

from collections.abc import Sequence

from leads.capture.models import FileImport
from leads.capture.models.file_import import ImportKind
from leads.capture.uploads import systems
from leads.capture.uploads.kinds import kind_of


def kind_by(columns: Sequence[str]) -> str:
    """The `ImportKind` of which the columns name the most fields, else leads.

    A kind that lacks a field which every row needs is not thought of.
    """
    if systems.detected(columns):
        return ImportKind.LEADS
    fitting = {ImportKind.LEADS: 0}
    for kind in ImportKind:
        fields = kind_of(kind).fields
        named = {fields.named(column) for column in columns} - {None}
        if all(named & {*group} for group in fields.needs):
            fitting[kind] = len(named)
    return max(fitting, key=lambda kind: fitting[kind])


def fill(*, file_import: FileImport, system: str) -> None:
    """Set the mapping by the system's ready one, the rest by the columns' names.

    system: a key of `systems.SYSTEMS`, "generic", or empty to find it out. Leads of a
    known system get its name as their `source_system`, unless a column has it.
    """
    columns = file_import.columns
    fields = kind_of(file_import.kind).fields
    is_about_leads = file_import.kind == ImportKind.LEADS
    key = (system or systems.detected(columns)) if is_about_leads else ""
    found = systems.mapped(key, columns) if key in systems.SYSTEMS else {}
    used = {name for name in found.values() if name}
    for column in columns:
        name = fields.named(column) or ""
        if column not in found:
            found[column] = "" if name in used else name
            used.add(name)
    file_import.fields_by_column = found
    file_import.fixed = {}
    if key in systems.SYSTEMS and "source_system" not in used:
        file_import.fixed = {"source_system": key}
