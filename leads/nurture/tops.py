"""The warmest leads of each column, and how many it has.

Engagement changes by the second, so no index has its order. `Standing.ceiling`, which
no engagement exceeds, has one, with all beside it that engagement is worked out from.

There are three ways. Everybody: columns are read by the ceiling until no lead further
down can be among the warmest. Few are chosen: each of them is looked at. Many are
chosen: of each column so many are looked at as have the highest ceilings, and the rest
on demand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Expression, F, Q, QuerySet, Value, When

from leads import unions
from leads.chosen import Chosen, Found
from leads.models import Standing
from leads.nurture.columns import Column
from leads.unions import Part

# Counting stops behind this, so that a lane of a million leads costs no more than this.
MOST_COUNTED = 10_000
# So many leads of a lane are looked at first; if that does not do, eight times as many.
# It mostly does, since `scoring.ceilings` keeps the first of them near what they bound.
LOOKED_AT, WIDENED = 200, 8
# Where many are chosen so many of a lane are looked at, or where the index knows all
# that is asked; on demand, of one lane, eight times as many.
READ, READ_BY_INDEX, ON_DEMAND = 600, 3_000, 8

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
# The same where not all fit that are looked at; what is shown comes first.
_FITTING = """SELECT * FROM (
    SELECT fits * behind AS is_shown, pk, warmth, lowest, seen, fitting,
        max(CASE WHEN high = lowest THEN pk END) OVER () AS last
    FROM (
        SELECT t.*, min(high) OVER () AS lowest, count(*) OVER () AS seen,
            sum(fits) OVER () AS fitting
        FROM ({query}) AS t
    ) AS looked_at
    ORDER BY fits * behind DESC, warmth DESC, pk LIMIT {size}
) AS top"""
# Of each place the warmest, and beside them how many it has.
_FEW = """SELECT place, behind, pk, warmth, fitting FROM (
    SELECT t.*, count(*) OVER (PARTITION BY place) AS fitting, row_number()
        OVER (PARTITION BY place ORDER BY behind DESC, warmth DESC, pk) AS number
    FROM ({query}) AS t WHERE fits = 1
) AS numbered WHERE number <= {size}"""


@dataclass(frozen=True)
class Place:
    """From where on a column is read.

    after: warmth and number of the lead before; below: ceiling and number of the last
    lead of those that were looked at before.
    """

    after: tuple[float, int] | None = None
    below: tuple[float, int] | None = None

    @property
    def behind(self) -> Q:
        """What comes after, in the order of warmth."""
        if self.after is None:
            return Q()
        warmth, pk = self.after
        return Q(warmth__lt=warmth) | Q(warmth=warmth, pk__gt=pk)

    @property
    def beneath(self) -> Q:
        """What comes below, in the order of the index."""
        if self.below is None:
            return Q()
        ceiling, pk = self.below
        lower = Q(ceiling__lt=ceiling) | Q(ceiling=ceiling, pk__gt=pk)
        return Q(ceiling__lte=ceiling) & lower


@dataclass(frozen=True)
class Top:
    """The warmest leads of a column: numbers and warmth, the warmest first.

    count: how many the column has, at least; is_whole: whether it has no more.
    looked_at: among how many these are the warmest, where not among all; the `rest` is
    below.
    """

    rows: Sequence[tuple[int, float]]
    count: int
    is_whole: bool = True
    looked_at: int | None = None
    rest: Place | None = None


def read(
    *,
    chosen: Chosen,
    few: Found | None,
    columns: Sequence[Column],
    warmth: Expression,
    size: int,
    place: Place,
) -> list[Top]:
    """The top of each column from this place on; `few` is what `Chosen.few` found."""
    rows = Standing.objects.annotate(warmth=warmth)
    each = [rows.filter(column.holds) for column in columns]
    if chosen.is_everybody:
        return _of_all(each, place, size)
    if few is not None:
        found = rows.filter(pk__in=few.ids)
        return _of_few(chosen.marked(found, among=few), columns, place, size)
    return _of_many([chosen.marked(one) for one in each], chosen, place, size)


def _of_all(whole: Sequence[QuerySet[Standing]], place: Place, size: int) -> list[Top]:
    """Exactly: a lead that was not looked at is under the ceiling of the last that was.

    So the top is settled once its last is above that. Of equals the lower number comes
    first, in the index as on the board.
    """
    window, open_ = LOOKED_AT, list(range(len(whole)))
    tops: list[list[tuple[int, float]]] = [[] for _column in whole]
    counts, counted = [_count(rows) for rows in whole], list[int]()
    while open_:
        asked = [
            _top(whole[number].filter(place.behind), size, window) for number in open_
        ]
        answers = unions.rows_of_each([*asked, *([] if counted else counts)])
        counted = counted or [
            rows[0][0] if rows else 0 for rows in answers[len(asked) :]
        ]
        unsettled = []
        for number, rows in zip(open_, answers, strict=False):
            rows.sort(key=lambda row: (-row[1], row[0]))
            tops[number] = [(pk, warmth) for pk, warmth, *_bounds in rows]
            if not _is_settled(rows, size, window):
                unsettled.append(number)
        open_, window = unsettled, window * WIDENED
    return [
        Top(rows, min(count, MOST_COUNTED), is_whole=count <= MOST_COUNTED)
        for rows, count in zip(tops, counted, strict=True)
    ]


def _top(rows: QuerySet[Standing], size: int, window: int) -> Part:
    ordered = rows.order_by("-ceiling", "pk").annotate(high=F("ceiling"))
    return Part(
        _TOP.replace("{size}", str(size)),
        ordered.values_list("pk", "warmth", "high")[:window],
    )


def _count(rows: QuerySet[Standing]) -> Part:
    """Counted from the coldest, whose rows change least and are in their band."""
    coldest = rows.order_by("ceiling", "-pk")
    return Part(_COUNT, coldest.values_list("pk")[: MOST_COUNTED + 1])


def _is_settled(rows: Sequence[tuple[Any, ...]], size: int, window: int) -> bool:
    """Whether no lead behind those that were looked at belongs among these."""
    if not rows:
        return True
    pk, warmth, lowest, seen, last = rows[-1]
    is_full = len(rows) == size
    return seen < window or (is_full and (warmth, -pk) >= (lowest, -last))


def _of_few(
    found: QuerySet[Standing], columns: Sequence[Column], place: Place, size: int
) -> list[Top]:
    """Exactly, by one look at each of them."""
    number = Case(
        *(When(one.holds, then=Value(at)) for at, one in enumerate(columns)),
        default=Value(-1),
    )
    rows: QuerySet[Any, Any] = _with_behind(found.annotate(place=number), place)
    asked = rows.order_by().values_list("place", "behind", "pk", "warmth", "fits")
    around = _FEW.replace("{size}", str(size))
    tops: list[list[tuple[int, float]]] = [[] for _column in columns]
    counts = [0 for _column in columns]
    [answer] = unions.rows_of_each([Part(around, asked)])
    for at, is_behind, pk, warmth, count in answer:
        if at >= 0:
            counts[at] = count
            tops[at] += [(pk, warmth)] if is_behind else []
    for top in tops:
        top.sort(key=lambda row: (-row[1], row[0]))
    return [Top(rows, count) for rows, count in zip(tops, counts, strict=True)]


def _of_many(
    each: Sequence[QuerySet[Standing]], chosen: Chosen, place: Place, size: int
) -> list[Top]:
    """The warmest of those that had most when they were scored, and how many fit."""
    most = READ if chosen.looks_at_leads else READ_BY_INDEX
    most *= ON_DEMAND if place.below else 1
    around = _FITTING.replace("{size}", str(size))
    columns = ("pk", "warmth", "high", "fits", "behind")
    parts = []
    for rows in each:
        beneath = rows.filter(place.beneath).annotate(high=F("ceiling"))
        asked: QuerySet[Any, Any] = _with_behind(beneath, place)
        ordered = asked.order_by("-ceiling", "pk").values_list(*columns)
        parts.append(Part(around, ordered[:most]))
    return [_top_of(rows, most, place) for rows in unions.rows_of_each(parts)]


def _top_of(rows: Sequence[tuple[Any, ...]], most: int, place: Place) -> Top:
    if not rows:
        return Top([], 0, is_whole=place.below is None)
    shown = [(pk, warmth) for is_shown, pk, warmth, *_rest in rows if is_shown]
    shown.sort(key=lambda row: (-row[1], row[0]))
    _is_shown, _pk, _warmth, lowest, seen, fitting, last = rows[0]
    is_end = seen < most
    return Top(
        shown,
        int(fitting),
        is_whole=is_end and place.below is None,
        looked_at=None if is_end else seen,
        rest=None if is_end else Place(below=(lowest, last)),
    )


def _with_behind(rows: QuerySet[Standing], place: Place) -> QuerySet[Standing]:
    if place.after is None:
        return rows.annotate(behind=Value(1))
    is_behind = When(place.behind, then=Value(1))
    return rows.annotate(behind=Case(is_behind, default=Value(0)))
