"""How figures of the board are shown."""

from typing import Any

from django import template

register = template.Library()


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
