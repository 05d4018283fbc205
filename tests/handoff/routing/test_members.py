"""Teams and absences: what a manager sets and a rep plans, and routing minds."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from handoff.models import Absence, Handoff, Seat, SettingChange
from handoff.routing import absences, offers
from handoff.routing.absences import AbsenceError
from handoff.sla import calendars
from leads.choices import Role, Stage
from tests.handoff.factories import HandoffFactory, manager
from tests.handoff.sla.factories import CalendarFactory
from tests.leads.factories import (
    NOON,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TEAMS = "/settings/teams/"


@pytest.fixture
def team():
    return TeamFactory(is_default=True)


def page(rep):
    return f"{TEAMS}reps/{rep.pk}/"


def form(**changes):
    return {
        "weight": "2",
        "capacity": "9",
        "capacity_per_day": "3",
        "is_available": "on",
        "countries": "Germany, Österreich",
        "languages": "",
        "industries": "",
    } | changes


def away(rep, *, catches_up=False):
    return absences.plan(
        rep=rep,
        starts_at=NOON - DAY,
        ends_at=NOON + DAY,
        note="",
        catches_up=catches_up,
        actor=rep.user,
    )


def route(count, *, now=NOON, **fields):
    leads = [LeadFactory(stage=Stage.SQL, **fields) for _number in range(count)]
    offers.route_leads(lead_ids=[lead.pk for lead in leads], now=now)


def skipped():
    trace = Handoff.objects.latest("pk").trace
    return {one["name"]: one["skipped"] for one in trace["candidates"]}


def test_nobody_who_is_away_is_given_a_lead(team):
    rep = RepFactory(team=team)
    away(rep)

    route(1)

    assert Handoff.objects.get().rep is None
    assert skipped() == {str(rep.user): "away"}


def test_whoever_returns_goes_on_level(team):
    gone, there = RepFactory(team=team), RepFactory(team=team)
    route(2)
    away(gone)
    route(6)

    route(2, now=NOON + 2 * DAY)

    assert Handoff.objects.filter(rep=gone.user).count() == 2
    assert Handoff.objects.filter(rep=there.user).count() == 8


def test_whoever_is_to_catch_up_gets_the_missed_turns(team):
    gone, there = RepFactory(team=team), RepFactory(team=team)
    route(2)
    away(gone, catches_up=True)
    route(3)

    route(3, now=NOON + 2 * DAY)

    assert Handoff.objects.filter(rep=gone.user).count() == 4
    assert Handoff.objects.filter(rep=there.user).count() == 4


def test_a_lead_goes_to_who_serves_its_country(client, team):
    german, other = RepFactory(team=team), RepFactory(team=team)
    client.force_login(manager())
    client.post(page(german), form())

    route(4, country="France")

    assert set(Handoff.objects.values_list("rep", flat=True)) == {other.user_id}
    assert skipped()[str(german.user)] == "country"


def test_what_a_manager_sets_is_kept_and_shown(client, team):
    rep = RepFactory(team=team)
    client.force_login(manager())

    answer = client.post(page(rep), form(), follow=True)

    seat = Seat.objects.get(rep=rep)
    assert (seat.capacity_per_day, seat.countries) == (3, ["Germany", "Österreich"])
    assert "Österreich" in answer.text
    rep.refresh_from_db()
    assert (rep.weight, rep.capacity) == (2, 9)


def test_words_stay_as_typed_once_each_and_are_compared_without_case_and_accents(
    client, team
):
    rep = RepFactory(team=team)
    client.force_login(manager())

    typed = "Österreich,  Côte   d'Ivoire , osterreich, Brasil"
    client.post(page(rep), form(countries=typed))
    assert Seat.objects.get(rep=rep).countries == [
        "Brasil",
        "Côte d'Ivoire",
        "Österreich",
    ]
    route(2, country="OSTERREICH")

    assert set(Handoff.objects.values_list("rep", flat=True)) == {rep.user_id}


def test_a_rep_moves_to_another_team_level_with_its_reps(client, team):
    RepFactory(team=team)
    route(4)
    rep = RepFactory(team=TeamFactory(name="South"), weight=2)
    client.force_login(manager())
    client.post(page(rep), form())
    held = HandoffFactory(rep=rep, team=rep.team)

    client.post(page(rep), form(team=team.pk))

    rep.refresh_from_db()
    assert rep.team == team
    assert Seat.objects.get(rep=rep).assigned == 8
    assert Handoff.objects.get(pk=held.pk).team.name == "South"
    change = SettingChange.objects.order_by("pk").last()
    assert change.changes == [["Team", "South", str(team)]]
    client.post(page(rep), form())
    rep.refresh_from_db()
    assert rep.team == team


def test_a_new_seat_is_level_with_the_colleagues(client, team):
    RepFactory(team=team)
    route(4)
    rep = RepFactory(team=team)
    client.force_login(manager())

    client.post(page(rep), form(weight="1"))

    assert Seat.objects.get(rep=rep).assigned == 4


@pytest.mark.parametrize(
    "change",
    [
        {"weight": "0"},
        {"weight": "many"},
        {"capacity": "-1"},
        {"capacity_per_day": "0"},
        {"countries": "x" * 101},
        {"countries": ",".join(["a b"] * 101)},
        {"languages": "\x00"},
    ],
)
def test_what_cannot_be_is_told_beside_the_field(client, team, change):
    rep = RepFactory(team=team)
    client.force_login(manager())

    answer = client.post(page(rep), form(**change))

    assert answer.status_code == 422
    assert "errorlist" in answer.text
    assert not Seat.objects.exists()


def test_a_manager_says_by_which_calendar_a_rep_works(client, team):
    rep, by_team = RepFactory(team=team), CalendarFactory(team=team, name="Berlin")
    own = CalendarFactory(name="Night watch")
    client.force_login(manager())
    assert "As the team" in client.get(TEAMS).text

    client.post(page(rep), form(calendar=own.pk))
    assert calendars.load().id_of(team_id=team.pk, user_id=rep.user_id) == own.pk
    assert "Night watch" in client.get(TEAMS).text

    client.post(page(rep), form())
    assert calendars.load().id_of(team_id=team.pk, user_id=rep.user_id) == by_team.pk


def test_a_rep_plans_an_absence_and_takes_it_back(client, team):
    rep = RepFactory(team=team)
    client.force_login(rep.user)
    today = timezone.localdate()
    sent = {"first_day": today, "last_day": today + 3 * DAY, "note": "Moving house"}

    answer = client.post(f"{page(rep)}absences/", sent, follow=True)
    assert "Moving house" in answer.text
    absence = Absence.objects.get()
    assert absence.ends_at - absence.starts_at == 4 * DAY

    client.post(f"{TEAMS}absences/{absence.pk}/delete/")
    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [
        (2, 1, "before the first"),
        (-5, -3, "over already"),
        (1, 900, "a year at most"),
        (4_000, 4_001, "too far ahead"),
    ],
)
def test_an_absence_that_cannot_be_is_refused_in_words(
    client, team, first, last, problem
):
    rep = RepFactory(team=team)
    client.force_login(rep.user)
    today = timezone.localdate()
    sent = {"first_day": today + first * DAY, "last_day": today + last * DAY}

    answer = client.post(f"{page(rep)}absences/", sent)

    assert answer.status_code == 422
    assert problem in answer.text
    assert not Absence.objects.exists()


def test_an_absence_is_for_the_rep_and_managers_to_plan(team):
    rep, colleague = RepFactory(team=team), RepFactory(team=team)

    with pytest.raises(AbsenceError):
        absences.plan(
            rep=rep,
            starts_at=NOON,
            ends_at=NOON + DAY,
            note="",
            catches_up=False,
            actor=colleague.user,
        )


def test_anothers_page_is_not_found(client, team):
    rep, colleague = RepFactory(team=team), RepFactory(team=team)
    client.force_login(colleague.user)

    assert client.get(page(rep)).status_code == 404
    assert client.get(page(colleague)).status_code == 200
    assert client.post(page(colleague), form()).status_code == 403
    assert client.get(TEAMS).status_code == 403


def test_only_reps_have_absences_of_their_own(client, team):
    client.force_login(UserFactory(role=Role.MARKETER))

    assert client.get("/settings/absences/").status_code == 404


def test_ten_reps_cost_as_many_queries_as_one(client, team, django_assert_num_queries):
    client.force_login(manager())
    RepFactory(team=team)
    client.get(TEAMS)
    with CaptureQueriesContext(connection) as for_one:
        client.get(TEAMS)
    RepFactory.create_batch(9, team=team)

    with django_assert_num_queries(len(for_one)):
        client.get(TEAMS)
