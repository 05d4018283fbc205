"""Who of the reps is away: Tom since yesterday, Priya next week."""

from datetime import datetime, timedelta

from handoff.routing import absences
from leads.models import Rep, User

# Whose, from and until how many days after now, why, and whether it is caught up.
PLANNED = [
    ("tom", -1, 2, "Trade fair", True),
    ("priya", 6, 13, "Holiday", False),
]


def plan(*, users: dict[str, User], manager: User, until: datetime) -> None:
    """Plan them through the product, as the manager would."""
    for address, first, last, note, catches_up in PLANNED:
        person = users[f"{address}@baton.example"]
        absences.plan(
            rep=Rep.objects.get(user=person),
            starts_at=until + timedelta(days=first),
            ends_at=until + timedelta(days=last),
            note=note,
            catches_up=catches_up,
            actor=manager,
        )
