"""Calendars, service levels, clocks; a test names only what it asserts on."""

import factory

from handoff.models import (
    CalendarShift,
    CalendarUse,
    ServiceLevel,
    WorkingCalendar,
)
from tests.leads.factories import TeamFactory


class CalendarFactory(factory.django.DjangoModelFactory):
    """Monday to Friday from nine to five in Berlin; `team` or `rep` works by it."""

    class Meta:
        model = WorkingCalendar
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Calendar {n}")
    time_zone = "Europe/Berlin"

    @classmethod
    def _create(cls, model_class, *args, team=None, rep=None, **fields):
        calendar = super()._create(model_class, *args, **fields)
        CalendarShift.objects.bulk_create(
            CalendarShift(
                calendar=calendar, weekday=day, starts_minute=540, ends_minute=1020
            )
            for day in range(5)
        )
        if team or rep:
            CalendarUse.objects.create(calendar=calendar, team=team, rep=rep)
        return calendar


class ServiceLevelFactory(factory.django.DjangoModelFactory):
    """A team decides within eight working hours and follows up within sixteen."""

    class Meta:
        model = ServiceLevel

    team = factory.SubFactory(TeamFactory)
    decide_minutes = 8 * 60
    follow_up_minutes = 16 * 60
