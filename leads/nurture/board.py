"""The nurture board: one lane a stage, the warmest leads on top.

Engagement changes by the second, so no index has its order. `Standing.ceiling`, which
no engagement exceeds, has one: a lane is read by it until no lead further down can be
among the warmest. The whole board is three queries, whatever its size.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.db.models import Expression, F, Q, QuerySet

from leads import paging, unions
from leads.bands import HOT, WARM
from leads.choices import Stage
from leads.models import Standing
from leads.nurture.cards import Card, cards_of
from leads.nurture.choices import Band
from leads.querysets import LeadQuerySet
from leads.unions import Part
from scoring.engagement import (
    active_model,
    engagement_expression,
    expression_by,
    models_in_force,
)

LANES = (
    Stage.NEW,
    Stage.IQL,
    Stage.MQL,
    Stage.SQL,
    Stage.ACCEPTED,
    Stage.RECYCLED,
)
CARDS = 25
# Counting stops behind this, so that a lane of a million leads costs no more than this.
MOST_COUNTED = 10_000
ORDER = ("-warmth", "pk")
# So many leads of a lane are looked at first; if that does not do, eight times as many.
# It mostly does, since `scoring.ceilings` keeps the first 300 near what they bound.
LOOKED_AT, WIDENED = 200, 8
# The warmest of those that are looked at; beside each the lowest ceiling of them all,
# the last lead that has it, and how many they are.
_TOP = """SELECT * FROM (
    SELECT pk, warmth, lowest, seen, max(CASE WHEN high = lowest THEN pk END) OVER ()
        AS last
    FROM (
        SELECT t.*, min(high) OVER () AS lowest, count(*) OVER () AS seen
        FROM ({query}) AS t
    ) AS looked_at
    ORDER BY warmth DESC, pk LIMIT {size}
) AS top"""
_COUNT = "SELECT count(*), 0e0, 0e0, 0, 0 FROM ({query}) AS t"
# No lead is warmer than its ceiling, by which the index finds those that may be.
BANDS = {
    Band.HOT: Q(warmth__gte=HOT, ceiling__gte=HOT),
    Band.WARM: Q(warmth__gte=WARM, warmth__lt=HOT, ceiling__gte=WARM),
    Band.COLD: Q(warmth__lt=WARM),
}


@dataclass(frozen=True)
class Column:
    """What stands in one column: a stage, or one band of it."""

    stage: Stage
    band: Band | None = None

    @property
    def key(self) -> str:
        """Its name in addresses and pages, such as `mql` or `mql-hot`."""
        return f"{self.stage}-{self.band}" if self.band else self.stage

    @property
    def label(self) -> str:
        stage = self.stage.label
        return f"{stage} · {self.band.label}" if self.band else str(stage)


@dataclass(frozen=True)
class Lane:
    """One column of the board as it is at an instant."""

    column: Column
    cards: Sequence[Card]
    # Of the page after these cards, "" on the last.
    next_cursor: str
    count: int
    at: datetime
    # What leads of the stage have brought, and so what these may bring, in cents.
    worth: Any = None
    expected: int | None = None

    @property
    def stage(self) -> Stage:
        return self.column.stage

    @property
    def asking(self) -> str:
        """Its cards as the query of an address."""
        return urlencode([("lead", card.number) for card in self.cards])

    @property
    def is_counted(self) -> bool:
        """Whether the count is the whole one."""
        return self.count <= MOST_COUNTED

    @property
    def count_in_words(self) -> str:
        return f"{self.count:,}" if self.is_counted else f"{MOST_COUNTED:,}+"


def columns(*, by_band: bool) -> list[Column]:
    """The columns of the board; by band, MQL is three."""
    found = [Column(stage) for stage in LANES]
    if by_band:
        place = LANES.index(Stage.MQL)
        found[place : place + 1] = [Column(Stage.MQL, band) for band in Band]
    return found


def column_named(key: str) -> Column | None:
    """The column with this name; None where there is none."""
    known = [*columns(by_band=False), *columns(by_band=True)]
    return next((column for column in known if column.key == key), None)


def column_of(stage: Stage, warmth: float, *, by_band: bool) -> Column | None:
    """The column in which a lead stands; None where its stage has none."""
    if stage not in LANES:
        return None
    if not by_band or stage != Stage.MQL:
        return Column(stage)
    band = Band.HOT if warmth >= HOT else Band.WARM if warmth >= WARM else Band.COLD
    return Column(stage, band)


def lane(
    *,
    leads: LeadQuerySet,
    column: Column,
    at: datetime,
    cursor: str = "",
    size: int = CARDS,
) -> Lane:
    """One lane of these leads as it is at an instant, from the cursor on."""
    return lanes(leads=leads, shown=[column], at=at, cursor=cursor, size=size)[0]


def lanes(
    *,
    leads: LeadQuerySet,
    shown: Sequence[Column],
    at: datetime,
    cursor: str = "",
    size: int = CARDS,
) -> list[Lane]:
    """Several lanes at once, in three queries; the cursor is that of a single one."""
    warmth = expression_by(models=models_in_force(), now=at)
    found = [_standings(leads, column, warmth) for column in shown]
    tops, counts = _read([_behind(rows, cursor) for rows in found], found, size + 1)
    by_id = cards_of(warmth=dict(chain(*(top[:size] for top in tops))), at=at)
    made = []
    for column, top, count in zip(shown, tops, counts, strict=True):
        cards = [by_id[pk] for pk, _warmth in top[:size] if pk in by_id]
        next_cursor = paging.encode(ORDER, cards[-1]) if len(top) > size else ""
        made.append(Lane(column, cards, next_cursor, count, at))
    return made


def sum_in_words(shown: Sequence[Lane]) -> str:
    """How many leads are in all of these lanes."""
    total = sum(min(one.count, MOST_COUNTED) for one in shown)
    return f"{total:,}" if all(one.is_counted for one in shown) else f"{total:,}+"


def with_engagement(leads: LeadQuerySet, *, at: datetime) -> LeadQuerySet:
    """Annotate leads with their engagement at an instant."""
    model = active_model()
    return leads.annotate(
        engagement=engagement_expression(model=model, now=at, prefix="standing__")
    )


def _standings(
    leads: LeadQuerySet, column: Column, warmth: Expression
) -> QuerySet[Standing]:
    """The standings of one column; without a filter the leads are not looked at."""
    rows = Standing.objects.filter(stage=column.stage).annotate(warmth=warmth)
    if leads.query.where:
        rows = rows.filter(lead__in=leads.order_by().values("pk"))
    return rows.filter(BANDS[column.band]) if column.band else rows


def _behind(rows: QuerySet[Standing], cursor: str) -> QuerySet[Standing]:
    place = paging.decode(cursor)
    if place.get("order") != list(ORDER):
        return rows
    warmth, pk = place["values"]
    return rows.filter(Q(warmth__lt=warmth) | Q(warmth=warmth, pk__gt=pk))


def _read(
    behind: Sequence[QuerySet[Standing]],
    whole: Sequence[QuerySet[Standing]],
    size: int,
) -> tuple[list[list[tuple[int, float]]], list[int]]:
    """The top of each column, the warmest first, exactly; and how many it has.

    A lead that was not looked at is under the ceiling of the last that was; the top is
    settled once its last is above that. Of equals the lower number comes first, in the
    index as on the board.
    """
    window, open_ = LOOKED_AT, list(range(len(behind)))
    tops: list[list[tuple[int, float]]] = [[] for _column in behind]
    counts, counted = [_count(rows) for rows in whole], list[int]()
    while open_:
        asked = [_top(behind[place], size, window) for place in open_]
        answers = unions.rows_of_each([*asked, *([] if counted else counts)])
        counted = counted or [
            rows[0][0] if rows else 0 for rows in answers[len(asked) :]
        ]
        unsettled = []
        for place, rows in zip(open_, answers, strict=False):
            rows.sort(key=lambda row: (-row[1], row[0]))
            tops[place] = [(pk, warmth) for pk, warmth, *_bounds in rows]
            if not _is_settled(rows, size, window):
                unsettled.append(place)
        open_, window = unsettled, window * WIDENED
    return tops, counted


def _top(rows: QuerySet[Standing], size: int, window: int) -> Part:
    ordered = rows.order_by("-ceiling", "pk").annotate(high=F("ceiling"))
    return Part(
        _TOP.replace("{size}", str(size)),
        ordered.values_list("pk", "warmth", "high")[:window],
    )


def _count(rows: QuerySet[Standing]) -> Part:
    return Part(_COUNT, rows.order_by().values_list("pk")[: MOST_COUNTED + 1])


def _is_settled(rows: Sequence[tuple[Any, ...]], size: int, window: int) -> bool:
    """Whether no lead behind those that were looked at belongs among these."""
    if not rows:
        return True
    pk, warmth, lowest, seen, last = rows[-1]
    is_full = len(rows) == size
    return seen < window or (is_full and (warmth, -pk) >= (lowest, -last))
