"""Who works in the sample workspace."""

from dataclasses import dataclass, replace

from django.db import transaction

from config.demo import names
from handoff.choices import OnExpiry, Priority
from handoff.models import Seat
from handoff.sla import calendars, levels
from handoff.sla.calendars import Plan
from handoff.sla.hours import Minutes
from handoff.sla.levels import HOUR, Level
from leads import roles
from leads.choices import Role
from leads.models import Rep, Team, User
from leads.text import fold

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
# In how many working hours each team promises to decide, and to follow up.
TEAMS = {FIRST_TEAM: (8, 16), SECOND_TEAM: (12, 24)}

# Nobody of the first team serves these: such leads wait in its pool until somebody
# takes them all the same.
UNSERVED = {fold("Brazil"), fold("Japan")}

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
# Who connects other systems, and whose rights they have.
CONNECTING = (BY_EMAIL["admin@baton.example"], BY_EMAIL["manager@baton.example"])


def are_present() -> bool:
    """Whether the sample workspace has been made in this database."""
    return User.objects.filter(email__in=BY_EMAIL).exists()


@transaction.atomic
def make() -> dict[str, User]:
    """Make the people and the sales teams; by e-mail address.

    Only those shown on the terminal have a password.
    """
    teams = {
        name: Team.objects.create(name=name, is_default=name == FIRST_TEAM)
        for name in TEAMS
    }
    for name, team in teams.items():
        _open(team, *CALENDARS[name])
        _promise(team, *TEAMS[name])
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
            rep = Rep.objects.create(
                user=user, team=teams[person.team], weight=person.weight
            )
            if person.team == FIRST_TEAM:
                _serve(rep)
    return users


def _serve(rep: Rep) -> None:
    served = sorted({one for one in names.COUNTRIES if fold(one) not in UNSERVED})
    Seat.objects.create(rep=rep, countries=served)


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


def _promise(team: Team, decide_hours: int, follow_up_hours: int) -> None:
    """The Mid-market team passes on what nobody decides, the other keeps it."""
    on_expiry = OnExpiry.NEXT if team.is_default else OnExpiry.KEEP
    normal = Level(
        decide_seconds=decide_hours * HOUR,
        follow_up_seconds=follow_up_hours * HOUR,
        escalate_seconds=HOUR,
        on_expiry=on_expiry,
    )
    fast = replace(
        levels.DEFAULTS[Priority.FAST], on_expiry=on_expiry, expire_seconds=HOUR
    )
    levels.save(team=team, priority=Priority.NORMAL, level=normal)
    levels.save(team=team, priority=Priority.FAST, level=fast)
