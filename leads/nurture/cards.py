"""What the cards of the board say, worked out before they are printed.

A board shows more than a hundred cards, so a card is plain words, read without making
objects of rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from leads.ages import span_between
from leads.bands import HOT, WARM
from leads.choices import GRADES
from leads.models import Lead
from leads.models.lead import initials_of, name_of


@dataclass(frozen=True, slots=True)
class Card:
    """One lead as the board shows it at an instant."""

    pk: int
    number: str
    name: str
    initials: str
    role: str
    source: str
    age: str
    is_held: bool
    do_not_mail: bool
    do_not_call: bool
    warmth: float
    points: str
    band: str
    grade: str
    address: str
    move: str
    look: str
    tick_words: str
    move_words: str

    @property
    def kind(self) -> tuple[bool, ...]:
        """What decides which parts a card has; those of one kind differ in words."""
        is_marked = self.do_not_mail, self.do_not_call, self.is_held
        return bool(self.source), *is_marked


_COLUMNS = (
    *("pk", "first_name", "last_name", "email", "external_id", "erased_at"),
    *("title", "account__name", "source", "do_not_mail_since", "do_not_call_since"),
    *("standing__stage_since", "standing__held_since", "standing__grade"),
)


def cards_of(*, warmth: Mapping[int, float], at: datetime) -> dict[int, Card]:
    """By lead the cards of these leads, of each of whom the warmth is known; 1 query.

    Whoever is gone meanwhile is left out.
    """
    asked = Lead.objects.filter(pk__any_of=list(warmth)).order_by()
    rows = asked.values_list(*_COLUMNS)
    return {card.pk: card for card in _made(rows, warmth, at)}


def _made(
    rows: Iterable[tuple[Any, ...]], warmth: Mapping[int, float], at: datetime
) -> Iterable[Card]:
    tick, move = _("Tick {lead}"), _("Move {lead} to…")
    pages = {
        page: reverse(page, args=[0]).replace("/0/", "/{}/")
        for page in ("leads:detail", "leads:move", "nurture:look")
    }
    for row in rows:
        pk, first, last, *_others = named = row[:6]
        title, company, source, unmailed, uncalled, since, held, grade = row[6:]
        name, points = name_of(*named), warmth[pk]
        yield Card(
            pk=pk,
            number=str(pk),
            name=name,
            initials=initials_of(first, last, name),
            role=" · ".join(part for part in (title, company) if part) or "–",
            source=capfirst(source),
            age=span_between(since, at),
            is_held=held is not None,
            do_not_mail=unmailed is not None,
            do_not_call=uncalled is not None,
            warmth=points,
            points=f"{max(points, 0.0):.0f}",
            band="low" if points < WARM else "mid" if points < HOT else "high",
            grade=GRADES[grade],
            address=pages["leads:detail"].format(pk),
            move=pages["leads:move"].format(pk),
            look=pages["nurture:look"].format(pk),
            tick_words=tick.format(lead=name),
            move_words=move.format(lead=name),
        )
