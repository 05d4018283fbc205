"""Keyset pages: the next page begins after a row, not after a number of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
SALT = "leads.paging"


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursor of the page after them ("" on the last)."""

    rows: list[Row]
    next_cursor: str


def page_of(
    queryset: QuerySet[Row], *, order: Sequence[str], cursor: str, size: int
) -> Page[Row]:
    """The rows after the cursor, in the order of these fields ("-" is downwards).

    The last field must be unique and none may be null. A cursor that this order did
    not make begins at the first page.
    """
    found = queryset.order_by(*order)
    place = decode(cursor)
    if place.get("order") == list(order):
        found = found.filter(_after(order, place["values"]))
    rows = list(found[: size + 1])
    more = len(rows) > size
    return Page(rows[:size], encode(order, rows[size - 1]) if more else "")


def encode(order: Sequence[str], row: Model) -> str:
    """The place of a row in this order, signed, fit for an address."""
    values = [_plain(_value(row, name.lstrip("-"))) for name in order]
    return signed(order=list(order), values=values)


def signed(**place: Any) -> str:
    """Any place that `decode` gives back as it was, fit for an address."""
    return signing.dumps(place, salt=SALT)


def decode(cursor: str) -> dict[str, Any]:
    """The order and values that a cursor holds; nothing for what we did not sign."""
    try:
        place: dict[str, Any] = signing.loads(cursor, salt=SALT)
    except signing.BadSignature:
        return {}
    return place


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows behind the given place: a behind, or a equal and b behind, or so on."""
    behind, equal = Q(pk__in=[]), Q()
    for name, value in zip(order, values, strict=True):
        field = name.lstrip("-")
        lookup = f"{field}__{'lt' if name.startswith('-') else 'gt'}"
        behind |= equal & Q(**{lookup: value})
        equal &= Q(**{field: value})
    return behind


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
