"""What a board shows anew after leads have moved: their cards, and what is counted."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.http import QueryDict

from config.htmx import HtmxRequest
from leads.choices import Stage
from leads.filters import BoardFilter
from leads.models import Lead, User
from leads.nurture import board as lanes
from leads.nurture.cards import cards_of
from leads.nurture.columns import column_of, columns
from leads.nurture.signs import signs_of
from leads.nurture.views.worths import with_worth


def query_of(request: HtmxRequest) -> QueryDict:
    """The filter of the board that asks, by the address that it stands at."""
    return QueryDict(urlsplit(request.htmx.current_url or "").query)


def moved_context(
    *,
    user: User,
    query: QueryDict,
    lead_ids: Collection[int],
    stages: Collection[Stage],
    at: datetime,
    only_matching: bool,
) -> dict[str, Any]:
    """Context of `_moved_cards.html`: these cards where they stand now.

    stages: those that the leads left and entered, whose counts are new. Where a person
    has just moved a card it is shown though the filter may not find it any more.
    """
    by_band = bool(query.get("bands"))
    board_filter = BoardFilter(query, queryset=Lead.objects.visible_to(user))
    touched = [one for one in columns(by_band=by_band) if one.stage in stages]
    shown = (board_filter.qs if only_matching else Lead.objects.all()).filter(
        pk__in=lead_ids
    )
    found: list[Any] = list(lanes.with_engagement(shown.with_standing(), at=at))
    told = {one.lead.pk: one for one in signs_of(leads=found, at=at)}
    cards = cards_of(warmth={lead.pk: lead.engagement for lead in found}, at=at)
    return {
        "gone": sorted(lead_ids),
        "moved": [
            (
                cards[lead.pk],
                column_of(Stage(lead.standing.stage), lead.engagement, by_band=by_band),
                told.get(lead.pk),
            )
            for lead in found
            if lead.pk in cards
        ],
        "touched": with_worth(
            lanes.lanes(chosen=board_filter.chosen, shown=touched, at=at, size=1)
            if touched
            else []
        ),
        "now": at,
    }
