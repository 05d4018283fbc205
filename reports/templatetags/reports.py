"""How shares are printed."""

from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from reports import words
from reports.estimates import Estimate

register = template.Library()


@register.filter
def percent(share: float) -> str:
    """A share of 0.0 to 1.0 as people read it: "11.8 %"."""
    return words.percent(share)


@register.filter
def interval(estimate: Estimate) -> str:
    """The bounds of an estimate in percent: "10.5–13.2 %"."""
    low, high = _one_decimal(estimate.low), _one_decimal(estimate.high)
    return _("{low}–{high} %").format(low=low, high=high)


def _one_decimal(share: float) -> str:
    # `number_format` cuts what it does not show.
    return number_format(round(100 * share, 1), decimal_pos=1)


@register.filter
def defines(section: dict[str, Any], head: str) -> str:
    """The slug of the definition of a column of a drawn tile, by its head, or ""."""
    return str(section.get("defined", {}).get(head, ""))


@register.filter
def tile_data_id(number: int) -> str:
    """The id of the element that holds what the chart of a tile draws."""
    return f"tile-data-{number}"
