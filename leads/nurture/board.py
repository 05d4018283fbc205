"""The nurture board: one lane a column, the warmest leads on top."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from leads import paging
from leads.choices import Stage
from leads.chosen import Chosen, Found
from leads.nurture import live, tops
from leads.nurture.cards import Card, cards_of
from leads.nurture.columns import Column
from leads.nurture.tops import Place, Top
from leads.querysets import LeadQuerySet
from scoring.engagement import (
    active_model,
    engagement_expression,
    expression_by,
    models_in_force,
)

CARDS = 25
TOP = Place()
ORDER = ("-warmth", "pk")


@dataclass(frozen=True)
class Lane:
    """One column of the board as it is at an instant.

    count: how many it has, at least; is_counted: whether these are all. looked_at:
    among how many its cards are the warmest, where not among all.
    """

    column: Column
    cards: Sequence[Card]
    # Of the page after these cards, "" on the last.
    next_cursor: str
    count: int
    is_counted: bool
    at: datetime
    looked_at: int | None = None
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
    def count_in_words(self) -> str:
        return f"{self.count:,}" if self.is_counted else f"{self.count:,}+"


def lane(
    *,
    chosen: Chosen,
    column: Column,
    at: datetime,
    cursor: str = "",
    size: int = CARDS,
) -> Lane:
    """One lane of these leads as it is at an instant, from the cursor on."""
    few, _rest = chosen.few()
    place = _place(cursor)
    return _lanes(chosen, few, [column], at=at, size=size, place=place)[0]


def lanes(
    *, chosen: Chosen, shown: Sequence[Column], at: datetime, size: int = CARDS
) -> list[Lane]:
    """Several lanes at once, in four queries; three where everybody is chosen."""
    few, _rest = chosen.few()
    return _lanes(chosen, few, shown, at=at, size=size)


def lanes_and_latest(
    *, chosen: Chosen, shown: Sequence[Column], at: datetime
) -> tuple[list[Lane], int]:
    """The lanes, and the latest move by then; in four queries.

    The move is asked for before the lanes are read, so that none is in neither.
    """
    few, [latest] = chosen.few(live.LATEST)
    return _lanes(chosen, few, shown, at=at), latest[0][0] if latest else 0


def sum_in_words(shown: Sequence[Lane]) -> str:
    """How many leads are in all of these lanes."""
    total = sum(one.count for one in shown)
    return f"{total:,}" if all(one.is_counted for one in shown) else f"{total:,}+"


def with_engagement(leads: LeadQuerySet, *, at: datetime) -> LeadQuerySet:
    """Annotate leads with their engagement at an instant."""
    model = active_model()
    return leads.annotate(
        engagement=engagement_expression(model=model, now=at, prefix="standing__")
    )


def _lanes(
    chosen: Chosen,
    few: Found | None,
    shown: Sequence[Column],
    *,
    at: datetime,
    size: int = CARDS,
    place: Place = TOP,
) -> list[Lane]:
    warmth = expression_by(models=models_in_force(), now=at)
    found = tops.read(
        chosen=chosen, few=few, columns=shown, warmth=warmth, size=size + 1, place=place
    )
    by_id = cards_of(warmth=dict(chain(*(top.rows[:size] for top in found))), at=at)
    made = []
    for column, top in zip(shown, found, strict=True):
        cards = [by_id[pk] for pk, _warmth in top.rows[:size] if pk in by_id]
        made.append(
            Lane(
                column,
                cards,
                _next(top, size, place),
                top.count,
                top.is_whole,
                at,
                looked_at=top.looked_at,
            )
        )
    return made


def _next(top: Top, size: int, place: Place) -> str:
    """The cursor of what comes after; "" where nothing does."""
    if len(top.rows) > size:
        pk, warmth = top.rows[size - 1]
        return _cursor(Place(after=(warmth, pk), below=place.below))
    return _cursor(top.rest) if top.rest else ""


def _cursor(place: Place) -> str:
    return paging.signed(order=ORDER, values=place.after, below=place.below)


def _place(cursor: str) -> Place:
    place = paging.decode(cursor)
    if place.get("order") != list(ORDER):
        return Place()
    return Place(after=place["values"], below=place.get("below"))
