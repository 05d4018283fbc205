"""Working calendars: who works when, and changing them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import transaction

from handoff.models import CalendarDay, CalendarShift, CalendarUse, WorkingCalendar
from handoff.sla.hours import AROUND_THE_CLOCK, Minutes, WorkingHours
from leads.models import Rep, Team

WEEKDAYS = range(7)


class InUseError(Exception):
    """The calendar cannot go; the message says who works by it."""


@dataclass(frozen=True)
class Calendars:
    """Every calendar, and by which one a team or a person works.

    `version_by_id` tells whether something computed by a calendar still holds.
    """

    hours_by_id: dict[int, WorkingHours]
    version_by_id: dict[int, int]
    id_by_team_id: dict[int, int]
    id_by_user_id: dict[int, int]

    def id_of(self, *, team_id: int | None, user_id: int | None) -> int | None:
        """The calendar of the person, else of the team; None works around the clock."""
        of_team = self.id_by_team_id.get(team_id) if team_id else None
        return self.id_by_user_id.get(user_id, of_team) if user_id else of_team

    def of(self, *, team_id: int | None, user_id: int | None) -> WorkingHours:
        """The hours of the person, else of the team, else around the clock."""
        return self.hours(self.id_of(team_id=team_id, user_id=user_id))

    def version(self, calendar_id: int | None) -> int:
        """0 without a calendar."""
        return self.version_by_id.get(calendar_id, 0) if calendar_id else 0

    def hours(self, calendar_id: int | None) -> WorkingHours:
        if calendar_id is None:
            return AROUND_THE_CLOCK
        return self.hours_by_id.get(calendar_id, AROUND_THE_CLOCK)


@dataclass(frozen=True)
class Plan:
    """What a calendar shall be: `shifts` for Monday to Sunday, and whose it is."""

    name: str
    time_zone: str
    country: str
    subdivision: str
    shifts: Sequence[Sequence[Minutes]]
    teams: Collection[Team]
    reps: Collection[Rep]


def load() -> Calendars:
    """All of them, in four queries; what was worked out for one is kept in memory."""
    calendars = list(WorkingCalendar.objects.prefetch_related("shifts", "days"))
    uses = list(CalendarUse.objects.values_list("calendar", "team", "rep__user"))
    return Calendars(
        hours_by_id={calendar.pk: hours_of(calendar) for calendar in calendars},
        version_by_id={calendar.pk: calendar.version for calendar in calendars},
        id_by_team_id={team: calendar for calendar, team, _rep in uses if team},
        id_by_user_id={user: calendar for calendar, _team, user in uses if user},
    )


def hours_of(calendar: WorkingCalendar) -> WorkingHours:
    """The hours of one calendar; it comes with its shifts and days.

    One that nobody filled in yet is open around the clock, so that all is due one day.
    """
    days = tuple((one.day, tuple(map(tuple, one.hours))) for one in calendar.days.all())
    week = week_of(calendar.shifts.all())
    if not any(week):
        return AROUND_THE_CLOCK
    return _hours(
        calendar.time_zone,
        week,
        calendar.country,
        calendar.subdivision,
        days,
    )


def week_of(shifts: Iterable[CalendarShift]) -> tuple[tuple[Minutes, ...], ...]:
    """The hours of Monday to Sunday."""
    by_weekday: defaultdict[int, list[Minutes]] = defaultdict(list)
    for shift in shifts:
        by_weekday[shift.weekday].append((shift.starts_minute, shift.ends_minute))
    return tuple(tuple(sorted(by_weekday[weekday])) for weekday in WEEKDAYS)


@transaction.atomic
def save(*, calendar: WorkingCalendar | None, plan: Plan) -> WorkingCalendar:
    """Make a calendar, or change one to be as planned; every due time follows.

    Teams and reps in the plan leave the calendar that they had.
    """
    if calendar is None:
        calendar = WorkingCalendar.objects.create(
            name=plan.name, time_zone=plan.time_zone
        )
    calendar = _changed(calendar)
    calendar.name, calendar.time_zone = plan.name, plan.time_zone
    calendar.country, calendar.subdivision = plan.country, plan.subdivision
    calendar.save(update_fields=["name", "time_zone", "country", "subdivision"])
    calendar.shifts.all().delete()
    CalendarShift.objects.bulk_create(
        CalendarShift(
            calendar=calendar, weekday=weekday, starts_minute=start, ends_minute=end
        )
        for weekday, spans in enumerate(plan.shifts)
        for start, end in spans
    )
    _assign(calendar, teams=plan.teams, reps=plan.reps)
    return calendar


@transaction.atomic
def let_work(*, rep: Rep, by: WorkingCalendar | None) -> None:
    """Let the rep work by this calendar, or with None by that of the team.

    What is due for the rep follows within seconds.
    """
    CalendarUse.objects.filter(rep=rep).exclude(calendar=by).delete()
    if by is not None:
        CalendarUse.objects.get_or_create(rep=rep, defaults={"calendar": by})


@transaction.atomic
def save_day(
    *, calendar: WorkingCalendar, day: date, name: str, hours: Sequence[Minutes]
) -> CalendarDay:
    """Let one date differ: closed without hours. One that differed already changes."""
    _changed(calendar)
    made, _ = CalendarDay.objects.update_or_create(
        calendar=calendar,
        day=day,
        defaults={"name": name, "hours": [list(span) for span in hours]},
    )
    return made


@transaction.atomic
def delete_day(*, day: CalendarDay) -> None:
    """Let the date be like any other again."""
    _changed(day.calendar)
    day.delete()


@transaction.atomic
def delete(*, calendar: WorkingCalendar) -> None:
    """Take away a calendar that nobody works by.

    Raises:
        InUseError: and it is still there.
    """
    uses = calendar.uses.select_related("team", "rep__user")
    if users := [str(use.team or use.rep) for use in uses]:
        raise InUseError(", ".join(users))
    calendar.delete()


def _changed(calendar: WorkingCalendar) -> WorkingCalendar:
    """The calendar, locked, with the next version."""
    locked = WorkingCalendar.objects.select_for_update().get(pk=calendar.pk)
    locked.version += 1
    locked.save(update_fields=["version"])
    return locked


def _assign(
    calendar: WorkingCalendar, *, teams: Collection[Team], reps: Collection[Rep]
) -> None:
    calendar.uses.all().delete()
    CalendarUse.objects.filter(team__in=teams).delete()
    CalendarUse.objects.filter(rep__in=reps).delete()
    CalendarUse.objects.bulk_create(
        [
            *(CalendarUse(calendar=calendar, team=team) for team in teams),
            *(CalendarUse(calendar=calendar, rep=rep) for rep in reps),
        ]
    )


@lru_cache(maxsize=128)
def _hours(
    zone: str,
    shifts: tuple[tuple[Minutes, ...], ...],
    country: str,
    subdivision: str,
    days: tuple[tuple[date, tuple[Minutes, ...]], ...],
) -> WorkingHours:
    """Equal hours are one object, so that their years are laid out once a process."""
    return WorkingHours(ZoneInfo(zone), shifts, country, subdivision, dict(days))
