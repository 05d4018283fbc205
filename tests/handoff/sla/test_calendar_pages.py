from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handoff.models import CalendarDay, CalendarUse, WorkingCalendar
from leads.choices import Role
from tests.handoff.sla.factories import CalendarFactory
from tests.leads.factories import RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LIST = "/settings/calendars/"
NEW = "/settings/calendars/new/"
WEEK = {f"day_{number}": "09:00–12:00, 13-17" for number in range(5)}


@pytest.fixture
def manager(client):
    manager = UserFactory(role=Role.MANAGER)
    client.force_login(manager)
    return manager


def answers(**changes):
    fields = {"name": "Office", "time_zone": "Europe/Berlin", **WEEK, **changes}
    return {key: value for key, value in fields.items() if value is not None}


@pytest.mark.parametrize("role", [Role.REP, Role.MARKETER])
def test_only_managers_and_administrators_set_hours(client, role):
    calendar = CalendarFactory()
    client.force_login(UserFactory(role=role))

    assert client.get(LIST).status_code == 403
    assert client.get(NEW).status_code == 403
    assert client.get(f"{LIST}{calendar.pk}/").status_code == 403
    assert client.post(f"{LIST}{calendar.pk}/delete/").status_code == 403


def test_without_a_calendar_the_page_says_what_that_means(client, manager):
    TeamFactory(name="Enterprise")

    page = client.get(LIST).content.decode()

    assert "No calendar yet" in page
    assert "Enterprise has no calendar" in page


def test_a_calendar_is_made_with_its_week_and_teams(client, manager):
    team, rep = TeamFactory(), RepFactory()

    response = client.post(
        NEW, answers(country="DE", subdivision="BY", teams=[team.pk], reps=[rep.pk])
    )

    made = WorkingCalendar.objects.get()
    assert response.headers["Location"] == f"{LIST}{made.pk}/"
    assert (made.country, made.subdivision) == ("DE", "BY")
    assert made.shifts.count() == 10
    assert set(made.uses.values_list("team", "rep")) == {
        (team.pk, None),
        (None, rep.pk),
    }


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"name": ""}, "name", "required"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "not one of the available"),
        ({"country": "XX"}, "country", "not one of the available"),
        ({"country": "DE", "subdivision": "TX"}, "subdivision", "not one of the"),
        ({"day_0": "nine"}, "day_0", "is no span of time"),
        ({"day_0": "22:00–06:00"}, "day_0", "ends before it begins"),
        ({"teams": ["x"]}, "teams", "not a valid value"),
        (dict.fromkeys(WEEK, ""), "__all__", "one weekday at least"),
    ],
)
def test_what_is_wrong_stands_beside_the_field(
    client, manager, changes, field, problem
):
    response = client.post(NEW, answers(**changes))

    assert response.status_code == 422
    assert problem in str(response.context["form"].errors[field])
    assert not WorkingCalendar.objects.exists()


def test_a_name_is_given_once(client, manager):
    CalendarFactory(name="Office")

    response = client.post(NEW, answers())

    assert "Another calendar has this name." in response.content.decode()


def test_a_change_is_saved(client, manager):
    calendar = CalendarFactory()

    client.post(f"{LIST}{calendar.pk}/", answers(name="Branch"))

    calendar.refresh_from_db()
    assert (calendar.name, calendar.version) == ("Branch", 2)
    assert calendar.shifts.count() == 10


def test_a_chosen_country_brings_its_parts(client, manager):
    calendar = CalendarFactory()

    page = client.get(f"{LIST}{calendar.pk}/?country=DE", headers=HTMX)

    assert page.content.decode().strip().startswith('<div id="country-part">')
    assert 'value="BY"' in page.content.decode()
    for wrong in ("XX", "", "\u0000"):
        assert client.get(f"{NEW}?country={wrong}").status_code == 200


def test_the_holidays_of_any_year_can_be_seen(client, manager):
    calendar = CalendarFactory(country="DE")
    page = f"{LIST}{calendar.pk}/"

    assert "Good Friday" in client.get(page).content.decode()
    found = client.get(f"{page}?year=2024", headers=HTMX).content.decode().strip()
    assert found.startswith('<section id="calendar-holidays"')
    assert "29 Mar" in found
    for wrong in ("x", "-1", "99999", "²"):
        assert client.get(f"{page}?year={wrong}").status_code == 200


def test_a_day_that_differs_is_added_and_removed(client, manager):
    calendar = CalendarFactory()
    address = f"{LIST}{calendar.pk}/days/"

    shown = client.post(
        address, {"day": "2026-12-24", "name": "Half day", "hours": "9-12"},
        headers=HTMX,
    )  # fmt: skip
    day = CalendarDay.objects.get()

    assert "Half day" in shown.content.decode()
    assert (day.day, day.hours) == (date(2026, 12, 24), [[540, 720]])
    client.post(f"{LIST}days/{day.pk}/delete/")
    assert not CalendarDay.objects.exists()


def test_a_day_that_is_none_is_told(client, manager):
    calendar = CalendarFactory()
    address = f"{LIST}{calendar.pk}/days/"

    for headers in (HTMX, {}):
        response = client.post(address, {"day": "soon", "name": ""}, headers=headers)
        assert response.status_code == 422
        assert "Enter a valid date" in response.content.decode()


def test_a_calendar_in_use_cannot_be_deleted(client, manager):
    calendar = CalendarFactory(team=TeamFactory(name="Enterprise"))
    address = f"{LIST}{calendar.pk}/delete/"

    told = client.post(address, follow=True)
    assert "Enterprise still work by" in told.content.decode()

    CalendarUse.objects.all().delete()
    client.post(address)
    assert not WorkingCalendar.objects.exists()


def test_ten_calendars_cost_no_more_queries_than_one(
    client, manager, django_assert_num_queries
):
    CalendarFactory(team=TeamFactory())
    CalendarFactory(rep=RepFactory())
    with CaptureQueriesContext(connection) as for_one:
        client.get(LIST)
    for _number in range(4):
        CalendarFactory(team=TeamFactory())
        CalendarFactory(rep=RepFactory())

    with django_assert_num_queries(len(for_one)):
        client.get(LIST)
