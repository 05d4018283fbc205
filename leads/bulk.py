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
Row = Sequence[Any]


def insert(
    model: type[Model],
    names: Sequence[str],
    rows: Iterable[Row],
    *,
    known_by: Sequence[str] = (),
) -> list[int]:
    """Write rows with these columns, the others by default; their keys, in order.

    As `copying.insert`, but a row that is there already by the columns of a unique
    constraint, `known_by`, is left as it is and its key returned.
    """
    columns, defaults = copying.completed(model, names)
    ending = f"{_on_conflict(model, known_by)} RETURNING id"
    write = _as_document if connection.vendor == "postgresql" else _as_parameters
    return write(model, columns, rows, defaults, ending)


def insert_many(rows: Sequence[Model], *, known_by: Sequence[str] = ()) -> None:
    """Save new rows of one model; each gets its key.

    `bulk_create` spends three times as long on asking every field for every value.
    """
    if not rows:
        return
    model = type(rows[0])
    fields: list[Any] = list(model._meta.concrete_fields)
    fields = [one for one in fields if not one.primary_key]
    _take_keys(rows, [one for one in fields if one.is_relation])
    names = [one.attname for one in fields]
    keys = insert(model, names, map(attrgetter(*names), rows), known_by=known_by)
    for row, key in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias


def update(model: type[Model], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Write these columns of rows, each of which begins with its key.

    On PostgreSQL all rows are one parameter of one statement.
    """
    if not rows:
        return
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    key = quote(str(model._meta.pk.column))
    columns = copying.columns(model, names)
    if connection.vendor != "postgresql":
        written = ", ".join(f"{quote(column)} = %s" for column in columns)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {table} SET {written} WHERE {key} = %s",  # noqa: S608
                [[*map(copying.adapted, row[1:]), row[0]] for row in rows],
            )
        return
    written = ", ".join(f"{quote(one)} = given.{quote(one)}" for one in columns)
    typed = _typed(model, columns)
    document = _document(["row_id", *columns], rows)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS held SET {written}"  # noqa: S608 - our own names
            f" FROM json_to_recordset(%s::json) AS given (row_id bigint, {typed})"
            f" WHERE held.{key} = given.row_id",
            [document],
        )


def update_many(rows: Sequence[Model], *, fields: Sequence[str]) -> None:
    """Save these fields of rows of one model, in one statement.

    `bulk_update` compares each row with each of its keys.
    """
    if not rows:
        return
    model = type(rows[0])
    found: list[Any] = [model._meta.get_field(name) for name in fields]
    names = [field.attname for field in found]
    update(model, names, list(map(attrgetter("pk", *names), rows)))


def _as_document(
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Row],
    defaults: Sequence[Any],
    ending: str,
) -> list[int]:
    """All rows as one parameter of one statement, and each default once."""
    quote = connection.ops.quote_name
    given = columns[: len(columns) - len(defaults)]
    values = ", ".join([*map(quote, given), *["%s"] * len(defaults)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)}"  # noqa: S608 - our own names
            f" ({', '.join(map(quote, columns))}) SELECT {values}"
            f" FROM json_to_recordset(%s::json) AS given ({_typed(model, given)})"
            f"{ending}",
            [*map(_parameter, defaults), _document(given, rows)],
        )
        return [key for (key,) in cursor.fetchall()]


def _as_parameters(
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Row],
    defaults: Sequence[Any],
    ending: str,
) -> list[int]:
    """Every value a parameter, `BATCH` rows a statement."""
    quote = connection.ops.quote_name
    listed = ", ".join(map(quote, columns))
    begin = f"INSERT INTO {quote(model._meta.db_table)} ({listed}) VALUES "  # noqa: S608
    place = f"({', '.join(['%s'] * len(columns))})"
    adapted = (list(map(copying.adapted, [*row, *defaults])) for row in rows)
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
    columns = copying.columns(model, known_by)
    same = f"{columns[-1]} = excluded.{columns[-1]}"
    return f" ON CONFLICT ({', '.join(columns)}) DO UPDATE SET {same}"


def _typed(model: type[Model], columns: Sequence[str]) -> str:
    """The columns as a record is declared."""
    types = {one.column: one.db_type(connection) for one in model._meta.concrete_fields}
    quote = connection.ops.quote_name
    return ", ".join(f"{quote(column)} {types[column]}" for column in columns)


def _document(columns: Sequence[str], rows: Iterable[Row]) -> str:
    return json.dumps(
        [dict(zip(columns, row, strict=True)) for row in rows], default=_plain
    )


def _parameter(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot be inserted so.")
