"""A manager makes and names teams, and says which takes what no rule names."""

import pytest

from handoff.models import Handoff, SettingChange
from handoff.routing import offers, teams
from handoff.setting_changes import By
from leads.choices import Role, Stage
from leads.models import Team
from tests.handoff.factories import manager
from tests.leads.factories import (
    NOON,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
TEAMS = "/settings/teams/"
NEW = f"{TEAMS}new/"


@pytest.fixture
def boss(client):
    boss = manager()
    client.force_login(boss)
    return boss


@pytest.fixture
def north():
    return TeamFactory(name="North", is_default=True)


def page(team):
    return f"{TEAMS}{team.pk}/"


def told():
    return list(SettingChange.objects.order_by("pk").values_list("subject", "changes"))


def test_a_manager_makes_a_team_which_is_shown_and_told(client, boss, north):
    assert NEW in client.get(TEAMS).text
    assert client.get(NEW).status_code == 200

    answer = client.post(NEW, {"name": " South "}, follow=True)

    assert answer.redirect_chain == [(TEAMS, 302)]
    assert "South is saved." in answer.text
    assert "What has changed" in answer.text
    south = Team.objects.get(name="South")
    assert not south.is_default
    assert page(south) in answer.text
    change = SettingChange.objects.get()
    assert (change.subject, change.actor) == ("South", boss)
    assert ["Name", "", "South"] in change.changes


def test_a_team_gets_another_name(client, boss, north):
    client.post(page(north), {"name": "Nordics"})

    north.refresh_from_db()
    assert (north.name, north.is_default) == ("Nordics", True)
    assert told() == [("Nordics", [["Name", "North", "Nordics"]])]


def test_another_team_becomes_the_default_and_takes_what_no_rule_names(
    client, boss, north
):
    south = TeamFactory(name="South")
    rep = RepFactory(team=south)
    RepFactory(team=north)

    client.post(page(south), {"name": "South", "is_default": "on"})
    LeadFactory(stage=Stage.SQL)
    offers.route_waiting(now=NOON)

    assert Team.objects.get(is_default=True) == south
    assert Handoff.objects.get().rep == rep.user
    what = "Takes leads that no rule names"
    assert told() == [
        ("North", [[what, "yes", "no"]]),
        ("South", [[what, "no", "yes"]]),
    ]


def test_the_default_is_not_taken_away_without_another(client, boss, north):
    assert "is_default" not in client.get(page(north)).context["form"].fields

    client.post(page(north), {"name": "North"})

    assert Team.objects.get().is_default
    assert not SettingChange.objects.exists()


def test_the_first_team_may_be_made_the_default_at_once(client, boss):
    assert NEW in client.get(TEAMS).text

    client.post(NEW, {"name": "First", "is_default": "on"})

    assert Team.objects.get().is_default


@pytest.mark.parametrize("name", ["", "  ", "north", "NORTH ", "x" * 101, "a\x00b"])
def test_a_name_that_cannot_be_is_told_beside_the_field(client, boss, north, name):
    answer = client.post(NEW, {"name": name})

    assert answer.status_code == 422
    assert "errorlist" in answer.text
    assert Team.objects.get() == north


def test_who_is_second_with_a_name_is_told(boss, north):
    with pytest.raises(teams.TeamError, match="look at them again"):
        teams.save(team=None, name="North", is_default=True, by=By(boss, NOON))

    assert Team.objects.get().is_default
    assert not SettingChange.objects.exists()


@pytest.mark.parametrize("role", [Role.REP, Role.MARKETER])
def test_teams_are_the_managers(client, north, role):
    client.force_login(UserFactory(role=role))

    assert client.get(NEW).status_code == 403
    assert client.post(NEW, {"name": "South"}).status_code == 403
    assert client.post(page(north), {"name": "South"}).status_code == 403
    assert Team.objects.get().name == "North"


def test_a_team_that_is_not_there_is_not_found(client, boss):
    assert client.get(f"{TEAMS}7/").status_code == 404
