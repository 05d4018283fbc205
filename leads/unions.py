"""Several queries in one visit to the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Values = tuple[Any, ...]


@dataclass(frozen=True)
class Part:
    """A query, and the SELECT around it, which writes `{query}` for it."""

    around: str
    query: QuerySet[Any, Any]


def rows_of_each(parts: Sequence[Part]) -> list[list[Values]]:
    """The rows of each part; those of all have columns of the same types.

    Django joins sliced queries by UNION on PostgreSQL alone; as tables of their own
    they are joined on SQLite too. A union promises no order, so whoever needs one
    sorts.
    """
    found: list[list[Values]] = [[] for _part in parts]
    statements, params = [], list[Any]()
    for number, part in enumerate(parts):
        try:
            sql, given = part.query.query.sql_with_params()
        except EmptyResultSet:
            continue
        around = part.around.format(query=sql)
        statements.append(f"SELECT {number}, p.* FROM ({around}) AS p")  # noqa: S608
        params += given
    if statements:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(statements), params)
            for number, *values in cursor.fetchall():
                found[number].append(tuple(values))
    return found
