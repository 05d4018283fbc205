"""Who is on the sales floor: weight, capacity, and whom each rep serves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from django.db import transaction
from django.db.models import Count, Prefetch, QuerySet

from handoff.models import Absence, Handoff, Seat
from leads.models import Rep, Team
from leads.text import fold


@dataclass(frozen=True)
class Membership:
    """What a manager sets for a rep; the lists are words as they were typed."""

    weight: int
    capacity: int
    capacity_per_day: int | None
    is_available: bool
    countries: Sequence[str]
    languages: Sequence[str]
    industries: Sequence[str]


def teams(*, now: datetime) -> list[dict[str, Any]]:
    """Each team with its reps: `team`, `reps` with `seat` and `waiting`.

    `rep.coming` are the absences that hold or are ahead.
    """
    pending = Handoff.objects.pending().exclude(rep=None).order_by().values("rep")
    waiting = dict(pending.annotate(n=Count("pk")).values_list("rep", "n"))
    ahead = Absence.objects.filter(ends_at__gt=now)
    reps = (
        Rep.objects.filter(user__is_active=True)
        .select_related("user", "seat")
        .prefetch_related(Prefetch("absences", ahead, to_attr="coming"))
        .order_by("user__name", "pk")
    )
    found = Team.objects.prefetch_related(Prefetch("reps", reps, to_attr="members"))
    return [
        {
            "team": team,
            "reps": [
                {
                    "rep": rep,
                    "seat": getattr(rep, "seat", None) or Seat(rep=rep),
                    "waiting": waiting.get(rep.user_id, 0),
                }
                for rep in team.members
            ],
        }
        for team in found
    ]


def absences_ahead(*, rep: Rep, now: datetime) -> QuerySet[Absence]:
    """When the rep is away from now on, the next first."""
    return rep.absences.filter(ends_at__gt=now).select_related("made_by")


def seat_of(rep: Rep) -> Seat:
    """The rep's seat, or an unsaved one that serves everybody."""
    return Seat.objects.filter(rep=rep).first() or Seat(rep=rep)


@transaction.atomic
def save(*, rep: Rep, to: Membership) -> None:
    """Store what was set; it holds from the next routing on."""
    rep.weight, rep.capacity = to.weight, to.capacity
    rep.is_available = to.is_available
    rep.save(update_fields=["weight", "capacity", "is_available"])
    serves = {
        "capacity_per_day": to.capacity_per_day,
        "countries": _folded(to.countries),
        "languages": _folded(to.languages),
        "industries": _folded(to.industries),
    }
    joining = {**serves, "assigned": _joining_count(rep)}
    Seat.objects.update_or_create(rep=rep, defaults=serves, create_defaults=joining)


def _joining_count(rep: Rep) -> int:
    """Level with the colleague who had the fewest turns, as routing lets reps join."""
    seats = Seat.objects.filter(rep__team=rep.team).values_list(
        "assigned", "rep__weight"
    )
    return ceil(min((turn / weight for turn, weight in seats), default=0) * rep.weight)


def _folded(words: Sequence[str]) -> list[str]:
    return sorted({fold(word) for word in words if word.strip()})
