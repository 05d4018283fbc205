"""Statements put together from named pieces, for SQLite and PostgreSQL alike."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q


@dataclass(frozen=True)
class Sql:
    """A piece of a statement and its parameters, in order. A literal % is doubled."""

    text: str
    params: tuple[Any, ...] = ()


def compose(template: str, **pieces: Sql | str) -> Sql:
    """Fill `{name}` with pieces; their parameters come in the order of the text."""
    text: list[str] = []
    params: list[Any] = []
    for literal, name, _spec, _conversion in Formatter().parse(template):
        text.append(literal)
        if name:
            piece = pieces[name]
            text.append(piece if isinstance(piece, str) else piece.text)
            params += () if isinstance(piece, str) else piece.params
    return Sql("".join(text), tuple(params))


def joined(separator: str, pieces: Sequence[Sql]) -> Sql:
    """The pieces in one, in order."""
    params = tuple(param for piece in pieces for param in piece.params)
    return Sql(separator.join(piece.text for piece in pieces), params)


def number(amount: float) -> Sql:
    """A constant; PostgreSQL would take a bare one for numeric, which is slow."""
    return Sql("CAST(%s AS double precision)", (float(amount),))


def moment(at: datetime) -> Sql:
    """An instant to compare a column with."""
    return Sql("%s", (connection.ops.adapt_datetimefield_value(at),))


def is_postgresql() -> bool:
    """Which of the two databases this is."""
    return connection.vendor == "postgresql"


def epoch(column: str) -> Sql:
    """A column's whole seconds since 1970, rounded down."""
    if is_postgresql():
        return Sql(f"floor(date_part('epoch', {column}))")
    # SQLite rounds to milliseconds, which would count 59.9996 as the next minute.
    return Sql(f"CAST(strftime('%%s', substr({column}, 1, 19)) AS REAL)")


def instant(seconds: str) -> Sql:
    """Whole seconds since 1970 as a value for a column of instants."""
    if is_postgresql():
        return Sql(f"to_timestamp({seconds})")
    return Sql(
        f"strftime('%%Y-%%m-%%d %%H:%%M:%%S', CAST({seconds} AS INTEGER), 'unixepoch')"
    )


def least() -> str:
    """The name of the function that gives the least of its arguments."""
    return "LEAST" if is_postgresql() else "MIN"


def greatest() -> str:
    """The name of the function that gives the greatest of its arguments."""
    return "GREATEST" if is_postgresql() else "MAX"


def period_start(period: str, column: str) -> Sql:
    """The start of the calendar day, week or month, in the workspace's time zone."""
    zone = settings.TIME_ZONE
    made = connection.ops.datetime_trunc_sql(period, column, (), zone)
    return Sql(made[0], tuple(made[1]))


@dataclass(frozen=True)
class LeadRange:
    """Leads by a range of ids, both ends included."""

    low: int
    high: int

    def sql(self, column: str) -> Sql:
        return Sql(f"{column} BETWEEN %s AND %s", (self.low, self.high))

    def q(self, field: str) -> Q:
        return Q(**{f"{field}__gte": self.low, f"{field}__lte": self.high})


@dataclass(frozen=True)
class LeadIds:
    """Leads by their ids, as one parameter however many they are."""

    ids: tuple[int, ...]

    def sql(self, column: str) -> Sql:
        if is_postgresql():
            return Sql(f"{column} = ANY(%s)", (list(self.ids),))
        listed = json.dumps(self.ids)
        each = compose("(SELECT value FROM json_each({ids}))", ids=Sql("%s", (listed,)))
        return compose(f"{column} IN {{each}}", each=each)

    def q(self, field: str) -> Q:
        return Q(**{f"{field}__in": self.ids})


Leads = LeadRange | LeadIds
