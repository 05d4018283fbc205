"""Instants in statements that are written by hand, the same on both databases."""

from datetime import UTC, datetime
from math import floor
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Func


def instant(at: datetime) -> Any:
    """The instant as this database compares it."""
    return connection.ops.adapt_datetimefield_value(at)


def seconds(column: str) -> str:
    """SQL for the whole seconds since 1970."""
    if connection.vendor == "postgresql":
        return f"CAST(floor(date_part('epoch', {column})) AS bigint)"
    return f"CAST(strftime('%%s', substr({column}, 1, 19)) AS integer)"


def microseconds(column: str) -> str:
    """SQL for the microseconds since 1970, which an instant is told in."""
    if connection.vendor == "postgresql":
        return f"CAST(date_part('epoch', {column}) * 1000000 AS bigint)"
    return f"({seconds(column)} * 1000000 + CAST(substr({column}, 21, 6) AS integer))"


class Seconds(Func):
    """The whole seconds since 1970 of an instant, in a query of the models."""

    output_field = BigIntegerField()
    told_by = staticmethod(seconds)

    def get_db_converters(self, connection: Any) -> list[Any]:
        """None: it is a whole number as it comes, and there may be very many."""
        return []

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **options: Any
    ) -> Any:
        # Of what is nothing at all PostgreSQL must be told that it is an instant.
        is_postgres = connection.vendor == "postgresql"
        at = "%(expressions)s::timestamptz" if is_postgres else "%(expressions)s"
        template = self.told_by(at).replace("%%", "%%%%")
        return super().as_sql(compiler, connection, template=template, **options)


class Microseconds(Seconds):
    """The microseconds, where two instants of one second must not be the same."""

    told_by = staticmethod(microseconds)

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **options: Any
    ) -> Any:
        sql, params = super().as_sql(compiler, connection, **options)
        # SQLite reads the instant twice.
        return sql, tuple(params) * (1 if connection.vendor == "postgresql" else 2)


def epoch(at: datetime) -> int:
    """The whole seconds since 1970 that `seconds` finds for this instant."""
    return floor(at.timestamp())


def moment(epoch_seconds: int) -> datetime:
    """The instant so many seconds since 1970."""
    return datetime.fromtimestamp(epoch_seconds, UTC)


def aware(at: datetime | str) -> datetime:
    """SQLite hands back what Django stored, which is in UTC and does not say so."""
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
