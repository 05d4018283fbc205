from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from handoff import lifecycle
from handoff.models import Handoff, ServiceLevel
from handoff.sla import enforcement, words
from handoff.sla.levels import HOUR, Level
from leads.choices import Role
from tests.handoff.factories import HandoffFactory
from tests.handoff.sla.factories import CalendarFactory, ServiceLevelFactory
from tests.leads.factories import NOON, RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "/settings/service-levels/"
NEW = "/settings/service-levels/new/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def manager(client):
    manager = UserFactory(role=Role.MANAGER)
    client.force_login(manager)
    return manager


@pytest.fixture
def handoff():
    made = HandoffFactory(rep=RepFactory())
    enforcement.enforce(now=NOON)
    return made


def answers(**changes):
    fields = {
        "decide": "6",
        "follow_up": "12.5",
        "warn_percent": "80",
        "escalate": "1",
        "on_expiry": "next",
        "expire": "2",
        "max_reassignments": "3",
        "priority": "normal",
        "why": "Agreed in March",
    }
    return {**fields, **changes}


@pytest.mark.parametrize("role", [Role.REP, Role.MARKETER])
def test_only_managers_and_administrators_promise(client, role):
    level = ServiceLevelFactory()
    client.force_login(UserFactory(role=role))

    for address in (LIST, NEW, f"{LIST}{level.pk}/"):
        assert client.get(address).status_code == 403
    assert client.post(f"{LIST}{level.pk}/delete/").status_code == 403


def test_a_new_workspace_promises_what_the_product_does(client, manager, workspace):
    page = client.get(LIST).content.decode()

    assert page.count("Every other team") == 2
    assert "The rep is warned after 6 h." in page


def test_without_any_level_the_page_says_what_holds(client, manager):
    assert "Nothing is promised yet" in client.get(LIST).content.decode()


def test_a_team_promises_something_of_its_own(client, manager):
    team = TeamFactory()

    response = client.post(NEW, answers(team=team.pk))

    row = ServiceLevel.objects.get()
    assert response.headers["Location"] == LIST
    assert (row.team, row.decide_minutes, row.follow_up_minutes) == (team, 360, 750)
    assert (row.escalate_minutes, row.expire_minutes) == (60, 120)


def test_a_level_is_changed_and_goes(client, manager):
    level = ServiceLevelFactory()
    address = f"{LIST}{level.pk}/"

    client.post(address, answers(decide="4", on_expiry="keep", expire="0"))
    level.refresh_from_db()
    assert (level.decide_minutes, level.expire_minutes) == (240, 60)

    assert client.post(f"{address}delete/").status_code == 422
    client.post(f"{address}delete/", {"why": "One promise for all"})
    assert not ServiceLevel.objects.exists()


def test_what_all_others_promise_cannot_go(client, manager):
    level = ServiceLevelFactory(team=None)

    assert client.post(f"{LIST}{level.pk}/delete/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "field", "problem"),
    [
        ({"decide": "0"}, "decide", "greater than or equal to 0.25"),
        ({"decide": ""}, "decide", "required"),
        ({"decide": "NaN"}, "decide", "Enter a number"),
        ({"decide": "1e400"}, "decide", "less than or equal to 1000"),
        ({"decide": "100000000000000000000"}, "decide", "less than or equal to 1000"),
        ({"warn_percent": "100"}, "warn_percent", "less than or equal to 99"),
        ({"expire": "0.5"}, "expire", "Not before the managers"),
        ({"on_expiry": "burn"}, "on_expiry", "not one of the available"),
        ({"team": "0"}, "team", "not one of the available"),
    ],
)
def test_what_is_wrong_stands_beside_the_field(
    client, manager, changes, field, problem
):
    response = client.post(NEW, answers(**{"team": TeamFactory().pk, **changes}))

    assert response.status_code == 422
    assert problem in str(response.context["form"].errors[field])
    assert not ServiceLevel.objects.exists()


def test_a_team_promises_once_a_priority(client, manager):
    level = ServiceLevelFactory()

    response = client.post(NEW, answers(team=level.team.pk))

    assert response.status_code == 422
    assert "has promised that already" in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "The lead stays with the rep."),
        ({"on_expiry": "pool"}, "4 h past due it goes back to the pool."),
        ({"on_expiry": "next", "max_reassignments": 1},
         "4 h past due it goes to the next rep, once at most, then to the pool."),
        ({"on_expiry": "next"},
         "4 h past due it goes to the next rep, 2 times at most, then to the pool."),
        ({"escalate_seconds": 90 * 60},
         "Managers are told when it is 1 h 30 min past due."),
        ({"question_pauses": True}, "The clock stands still while marketing is asked."),
    ],
)  # fmt: skip
def test_a_level_is_told_in_sentences(changes, sentence):
    level = Level(decide_seconds=8 * HOUR, follow_up_seconds=HOUR, **changes)

    assert sentence in words.level_in_words(level)


def test_a_manager_pauses_a_clock_with_a_reason(client, manager, handoff):
    address = reverse("handoff:pause", args=[handoff.pk])

    asked = client.get(f"{address}?origin=lead", headers=HTMX)
    refused = client.post(address, {"origin": "lead", "reason": ""}, headers=HTMX)
    client.post(address, {"origin": "lead", "reason": "At the fair"})

    assert "Pause the clock of" in asked.content.decode()
    assert refused.status_code == 422
    page = client.get(f"/leads/{handoff.lead_id}/").content.decode()
    assert "Paused by a manager" in page
    assert "At the fair" in page

    client.post(reverse("handoff:resume", args=[handoff.pk]), {"origin": "lead"})
    handoff.refresh_from_db()
    assert handoff.paused_at is None


def test_a_rep_pauses_nothing(client, handoff):
    client.force_login(handoff.rep)

    for name in ("pause", "resume"):
        address = reverse(f"handoff:{name}", args=[handoff.pk])
        assert client.post(address, {"reason": "x"}).status_code == 403


def test_what_does_not_run_is_told(client, manager, handoff):
    address = reverse("handoff:resume", args=[handoff.pk])

    page = client.post(address, {"origin": "lead"}, follow=True).content.decode()

    assert "The clock does not stand still." in page


def test_the_leads_page_tells_what_was_promised_and_kept(client, handoff):
    client.force_login(handoff.rep)
    lifecycle.accept(handoff=handoff, actor=handoff.rep, now=NOON + timedelta(hours=9))
    enforcement.enforce(now=NOON + timedelta(hours=9))

    page = client.get(f"/leads/{handoff.lead_id}/").content.decode()

    assert "Promised within 8 h" in page
    assert "took 9 h of working time" in page
    assert f"{handoff.rep} had it" in page
    assert "First follow-up" in page


def test_the_queue_tells_the_working_time_left(client):
    rep = RepFactory()
    CalendarFactory(team=rep.team)
    ServiceLevelFactory(team=rep.team, decide_minutes=100 * 60)
    client.force_login(rep.user)
    now = timezone.now()
    HandoffFactory(rep=rep, routed_at=now, assigned_at=now)
    enforcement.enforce(now=now)

    assert "working time left" in client.get("/queue/").content.decode()


def test_clocks_cost_the_leads_page_no_query_each(client, manager, handoff):
    address = f"/leads/{handoff.lead_id}/"
    counts = []
    for number in range(1, 3):
        now = NOON + timedelta(days=number)
        Handoff.objects.pending().update(status="expired", decided_at=now)
        HandoffFactory(lead=handoff.lead, rep=RepFactory())
        enforcement.enforce(now=now)
        client.get(address)  # what a first look fills in is not measured
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))

    assert counts[0] == counts[1]
