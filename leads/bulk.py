"""Writing thousands of rows, or rows with large documents, in one statement.

`copying` is faster for rows that are surely new and whose keys nobody needs.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model

BATCH = 500  # rows of one statement on SQLite


def insert_many(rows: Sequence[Model], *, known_by: Sequence[str] = ()) -> None:
    """Save new rows of one model, in one statement; each gets its key.

    A row that is there already by the columns of a unique constraint, `known_by`, is
    left as it is and its key taken. On PostgreSQL all rows are one parameter, which
    costs a third of what `bulk_create` spends on quoting value by value.
    """
    if not rows:
        return
    model = type(rows[0])
    if connection.vendor != "postgresql":
        model._default_manager.bulk_create(
            rows,
            update_conflicts=bool(known_by),
            unique_fields=known_by or None,
            update_fields=known_by[-1:] or None,
        )
        return
    keys = _insert(model, rows, known_by)
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


def _insert(
    model: type[Model], rows: Sequence[Model], known_by: Sequence[str]
) -> list[int]:
    fields: list[Any] = list(model._meta.concrete_fields)
    fields = [one for one in fields if not one.primary_key]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(one.column) for one in fields)
    typed = ", ".join(
        f"{quote(one.column)} {one.db_type(connection)}" for one in fields
    )
    document = json.dumps(
        [{one.column: _value(row, one) for one in fields} for row in rows],
        default=_plain,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({columns})"  # noqa: S608
            f" SELECT {columns} FROM json_to_recordset(%s::json) AS given ({typed})"
            f"{_on_conflict(model, known_by)} RETURNING id",
            [document],
        )
        return [key for (key,) in cursor.fetchall()]


def _value(row: Model, field: Any) -> Any:
    value = getattr(row, field.attname)
    if value is None and field.is_relation:
        # What was unsaved when it was set has its key by now.
        related = field.get_cached_value(row, default=None)
        value = related.pk if related else None
        setattr(row, field.attname, value)
    return value


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
