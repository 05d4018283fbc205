"""Who works in the sample workspace."""

from dataclasses import dataclass

from django.db import transaction

from handoff.sla import calendars
from handoff.sla.calendars import Plan
from handoff.sla.hours import Minutes
from leads import roles
from leads.choices import Role
from leads.models import Rep, Team, User

PASSWORD = "baton-demo"  # noqa: S105 - printed by the command, refused without DEBUG


@dataclass(frozen=True)
class Person:
    """One of us; `team` for reps, and a `weight` in its round robin.

    `pace_hours` is how long the rep usually takes to decide.
    """

    address: str
    name: str
    role: Role
    time_zone: str = "Europe/Berlin"
    signs_in: bool = False
    team: str = ""
    weight: int = 1
    pace_hours: float = 4.0

    @property
    def email(self) -> str:
        return f"{self.address}@baton.example"


FIRST_TEAM, SECOND_TEAM = "Mid-market", "Enterprise"
# Decision times: hours in which each team promises to decide.
TEAMS = {FIRST_TEAM: 24, SECOND_TEAM: 48}

_NINE_TO_FIVE = ((9 * 60, 17 * 60),)
_WITH_A_BREAK = ((9 * 60, 12 * 60 + 30), (13 * 60 + 30, 17 * 60 + 30))
# By which calendar each team works: name, zone, country and its part, each weekday.
CALENDARS = {
    FIRST_TEAM: ("Berlin office", "Europe/Berlin", "DE", "BE", _WITH_A_BREAK),
    SECOND_TEAM: ("London desk", "Europe/London", "GB", "ENG", _NINE_TO_FIVE),
}

PEOPLE = [
    Person("marketer", "Mara Lindqvist", Role.MARKETER, signs_in=True),
    Person(
        "rep", "Ben Okoye", Role.REP, signs_in=True, team=FIRST_TEAM, pace_hours=5.0
    ),
    Person("manager", "Helen Marsh", Role.MANAGER, "Europe/London", signs_in=True),
    Person("admin", "Alex Moreau", Role.ADMINISTRATOR, signs_in=True),
    Person("noor", "Noor Haddad", Role.MARKETER),
    Person("ana", "Ana Silva", Role.REP, team=FIRST_TEAM, weight=2, pace_hours=2.5),
    Person("priya", "Priya Nair", Role.REP, team=FIRST_TEAM, pace_hours=3.5),
    Person("jonas", "Jonas Weber", Role.REP, team=FIRST_TEAM, pace_hours=6.0),
    Person("tom", "Tom Becker", Role.REP, team=FIRST_TEAM, pace_hours=21.0),
    Person("sofia", "Sofia Rossi", Role.REP, team=SECOND_TEAM, pace_hours=6.0),
    Person("kenji", "Kenji Mori", Role.REP, team=SECOND_TEAM, pace_hours=9.0),
]
BY_EMAIL = {person.email: person for person in PEOPLE}
SIGNING_IN = [person for person in PEOPLE if person.signs_in]


def are_present() -> bool:
    """Whether the sample workspace has been made in this database."""
    return User.objects.filter(email__in=BY_EMAIL).exists()


@transaction.atomic
def make() -> dict[str, User]:
    """Make the people and the sales teams; by e-mail address.

    Only those shown on the terminal have a password.
    """
    teams = {
        name: Team.objects.create(
            name=name, is_default=name == FIRST_TEAM, decide_within_hours=hours
        )
        for name, hours in TEAMS.items()
    }
    for name, team in teams.items():
        _open(team, *CALENDARS[name])
    users = {}
    for person in PEOPLE:
        user = roles.create_user(
            email=person.email,
            name=person.name,
            role=person.role,
            password=PASSWORD if person.signs_in else None,
            time_zone=person.time_zone,
        )
        users[person.email] = user
        if person.team:
            Rep.objects.create(user=user, team=teams[person.team], weight=person.weight)
    return users


def _open(
    team: Team,
    name: str,
    time_zone: str,
    country: str,
    subdivision: str,
    hours: tuple[Minutes, ...],
) -> None:
    plan = Plan(
        name=name,
        time_zone=time_zone,
        country=country,
        subdivision=subdivision,
        shifts=[hours] * 5 + [(), ()],
        teams=[team],
        reps=[],
    )
    calendars.save(calendar=None, plan=plan)
