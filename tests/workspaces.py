"""The rows of `manage.py setup`, made once for the run and written again by tests."""

from django.apps import apps
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Max

_kept = {}


def keep_rows():
    """Remember what the command writes into an empty database, and leave it empty."""
    _kept["permission"] = _newest_permission()
    with transaction.atomic():
        call_command("setup", verbosity=0)
        _kept["rows"] = [
            (table, columns, rows)
            for table, columns in _tables()
            if (rows := _read(table, columns))
        ]
        transaction.set_rollback(True)


def set_up():
    """As the command leaves the workspace, at a tenth of its price.

    The command itself is asked where the rows do not fit: a flush, which ends a test
    with transactions of its own, makes the permissions anew under other keys, and a
    test may have rows of its own in these tables.
    """
    if _newest_permission() != _kept["permission"] or _has_rows():
        call_command("setup", verbosity=0)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for table, columns, rows in _kept["rows"]:
            places = ", ".join(["%s"] * len(columns))
            names = ", ".join(columns)
            cursor.executemany(
                f"INSERT INTO {table} ({names}) VALUES ({places})",  # noqa: S608
                rows,
            )


def _tables():
    """Of every model whose rows the migrations leave out, with its columns."""
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if meta.managed and meta.app_label != "contenttypes" and model != Permission:
            columns = [f'"{field.column}"' for field in meta.concrete_fields]
            yield f'"{meta.db_table}"', columns


def _read(table, columns):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608
        return cursor.fetchall()


def _has_rows():
    asked = [f"EXISTS (SELECT 1 FROM {table})" for table, *_ in _kept["rows"]]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {' OR '.join(asked)}")
        return bool(cursor.fetchone()[0])


def _newest_permission():
    return Permission.objects.aggregate(newest=Max("pk"))["newest"]
