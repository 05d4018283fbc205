"""A rep's day is one of the zone that the rep works in, also when the clock jumps."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handoff.models import Absence
from handoff.routing import absences, days, floor, past
from handoff.sla import calendars
from leads.choices import Role
from tests.handoff.factories import HandoffFactory
from tests.handoff.sla.factories import CalendarFactory
from tests.leads.factories import RepFactory, TeamFactory, UserFactory

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "day", "begins", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-28T23:00Z", 23),
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-24T22:00Z", 25),
        ("America/New_York", date(2026, 3, 8), "2026-03-08T05:00Z", 23),
        ("Australia/Lord_Howe", date(2026, 4, 5), "2026-04-04T13:00Z", 24.5),
        # Midnight itself is skipped, or comes twice.
        ("Africa/Cairo", date(2026, 4, 24), "2026-04-23T22:00Z", 23),
        ("Atlantic/Azores", date(2026, 10, 25), "2026-10-25T00:00Z", 25),
        ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00Z", 25),
    ],
)
def test_a_day_begins_and_ends_where_its_date_changes(zone, day, begins, hours):
    zone = ZoneInfo(zone)

    first, after = days.begins(day, zone), days.ends(day, zone)

    assert first == datetime.fromisoformat(begins)
    assert after - first == hours * HOUR
    assert days.last_day(after, zone) == day
    assert days.are_whole(first, after, zone)
    assert not days.are_whole(first, after - HOUR, zone)


@pytest.mark.django_db
def test_the_zone_is_that_of_the_calendar_else_of_the_person(settings):
    settings.TIME_ZONE = "Europe/Madrid"
    team = TeamFactory()
    CalendarFactory(team=team, time_zone="America/New_York")
    by_team, by_own = RepFactory(team=team), RepFactory(team=team)
    CalendarFactory(rep=by_own, time_zone="Asia/Tokyo")
    by_nothing = RepFactory(user=UserFactory(time_zone="Asia/Kolkata"))
    known = calendars.load()

    zones = [str(days.zone_of(rep, known)) for rep in (by_team, by_own, by_nothing)]

    assert zones == ["America/New_York", "Asia/Tokyo", "Asia/Kolkata"]
    assert str(days.zone_of(RepFactory(), known)) == "Europe/Madrid"


@pytest.mark.django_db
def test_a_manager_elsewhere_plans_days_of_the_rep(client):
    rep = RepFactory()
    CalendarFactory(rep=rep, time_zone="America/New_York")
    client.force_login(UserFactory(role=Role.MANAGER, time_zone="Europe/Berlin"))
    page = f"/settings/teams/reps/{rep.pk}/"
    year = datetime.now(tz=UTC).year + 1
    sent = {"first_day": f"{year}-12-02", "last_day": f"{year}-12-08"}

    answer = client.post(f"{page}absences/", sent, follow=True)

    absence = Absence.objects.get()
    assert absence.starts_at == datetime(year, 12, 2, 5, tzinfo=UTC)
    assert absence.ends_at == datetime(year, 12, 9, 5, tzinfo=UTC)
    assert f"2 Dec – 8 Dec {year}" in answer.text
    assert f"2 Dec – 8 Dec {year}" in client.get("/settings/teams/").text


def test_an_absence_of_hours_is_told_to_the_minute():
    at = datetime(2026, 12, 2, 10, tzinfo=UTC)
    absence = Absence(starts_at=at, ends_at=at + 3 * HOUR)

    words = absences.in_words(absence, zone=ZoneInfo("America/New_York"))

    assert words == "2 Dec 2026 10:00 – 2 Dec 2026 13:00"


def of_today(at):
    """How many leads routing counts for the one rep at this instant."""
    (candidate,) = floor.read(now=datetime.fromisoformat(at)).candidates.values()
    return candidate.given_today


def works_in(zone, *, given_at):
    rep = RepFactory()
    CalendarFactory(rep=rep, time_zone=zone)
    for at in given_at:
        HandoffFactory(rep=rep, assigned_at=datetime.fromisoformat(at))


@pytest.mark.django_db
def test_a_day_has_its_leads_by_the_date_where_the_rep_works(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    # Two o'clock in Los Angeles; Berlin begins another day while it is three there.
    works_in("America/Los_Angeles", given_at=["2026-03-03T22:00Z"])

    assert of_today("2026-03-03T22:30Z") == 1
    assert of_today("2026-03-03T23:30Z") == 1
    assert of_today("2026-03-04T07:59Z") == 1
    assert of_today("2026-03-04T08:00Z") == 0


@pytest.mark.django_db
def test_a_day_that_begins_twice_counts_from_the_first_time():
    works_in("Atlantic/Azores", given_at=["2026-10-25T00:15Z"])

    assert of_today("2026-10-25T00:30Z") == 1
    assert of_today("2026-10-25T01:30Z") == 1
    assert of_today("2026-10-26T00:59Z") == 1
    assert of_today("2026-10-26T01:00Z") == 0


@pytest.mark.django_db
def test_a_night_on_which_the_clock_is_set_ends_the_day_at_midnight():
    works_in("Europe/Berlin", given_at=["2026-03-28T22:30Z", "2026-03-28T23:30Z"])

    assert of_today("2026-03-28T22:59Z") == 2
    assert of_today("2026-03-29T21:59Z") == 1
    assert of_today("2026-03-29T22:00Z") == 0


@pytest.mark.django_db
def test_a_replay_lets_the_day_begin_where_the_rep_works():
    works_in("America/Los_Angeles", given_at=["2026-03-03T22:00Z"])
    then = past.at(datetime.fromisoformat("2026-03-03T22:30Z"))

    then.advance(datetime.fromisoformat("2026-03-04T07:59Z"))
    (still,) = then.sales.candidates.values()
    then.advance(datetime.fromisoformat("2026-03-04T08:00Z"))
    (anew,) = then.sales.candidates.values()

    assert (still.given_today, anew.given_today) == (1, 0)
