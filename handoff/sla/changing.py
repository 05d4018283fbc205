"""Changing what is promised and when sales works, so that the history tells of it."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from handoff import setting_changes
from handoff.choices import Priority, SettingKind
from handoff.models import CalendarDay, ServiceLevel, WorkingCalendar
from handoff.setting_changes import By
from handoff.sla import calendars, levels, public_holidays, times, words
from handoff.sla.calendars import Plan
from handoff.sla.hours import Minutes
from handoff.sla.levels import Level
from leads.models import Team


@transaction.atomic
def promise(*, team: Team | None, priority: Priority, level: Level, by: By) -> None:
    """Promise this from now on."""
    known = ServiceLevel.objects.filter(team=team, priority=priority)
    row = known.select_for_update().first()
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
    """Make a calendar, or change one to be as planned; every due time follows."""
    before = _facts(calendar) if calendar else {}
    saved = calendars.save(calendar=calendar, plan=plan)
    _record(saved.name, before, _facts(saved), by)
    return saved


@transaction.atomic
def delete_calendar(*, calendar: WorkingCalendar, by: By) -> None:
    """Take away a calendar that nobody works by.

    Raises:
        InUseError: and it is still there.
    """
    before = _facts(calendar)
    calendars.delete(calendar=calendar)
    _record(calendar.name, before, {}, by)


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


def _facts(calendar: WorkingCalendar) -> dict[str, str]:
    """What the stored calendar says."""
    row = WorkingCalendar.objects.get(pk=calendar.pk)
    uses = list(row.uses.select_related("team", "rep__user"))
    return {
        _("Name"): row.name,
        _("Time zone"): row.time_zone,
        _("Hours"): times.week_in_words(calendars.week_of(row.shifts.all())),
        _("Holidays"): public_holidays.place(row.country, row.subdivision),
        _("Teams"): _names(use.team for use in uses if use.team),
        _("Reps"): _names(use.rep for use in uses if use.rep),
    }


def _names(them: Iterable[object]) -> str:
    return ", ".join(sorted(map(str, them)))


def _facts_of_days(days: Iterable[CalendarDay]) -> dict[str, str]:
    return {
        date_format(one.day, "D j M Y"): ": ".join(
            (one.name, times.write(one.hours) or _("Closed"))
        )
        for one in days
    }
