"""Who changed how sales works, from what to what and why, stands beside it."""

import pytest

from handoff.choices import SettingKind
from handoff.models import SettingChange
from tests.handoff.factories import ReasonFactory, manager
from tests.handoff.sla.factories import CalendarFactory, ServiceLevelFactory
from tests.leads.factories import RepFactory, TeamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    person = manager()
    client.force_login(person)
    return person


def of_kind(kind):
    return SettingChange.objects.filter(kind=kind)


def level_form(**changes):
    fields = {
        "decide": "8",
        "follow_up": "16",
        "warn_percent": "75",
        "escalate": "0",
        "on_expiry": "keep",
        "expire": "4",
        "max_reassignments": "2",
        "why": "Agreed in March",
    }
    return {**fields, **changes}


def test_what_all_teams_promise_is_changed_with_its_history(client, boss):
    level = ServiceLevelFactory(team=None)

    client.post(f"/settings/service-levels/{level.pk}/", level_form(decide="4"))

    level.refresh_from_db()
    assert level.decide_minutes == 4 * 60
    assert of_kind(SettingKind.LEVEL).get().actor == boss


def test_a_changed_promise_says_who_changed_what_and_why(client, boss):
    level = ServiceLevelFactory(team=TeamFactory(name="Enterprise"))
    page = f"/settings/service-levels/{level.pk}/"
    assert client.post(page, level_form(why="")).status_code == 422

    client.post(page, level_form(decide="4"))

    (change,) = of_kind(SettingKind.LEVEL)
    assert change.changes == [["Decide within", "8 h", "4 h"]]
    assert (change.actor, change.note) == (boss, "Agreed in March")
    assert change.subject == "Enterprise: Normal"
    assert "Agreed in March" in client.get("/settings/service-levels/").text


def test_what_is_saved_as_it_was_is_no_change(client, boss):
    level = ServiceLevelFactory()

    client.post(f"/settings/service-levels/{level.pk}/", level_form())

    assert not SettingChange.objects.exists()


def test_a_promise_that_goes_is_kept_in_the_history(client, boss):
    level = ServiceLevelFactory()

    client.post(f"/settings/service-levels/{level.pk}/delete/", {"why": "As others"})

    (change,) = of_kind(SettingKind.LEVEL)
    assert ["Decide within", "8 h", ""] in change.changes


def test_hours_and_days_that_differ_are_in_the_history(client, boss):
    team, calendar = TeamFactory(name="Enterprise"), CalendarFactory(name="Berlin")
    page = f"/settings/calendars/{calendar.pk}/"
    week = {f"day_{number}": "09:00–17:00" for number in range(5)}
    said = {"name": "Berlin", "time_zone": "Europe/Berlin", "teams": [team.pk]}

    client.post(page, {**week, **said, "day_4": "09:00–12:00"})
    client.post(f"{page}days/", {"day": "2026-12-24", "name": "Christmas Eve"})
    client.post(f"/settings/calendars/days/{calendar.days.get().pk}/delete/")

    removed, added, changed = of_kind(SettingKind.CALENDAR)
    day = "Thu 24 Dec 2026"
    assert removed.changes == [[day, "Christmas Eve: Closed", ""]]
    assert added.changes == [[day, "", "Christmas Eve: Closed"]]
    hours = "Mon to Thu 09:00–17:00 · Fri 09:00–12:00"
    assert ["Hours", "Mon to Fri 09:00–17:00", hours] in changed.changes
    assert ["Teams", "", "Enterprise"] in changed.changes
    assert "Christmas Eve" in client.get("/settings/calendars/").text


def test_a_calendar_that_loses_a_team_and_a_rep_says_so_and_so_does_the_rep(
    client, boss
):
    team, rep = TeamFactory(name="Enterprise"), RepFactory(user__name="Ana Ruiz")
    former, other = CalendarFactory(name="Berlin"), CalendarFactory(name="Lisbon")
    former.uses.create(team=team)
    former.uses.create(rep=rep)
    said = {"name": "Lisbon", "time_zone": "Europe/Lisbon", "day_0": "09:00–17:00"}
    page = f"/settings/calendars/{other.pk}/"

    client.post(page, {**said, "teams": [team.pk], "reps": [rep.pk]})
    client.post(page, {**said, "teams": [team.pk]})

    told = {one.subject: one.changes for one in of_kind(SettingKind.CALENDAR)[1:]}
    assert told["Berlin"] == [["Teams", "Enterprise", ""], ["Reps", "Ana Ruiz", ""]]
    assert ["Reps", "", "Ana Ruiz"] in told["Lisbon"]
    left, moved = of_kind(SettingKind.MEMBER)
    assert moved.changes == [["Works by", "Berlin", "Lisbon"]]
    assert left.changes == [["Works by", "Lisbon", "The calendar of the team"]]
    assert (left.subject, left.actor) == ("Ana Ruiz", boss)


def test_a_calendar_with_another_name_is_no_change_of_who_works_by_it(client, boss):
    calendar = CalendarFactory(name="Berlin")
    rep = RepFactory()
    calendar.uses.create(rep=rep)
    said = {"name": "Germany", "time_zone": calendar.time_zone, "reps": [rep.pk]}

    client.post(f"/settings/calendars/{calendar.pk}/", {**said, "day_0": "09:00–17:00"})

    assert of_kind(SettingKind.CALENDAR).get().subject == "Germany"
    assert not of_kind(SettingKind.MEMBER).exists()


def test_the_calendar_that_a_rep_works_by_anew_says_so(client, boss):
    rep = RepFactory(user__name="Ana Ruiz")
    former, other = CalendarFactory(name="Berlin"), CalendarFactory(name="Lisbon")
    former.uses.create(rep=rep)
    said = {"weight": rep.weight, "capacity": rep.capacity, "is_available": "on"}

    for _again in range(2):
        client.post(f"/settings/teams/reps/{rep.pk}/", {**said, "calendar": other.pk})

    told = {one.subject: one.changes for one in of_kind(SettingKind.CALENDAR)}
    assert told == {
        "Berlin": [["Reps", "Ana Ruiz", ""]],
        "Lisbon": [["Reps", "", "Ana Ruiz"]],
    }
    assert of_kind(SettingKind.CALENDAR).count() == 2
    assert of_kind(SettingKind.MEMBER).get().changes == [
        ["Works by", "Berlin", "Lisbon"]
    ]


def test_a_reps_share_and_presence_are_in_the_history(client, boss):
    rep = RepFactory(weight=1)
    said = {"weight": "3", "capacity": rep.capacity, "is_available": "on"}

    client.post(f"/settings/teams/reps/{rep.pk}/", said)
    client.post(f"/desk/{rep.pk}/presence/", {"is_available": "0"})

    paused, changed = of_kind(SettingKind.MEMBER)
    assert changed.changes == [["Weight", "1", "3"]]
    assert paused.changes == [["Takes new leads", "yes", "no"]]
    assert (paused.subject, paused.actor) == (str(rep), boss)
    assert "What has changed" in client.get("/settings/teams/").text


def test_a_retired_reason_is_in_the_history(client, boss):
    reason = ReasonFactory(label="No budget")

    client.post(f"/settings/reasons/{reason.pk}/use/", {"is_on": "0"})

    (change,) = of_kind(SettingKind.REASON)
    assert change.subject == "No budget"
    assert change.changes == [["In use", "yes", "no"]]
    assert "What has changed" in client.get("/settings/reasons/").text
