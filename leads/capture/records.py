"""Records sent as JSON, read by the rules of an import, so that both agree."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from leads.capture import values
from leads.capture.importing import RowRefusedError
from leads.capture.mapping import TOLERANCE, FieldSet, ParsedRow, value_of

LARGEST_INTEGER = 2**53
# Fields that may come as JSON numbers as well.
NUMBERS = (values.count, values.amount)


@dataclass(frozen=True)
class Shape:
    """One kind of record as JSON.

    renamed: name in JSON → field of the import, where they differ. left_out: fields of
    the import that only a file may give. needed: names that every record must have.
    """

    fields: FieldSet
    needed: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    @property
    def free(self) -> str:
        """The member that holds what a sender may make up; empty without one."""
        return self.fields.free.removesuffix(".")

    @property
    def names(self) -> dict[str, str]:
        """Each name in JSON with its field."""
        taken = {*self.left_out, *self.renamed.values()}
        own = {name: name for name in self.fields.parsers if name not in taken}
        return {**self.renamed, **own}

    def schema(self) -> dict[str, Any]:
        """The record in JSON Schema, for the API's own documentation."""
        properties = {
            name: _schema_of(self.fields.parsers[inner])
            for name, inner in self.names.items()
        }
        if self.free:
            properties[self.free] = {"type": "object"}
        described: dict[str, Any] = {"type": "object", "properties": properties}
        if self.needed:
            described["required"] = list(self.needed)
        return {**described, "additionalProperties": False}


class Reader:
    """Reads records of one shape as rows of an import.

    source_system: of records that name none. Nothing may be dated later than a few
    minutes from now.
    """

    def __init__(self, shape: Shape, *, source_system: str, now: datetime) -> None:
        self._shape = shape
        self._names = shape.names
        self._source_system = source_system
        self._latest = now + TOLERANCE

    def row(self, record: Any, *, number: int = 0) -> ParsedRow:
        """The record as a row of that number; what is null or empty is not in it.

        Raises:
            RowRefusedError: it is no object, or one of its members cannot be taken.
        """
        if not isinstance(record, dict):
            raise RowRefusedError("", _("is no object"))
        found: dict[str, Any] = {}
        for name, given in record.items():
            found |= self._member(name, given)
        for name in self._shape.needed:
            if self._names[name] not in found:
                raise RowRefusedError(name, _("is missing"))
        if self._source_system:
            found.setdefault("source_system", self._source_system)
        return ParsedRow(number, [], found)

    def _member(self, name: str, given: Any) -> dict[str, Any]:
        """The fields that a member of the record fills."""
        is_free = bool(name) and name == self._shape.free
        if not is_free and name not in self._names:
            raise RowRefusedError(name if name.isprintable() else "", _("is no field"))
        if given is None:
            return {}
        if is_free:
            return self._free_values(name, given)
        value = self._value(name, given)
        return {} if value is None else {self._names[name]: value}

    def _value(self, name: str, given: Any) -> Any:
        parser = self._shape.fields.parsers[self._names[name]]
        try:
            if isinstance(given, list) and name == "tags":
                texts = [_text(item, parser) for item in given]
                lists = [value_of(parser, text, self._latest) or [] for text in texts]
                return [word for words in lists for word in words]
            return value_of(parser, _text(given, parser), self._latest)
        except values.ValueRefusedError as error:
            raise RowRefusedError(name, str(error)) from error

    def _free_values(self, name: str, given: Any) -> dict[str, Any]:
        if not isinstance(given, dict):
            raise RowRefusedError(name, _("must be an object"))
        found = {}
        for key, value in given.items():
            inner = f"{self._shape.fields.free}{key}"
            if self._shape.fields.parser(inner) is None:
                raise RowRefusedError(name, _("has a member with an unusable name"))
            if value is None:
                continue
            try:
                found[inner] = _plain(value)
            except values.ValueRefusedError as error:
                raise RowRefusedError(f"{name}.{key}", str(error)) from error
        return found


def _text(given: Any, parser: values.Parser) -> str:
    if isinstance(given, str):
        return given
    if isinstance(given, bool) and parser is values.yes_no:
        return "yes" if given else "no"
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    if is_number and parser in NUMBERS:
        return str(given)
    raise values.ValueRefusedError(_("must be text"))


def _plain(value: Any) -> str | int | float | bool:
    if isinstance(value, str):
        bounded: str = values.text_up_to(2_000)(values.plain(value))
        return bounded
    if isinstance(value, int) and abs(value) <= LARGEST_INTEGER:
        return value
    if isinstance(value, float):
        return value
    raise values.ValueRefusedError(_("must be text, a number, true or false"))


def _schema_of(parser: values.Parser) -> dict[str, Any]:
    if parser in NUMBERS:
        return {"type": ["number", "string", "null"]}
    if parser is values.yes_no:
        return {"type": ["boolean", "string", "null"]}
    return {"type": ["string", "null"]}
