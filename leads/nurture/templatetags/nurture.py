"""How figures of the board are shown."""

from collections.abc import Iterable
from dataclasses import fields
from html import escape
from typing import Any
from weakref import WeakKeyDictionary

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from leads.nurture.cards import Card

register = template.Library()

CARD = "nurture/_card.html"
WORDS = [one.name for one in fields(Card) if one.type is str]
# By the compiled template, which a changed file replaces: language and kind of card.
_SHAPES: WeakKeyDictionary[Any, dict[Any, str]] = WeakKeyDictionary()


@register.simple_tag
def drawn(cards: Iterable[Card]) -> SafeString:
    """The cards as `nurture/_card.html` prints them.

    It is printed once for each kind of card, with gaps instead of words; to fill the
    gaps of more than a hundred takes a tenth of the time of printing them all.
    """
    compiled: Any = get_template(CARD)
    language = get_language()
    shapes = _SHAPES.setdefault(compiled.template, {})
    found = []
    for card in cards:
        key = language, card.kind
        if key not in shapes:
            shapes[key] = compiled.render({"card": _with_gaps(card)})
        # Django's own asks of each word whether it is lazy; these are plain text.
        words = {name: escape(getattr(card, name)) for name in WORDS}
        found.append(shapes[key].format_map(words))
    return mark_safe("".join(found))  # noqa: S308 - every word is escaped


def _with_gaps(card: Card) -> dict[str, Any]:
    """The card with a gap for each of its words; an empty source is another kind."""
    plain = {one.name: getattr(card, one.name) for one in fields(card)}
    named = (name for name in WORDS if plain[name] or name != "source")
    return plain | {name: mark_safe(f"{{{name}}}") for name in named}  # noqa: S308


@register.filter
def short_money(cents: int) -> str:
    """An amount in few letters: "950", "12K", "1.2M"."""
    amount = cents / 100
    for unit, size in (("M", 1_000_000), ("K", 1_000)):
        # What would be rounded to 1,000K is 1M.
        if amount >= size * 0.9995:
            shown = amount / size
            digits = (
                f"{shown:.1f}".removesuffix(".0") if shown < 10 else f"{shown:,.0f}"
            )
            return digits + unit
    return f"{amount:,.0f}"


@register.filter
def cents_each(worth: Any) -> str:
    """What one lead of a stage has been worth, as an amount."""
    return short_money(round(worth.cents / worth.entered))
