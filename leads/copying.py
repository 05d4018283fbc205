"""Writing many new rows at once, by COPY where the database has it.

Where rows may be there already, or their keys are asked back, `bulk` writes them.
"""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import NOT_PROVIDED, Model

BATCH = 5_000
# What is stored holds no circle that would have to be looked for.
_json = json.JSONEncoder(check_circular=False).encode
# What text stands for in a COPY that would end a cell or a row.
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_must_escape = re.compile(r"[\\\t\n\r]").search


def insert(
    model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write rows with these columns (`lead_id`, not `lead`), the others by default.

    A default of the model is asked once for all rows, so whatever must differ from row
    to row is named; a default of the database is left to it. A dict or a list is
    written as JSON. Errors are those of any other insert.
    """
    written, defaults = completed(model, names)
    table = connection.ops.quote_name(model._meta.db_table)
    listed = ", ".join(map(connection.ops.quote_name, written))
    write = _copy if connection.vendor == "postgresql" else _insert
    with transaction.atomic(savepoint=False):
        write(f"{table} ({listed})", rows, defaults)


def insert_objects(model: type[Model], objects: Sequence[Model]) -> None:
    """Write new rows as they are, under keys of `new_keys` that they have already.

    Rows that come without keys are given some, which nobody is told.
    """
    if not objects:
        return
    is_keyed = objects[0].pk is not None
    fields = [
        one for one in model._meta.concrete_fields if is_keyed or one != model._meta.pk
    ]
    names = [field.attname for field in fields]
    insert(model, names, map(attrgetter(*names), objects))
    for one in objects:
        one._state.adding, one._state.db = False, connection.alias


def new_keys(model: type[Model], count: int) -> list[int]:
    """Keys for so many rows, within the transaction that writes them."""
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s))"
            cursor.execute(
                f"{sequence} FROM generate_series(1, %s)", [table, key, count]
            )
            return [pk for (pk,) in cursor.fetchall()]
        # Whoever writes to SQLite is alone, so nobody else takes them meanwhile.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
        return [*range(last + 1, last + 1 + count)]


def columns(model: type[Model], names: Iterable[str]) -> list[str]:
    """The columns of these fields in the database."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return [field.column for field in fields]


def completed(model: type[Model], names: Sequence[str]) -> tuple[list[str], list[Any]]:
    """The columns of a row, the named ones first, and the defaults of the rest."""
    others = [
        field
        for field in model._meta.concrete_fields
        if field.attname not in names
        and not field.primary_key
        and field.db_default is NOT_PROVIDED
    ]
    listed = columns(model, [*names, *(field.attname for field in others)])
    return listed, [field.pre_save(model(), True) for field in others]


def _copy(target: str, rows: Iterable[Sequence[Any]], defaults: Sequence[Any]) -> None:
    ending = "".join(f"\t{_cell(value)}" for value in defaults) + "\n"
    lines = ("\t".join(map(_cell, row)) + ending for row in rows)
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {target} FROM STDIN") as copy,
    ):
        while batch := list(islice(lines, BATCH)):
            copy.write("".join(batch))


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return value.translate(_ESCAPES) if _must_escape(value) else value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (dict, list)):
        return _json(value).replace("\\", "\\\\")
    return str(value)


def _insert(
    target: str, rows: Iterable[Sequence[Any]], defaults: Sequence[Any]
) -> None:
    ending = [adapted(value) for value in defaults]
    places = ", ".join(["%s"] * (target.count(",") + 1))
    statement = f"INSERT INTO {target} VALUES ({places})"  # noqa: S608 - our own names
    values = ([*map(adapted, row), *ending] for row in rows)
    with connection.cursor() as cursor:
        while batch := list(islice(values, BATCH)):
            cursor.executemany(statement, batch)


def adapted(value: Any) -> Any:
    """The value as SQLite takes it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, dict | list):
        return json.dumps(value)
    if isinstance(value, str):
        return str(value)  # sqlite3 takes no kinds of text
    return value
