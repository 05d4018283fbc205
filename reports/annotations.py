"""What happened along the way: marks on the time axes of charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from handoff.models import RoutingPlan
from leads.models import Campaign
from reports.periods import Period, midnight
from scoring.models import ScoringModel

# More than these would hide the line.
MOST_MARKS = 12


@dataclass(frozen=True)
class Mark:
    """Something that happened within the `place`-th part of the axis, from 0."""

    place: int
    text: str


def marks(parts: Sequence[Period]) -> list[Mark]:
    """What was activated or begun within these parts, oldest first: three queries."""
    if not parts:
        return []
    inside = {
        "activated_at__gte": parts[0].start_at,
        "activated_at__lt": parts[-1].end_at,
    }
    models = ScoringModel.objects.filter(**inside)
    plans = RoutingPlan.objects.filter(**inside)
    named = (
        (models, _("Scoring model v{version}")),
        (plans, _("Routing plan v{version}")),
    )
    told = [
        (at, text.format(version=version))
        for rows, text in named
        for version, at in rows.values_list("version", "activated_at")
        if at is not None
    ]
    campaigns = Campaign.objects.filter(
        starts_on__gte=parts[0].start, starts_on__lt=parts[-1].end
    )
    told += [
        (midnight(day), _("Campaign {name}").format(name=name))
        for name, day in campaigns.values_list("name", "starts_on")
        if day is not None
    ]
    return [
        Mark(_place(at, parts), f"{_day(at)}: {text}")
        for at, text in sorted(told)[-MOST_MARKS:]
    ]


def in_words(found: Sequence[Mark]) -> str:
    """The marks by their numbers in the chart, as a further sentence."""
    if not found:
        return ""
    text = " " + _("Marked: {marks}.")
    told = (f"({number}) {mark.text}" for number, mark in enumerate(found, 1))
    return text.format(marks="; ".join(told))


def _place(at: datetime, parts: Sequence[Period]) -> int:
    return next(place for place, part in enumerate(parts) if at < part.end_at)


def _day(at: datetime) -> str:
    local = timezone.localtime(at, timezone.get_default_timezone())
    return str(date_format(local, "j M"))
