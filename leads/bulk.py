"""Writing thousands of rows, or rows with large documents, in one statement.

`copying` is faster for rows that are surely new and whose keys nobody needs.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain, islice
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import Model

from leads import copying

BATCH = 500  # rows of one statement on SQLite


def insert_many(rows: Sequence[Model], *, known_by: Sequence[str] = ()) -> None:
    """Save new rows of one model; each gets its key.

    A row that is there already by the columns of a unique constraint, `known_by`, is
    left as it is and its key taken. `bulk_create` spends three times as long on asking
    every field for every value.
    """
    if not rows:
        return
    model = type(rows[0])
    fields: list[Any] = list(model._meta.concrete_fields)
    fields = [one for one in fields if not one.primary_key]
    _take_keys(rows, [one for one in fields if one.is_relation])
    values = map(attrgetter(*(one.attname for one in fields)), rows)
    ending = f"{_on_conflict(model, known_by)} RETURNING id"
    write = _as_document if connection.vendor == "postgresql" else _as_parameters
    keys = write(model, fields, values, ending)
    for row, key in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias


def update_many(rows: Sequence[Model], *, fields: Sequence[str]) -> None:
    """Save these columns of rows of one model, in one statement.

    On PostgreSQL all rows are one parameter: `bulk_update` compares each row with each
    of its keys.
    """
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql":
        model._default_manager.bulk_update(rows, fields, batch_size=BATCH)
        return
    found: list[Any] = [model._meta.get_field(name) for name in fields]
    quote = connection.ops.quote_name
    written = ", ".join(
        f"{quote(one.column)} = given.{quote(one.column)}" for one in found
    )
    typed = ", ".join(f"{quote(one.column)} {one.db_type(connection)}" for one in found)
    values = [
        {"row_id": row.pk} | {one.column: getattr(row, one.attname) for one in found}
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(model._meta.db_table)} AS held SET {written}"  # noqa: S608
            f" FROM json_to_recordset(%s::json) AS given (row_id bigint, {typed})"
            " WHERE held.id = given.row_id",
            [json.dumps(values, default=_plain)],
        )


def _as_document(
    model: type[Model], fields: Sequence[Any], values: Iterable[Any], ending: str
) -> list[int]:
    """All rows as one parameter of one statement."""
    quote = connection.ops.quote_name
    names = [one.column for one in fields]
    columns = ", ".join(map(quote, names))
    typed = ", ".join(
        f"{quote(one.column)} {one.db_type(connection)}" for one in fields
    )
    rows = [dict(zip(names, row, strict=True)) for row in values]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({columns})"  # noqa: S608
            f" SELECT {columns} FROM json_to_recordset(%s::json) AS given ({typed})"
            f"{ending}",
            [json.dumps(rows, default=_plain)],
        )
        return [key for (key,) in cursor.fetchall()]


def _as_parameters(
    model: type[Model], fields: Sequence[Any], values: Iterable[Any], ending: str
) -> list[int]:
    """Every value a parameter, `BATCH` rows a statement."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(one.column) for one in fields)
    begin = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES "  # noqa: S608
    place = f"({', '.join(['%s'] * len(fields))})"
    adapted = (list(map(copying.adapted, row)) for row in values)
    keys: list[int] = []
    with connection.cursor() as cursor:
        while batch := list(islice(adapted, BATCH)):
            places = ", ".join([place] * len(batch))
            cursor.execute(f"{begin}{places}{ending}", list(chain.from_iterable(batch)))
            keys += [key for (key,) in cursor.fetchall()]
    return keys


def _take_keys(rows: Sequence[Model], relations: Sequence[Any]) -> None:
    """What was unsaved when it was set as a relation has its key by now."""
    for field in relations:
        for row in rows:
            if getattr(row, field.attname) is None:
                related = field.get_cached_value(row, default=None)
                setattr(row, field.attname, related.pk if related else None)


def _on_conflict(model: type[Model], known_by: Sequence[str]) -> str:
    if not known_by:
        return ""
    fields: list[Any] = [model._meta.get_field(name) for name in known_by]
    columns = [one.column for one in fields]
    same = f"{columns[-1]} = excluded.{columns[-1]}"
    return f" ON CONFLICT ({', '.join(columns)}) DO UPDATE SET {same}"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot be inserted so.")
