"""Working calendars; a test names only what it asserts on."""

import factory

from handoff.models import CalendarShift, CalendarUse, WorkingCalendar


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
