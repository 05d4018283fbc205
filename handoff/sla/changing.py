"""Changing what is promised and when sales works, so that the history tells of it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from handoff import setting_changes
from handoff.choices import Priority, SettingKind
from handoff.models import CalendarDay, CalendarUse, ServiceLevel, WorkingCalendar
from handoff.setting_changes import By
from handoff.sla import calendars, levels, public_holidays, times, words
from handoff.sla.calendars import Plan
from handoff.sla.hours import Minutes
from handoff.sla.levels import Level
from leads.models import Rep, Team


@transaction.atomic
def promise(*, team: Team | None, priority: Priority, level: Level, by: By) -> None:
    """Promise this from now on."""
    known = ServiceLevel.objects.filter(team=team, priority=priority)
    row = known.select_for_update(of=("self",)).first()
    before = words.facts_of_level(levels.level_of(row)) if row else {}
    row = levels.save(team=team, priority=priority, level=level)
    setting_changes.record(
        kind=SettingKind.LEVEL,
        subject=str(row),
        before=before,
        after=words.facts_of_level(level),
        by=by,
    )


@transaction.atomic
def promise_as_others(*, row: ServiceLevel, by: By) -> None:
    """Let a team promise what all others do."""
    before = words.facts_of_level(levels.level_of(row))
    subject = str(row)
    row.delete()
    setting_changes.record(
        kind=SettingKind.LEVEL, subject=subject, before=before, after={}, by=by
    )


@transaction.atomic
def save_calendar(
    *, calendar: WorkingCalendar | None, plan: Plan, by: By
) -> WorkingCalendar:
    """Make a calendar, or change one to be as planned; every due time follows.

    The calendars that its teams and reps leave are changed too, and so are the reps.
    """
    before = _calendar_by_rep()
    with _told_of_calendars(by):
        saved = calendars.save(calendar=calendar, plan=plan)
    _tell_of_reps(before, _calendar_by_rep(), by)
    return saved


@transaction.atomic
def let_work(*, rep: Rep, calendar: WorkingCalendar | None, by: By) -> None:
    """Let the rep work by this calendar, or with None by that of the team.

    The caller keeps the change of the rep.
    """
    with _told_of_calendars(by):
        calendars.let_work(rep=rep, by=calendar)


@transaction.atomic
def delete_calendar(*, calendar: WorkingCalendar, by: By) -> None:
    """Take away a calendar that nobody works by.

    Raises:
        InUseError: and it is still there.
    """
    with _told_of_calendars(by):
        calendars.delete(calendar=calendar)


@transaction.atomic
def save_day(
    *,
    calendar: WorkingCalendar,
    day: date,
    name: str,
    hours: Sequence[Minutes],
    by: By,
) -> None:
    """Let one date differ."""
    before = _facts_of_days(calendar.days.filter(day=day))
    made = calendars.save_day(calendar=calendar, day=day, name=name, hours=hours)
    _record(calendar.name, before, _facts_of_days([made]), by)


@transaction.atomic
def delete_day(*, day: CalendarDay, by: By) -> None:
    """Let the date be like any other again."""
    before = _facts_of_days([day])
    calendars.delete_day(day=day)
    _record(day.calendar.name, before, {}, by)


def _record(
    subject: str, before: dict[str, str], after: dict[str, str], by: By
) -> None:
    setting_changes.record(
        kind=SettingKind.CALENDAR, subject=subject, before=before, after=after, by=by
    )


@contextmanager
def _told_of_calendars(by: By) -> Iterator[None]:
    """Keep what becomes of each calendar: who joins one leaves another."""
    before = _facts_by_calendar()
    yield
    after = _facts_by_calendar()
    # The rows read last come first, since they have the names that hold now.
    for calendar in {**after, **before}:
        _record(calendar.name, before.get(calendar, {}), after.get(calendar, {}), by)


def _facts_by_calendar() -> dict[WorkingCalendar, dict[str, str]]:
    """What every stored calendar says."""
    related = ("shifts", "uses__team", "uses__rep__user")
    rows = WorkingCalendar.objects.prefetch_related(*related)
    return {row: _facts(row) for row in rows}


def _facts(row: WorkingCalendar) -> dict[str, str]:
    uses = list(row.uses.all())
    return {
        _("Name"): row.name,
        _("Time zone"): row.time_zone,
        _("Hours"): times.week_in_words(calendars.week_of(row.shifts.all())),
        _("Holidays"): public_holidays.place(row.country, row.subdivision),
        _("Teams"): _names(use.team for use in uses if use.team),
        _("Reps"): _names(use.rep for use in uses if use.rep),
    }


def _calendar_by_rep() -> dict[Rep, WorkingCalendar]:
    uses = CalendarUse.objects.exclude(rep=None).select_related("calendar", "rep__user")
    return {use.rep: use.calendar for use in uses if use.rep}


def _tell_of_reps(
    before: dict[Rep, WorkingCalendar], after: dict[Rep, WorkingCalendar], by: By
) -> None:
    """Keep by which calendar reps work; another name of the same is no change."""
    for rep in {**before, **after}:
        former, now = before.get(rep), after.get(rep)
        if former != now:
            setting_changes.record(
                kind=SettingKind.MEMBER,
                subject=str(rep),
                before={_("Works by"): words.works_by(former)},
                after={_("Works by"): words.works_by(now)},
                by=by,
            )


def _names(them: Iterable[object]) -> str:
    return ", ".join(sorted(map(str, them)))


def _facts_of_days(days: Iterable[CalendarDay]) -> dict[str, str]:
    return {
        date_format(one.day, "D j M Y"): ": ".join(
            (one.name, times.write(one.hours) or _("Closed"))
        )
        for one in days
    }
