"""Asking for many values at once."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Field, ForeignObject
from django.db.models.lookups import In


@ForeignObject.register_lookup
@Field.register_lookup
class AnyOf(In):
    """`__any_of`: the same as `__in` for a long list of plain values, much sooner.

    PostgreSQL gets one array, whose members Django and psycopg do not look at one by
    one. Values must be what the column holds.
    """

    lookup_name = "any_of"

    def get_prep_lookup(self) -> list[Any]:
        return list(self.rhs)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        if not self.rhs:
            raise EmptyResultSet
        column, params = self.process_lhs(compiler, connection)
        if isinstance(self.rhs[0], int):
            return f"{column} = ANY(%s::bigint[])", [*params, _array(self.rhs)]
        return f"{column} = ANY(%s)", [*params, [*self.rhs]]


def any_of(column: str, numbers: Sequence[int]) -> tuple[str, tuple[Any, ...]]:
    """The same in a statement that is written by hand, with its parameters."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s::bigint[])", (_array(numbers),)
    return f"{column} IN ({', '.join(map(str, numbers))})", ()


def _array(numbers: Sequence[int]) -> str:
    """As text, which takes a tenth of the time of dumping each of them."""
    return f"{{{','.join(map(str, numbers))}}}"
