"""Who takes in which kind of record."""

from django.conf import settings
from django.utils.module_loading import import_string

from leads.capture.importing import Kind


def kind_of(name: str) -> Kind:
    """The kind by its name, as `settings.IMPORT_KINDS` lists it."""
    kind: Kind = import_string(settings.IMPORT_KINDS[name])
    return kind
