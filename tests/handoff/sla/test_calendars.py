from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handoff.models import CalendarUse, WorkingCalendar
from handoff.sla import calendars
from handoff.sla.hours import AROUND_THE_CLOCK
from tests.handoff.sla.factories import CalendarFactory
from tests.leads.factories import RepFactory, TeamFactory

pytestmark = pytest.mark.django_db
NINE_TO_FIVE = ((540, 1020),)
MONDAY_10 = datetime(2026, 3, 9, 10, tzinfo=ZoneInfo("Europe/Berlin"))


def plan(**changes):
    fields = {
        "name": "Office",
        "time_zone": "Europe/Berlin",
        "country": "",
        "subdivision": "",
        "shifts": [NINE_TO_FIVE] * 5 + [(), ()],
        "teams": [],
        "reps": [],
    }
    return calendars.Plan(**{**fields, **changes})


def test_a_rep_works_by_the_teams_calendar_or_by_an_own_one():
    rep, other = RepFactory(), RepFactory()
    of_team = CalendarFactory(team=rep.team)
    of_other = CalendarFactory(rep=other)

    known = calendars.load()

    assert known.id_of(team_id=rep.team_id, user_id=rep.user_id) == of_team.pk
    assert known.id_of(team_id=rep.team_id, user_id=other.user_id) == of_other.pk
    assert known.id_of(team_id=rep.team_id, user_id=None) == of_team.pk
    assert known.of(team_id=rep.team_id, user_id=rep.user_id).is_open(MONDAY_10)


def test_who_has_no_calendar_works_around_the_clock():
    rep = RepFactory()

    known = calendars.load()

    assert known.of(team_id=rep.team_id, user_id=rep.user_id) is AROUND_THE_CLOCK
    assert known.of(team_id=None, user_id=None) is AROUND_THE_CLOCK


def test_all_calendars_cost_four_queries(django_assert_num_queries):
    for _number in range(3):
        CalendarFactory(team=TeamFactory())

    with django_assert_num_queries(4):
        calendars.load()


def test_a_saved_calendar_works_as_planned():
    lunch = ((540, 720), (780, 1020))
    team = TeamFactory()

    made = calendars.save(
        calendar=None,
        plan=plan(shifts=[lunch] + [()] * 6, country="DE", teams=[team]),
    )

    hours = calendars.load().of(team_id=team.pk, user_id=None)
    assert hours.shifts == (lunch, (), (), (), (), (), ())
    assert hours.on(date(2026, 4, 6)) == ()  # Easter Monday
    assert hours == calendars.hours_of(made)


def test_a_change_raises_the_version_and_takes_teams_over():
    team, rep = TeamFactory(), RepFactory()
    former = CalendarFactory(team=team)
    calendar = CalendarFactory(rep=rep)

    calendars.save(calendar=calendar, plan=plan(teams=[team]))

    calendar.refresh_from_db()
    assert calendar.version == 2
    uses = CalendarUse.objects.values_list("calendar", "team", "rep")
    assert list(uses) == [(calendar.pk, team.pk, None)]
    assert WorkingCalendar.objects.get(pk=former.pk).version == 1


def test_a_day_that_differs_is_kept_once_and_can_go_again():
    calendar = CalendarFactory()
    day = date(2026, 3, 9)
    calendars.save_day(calendar=calendar, day=day, name="Fair", hours=())
    made = calendars.save_day(
        calendar=calendar, day=day, name="Fair", hours=[(600, 720)]
    )

    assert not calendars.hours_of(fresh(calendar)).is_open(
        MONDAY_10 - timedelta(minutes=1)
    )
    assert calendars.hours_of(fresh(calendar)).is_open(MONDAY_10)

    calendars.delete_day(day=made)

    assert calendars.hours_of(fresh(calendar)).on(day) == NINE_TO_FIVE
    assert fresh(calendar).version == 4


def test_a_calendar_that_somebody_works_by_stays():
    calendar = CalendarFactory(team=TeamFactory(name="Enterprise"))

    with pytest.raises(calendars.InUseError, match="Enterprise"):
        calendars.delete(calendar=calendar)
    CalendarUse.objects.all().delete()
    calendars.delete(calendar=calendar)

    assert not WorkingCalendar.objects.exists()


def fresh(calendar):
    return WorkingCalendar.objects.get(pk=calendar.pk)
