"""Who of the reps is away: Tom since yesterday, Priya next week."""

from datetime import datetime, timedelta

from handoff.routing import absences, days
from handoff.sla import calendars
from leads.models import Rep, User

# Whose, the first and the last day from today on, why, and whether it is caught up.
PLANNED = [
    ("tom", -1, 1, "Trade fair", True),
    ("priya", 6, 12, "Holiday", False),
]


def plan(*, users: dict[str, User], manager: User, until: datetime) -> None:
    """Plan them through the product, as the manager would."""
    known = calendars.load()
    for address, first, last, note, catches_up in PLANNED:
        person = users[f"{address}@baton.example"]
        rep = Rep.objects.select_related("user").get(user=person)
        zone = days.zone_of(rep, known)
        today = until.astimezone(zone).date()
        absences.plan(
            rep=rep,
            starts_at=days.begins(today + timedelta(days=first), zone),
            ends_at=days.ends(today + timedelta(days=last), zone),
            note=note,
            catches_up=catches_up,
            actor=manager,
        )
