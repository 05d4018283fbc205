"""Giving several leads away: previewed, within capacity, each refused one said."""

from datetime import timedelta

import pytest

from handoff import lifecycle
from handoff.desk import reassigning
from handoff.models import Handoff, Reassignment
from leads.choices import Role
from leads.models import Notification, Standing
from tests.handoff.factories import HandoffFactory, manager
from tests.leads.factories import NOON, RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/desk/reassign/"
SOON = NOON + timedelta(minutes=1)


@pytest.fixture
def boss(client):
    boss = manager()
    client.force_login(boss)
    return boss


@pytest.fixture
def team():
    return TeamFactory(is_default=True)


def waiting(rep, count=1):
    return [HandoffFactory(rep=rep) for _number in range(count)]


def ids(handoffs):
    return [one.pk for one in handoffs]


def holders(handoffs):
    rows = Handoff.objects.filter(pk__in=ids(handoffs)).order_by("pk")
    return [row.rep for row in rows.select_related("rep")]


def test_ticked_leads_go_to_one_rep_as_previewed_and_no_further_than_there_is_room(
    client, boss, team
):
    ana, tom = RepFactory(team=team), RepFactory(team=team, capacity=2)
    handoffs = waiting(ana, 3)

    page = client.get(PAGE, {"handoff": ids(handoffs), "to": tom.pk})
    assert [share.rep for share in page.context["shares"]] == [tom, tom, None]
    assert "full" in page.context["shares"][2].why
    refused = client.post(PAGE, {"handoff": ids(handoffs), "to": tom.pk})
    assert refused.status_code == 422
    assert holders(handoffs) == [ana.user] * 3
    done = client.post(
        PAGE,
        {"handoff": ids(handoffs), "to": tom.pk, "reason": "Ana is ill"},
        follow=True,
    )

    assert holders(handoffs) == [tom.user, tom.user, ana.user]
    assert "2 leads moved." in done.text
    assert f"{handoffs[2].lead}: {tom}: full." in done.text
    assert "Ana is ill" in done.text
    assert Standing.objects.get(lead=handoffs[0].lead).owner == tom.user


def test_routing_chooses_anew_but_not_whoever_has_it(client, boss, team):
    ana, tom = RepFactory(team=team), RepFactory(team=team)
    RepFactory(team=team, is_available=False)
    handoffs = waiting(ana, 2)

    client.post(
        PAGE, {"handoff": ids(handoffs), "to": "routing", "reason": "Ana is ill"}
    )

    assert holders(handoffs) == [tom.user] * 2
    told = Notification.objects.filter(person=tom.user, kind="lead_assigned")
    assert told.count() == 2


def test_what_was_decided_or_filled_meanwhile_is_refused_and_told(boss, team):
    ana, tom = RepFactory(team=team), RepFactory(team=team, capacity=1)
    first, second, third = waiting(ana, 3)
    lifecycle.accept(handoff=Handoff.objects.get(pk=first.pk), actor=ana.user, now=NOON)

    outcome = reassigning.reassign_many(
        wanted=[(first, tom), (second, tom), (third, tom)],
        reason="Ana is ill",
        actor=boss,
        now=SOON,
    )

    assert [one.pk for one in outcome.moved] == [second.pk]
    assert outcome.refused == [
        f"{first.lead}: {ana} accepted this lead 1\xa0minute ago.",
        f"{third.lead}: {tom} is full, with 1 of 1.",
    ]


def test_a_batch_is_given_back_to_whoever_had_it(client, boss, team):
    ana, tom, ben = (RepFactory(team=team) for _number in range(3))
    kept, passed_on = waiting(ana, 2)
    pooled = HandoffFactory(rep=None, team=team)
    outcome = reassigning.reassign_many(
        wanted=[(kept, tom), (passed_on, tom), (pooled, tom)],
        reason="Ana is ill",
        actor=boss,
        now=NOON,
    )
    assert len(outcome.moved) == 3
    reassigning.reassign(handoff=passed_on, rep=ben, actor=boss, now=SOON)
    batch = Reassignment.objects.get(handoff=kept).batch

    done = client.post(f"{PAGE}{batch}/undo/", follow=True)

    assert holders([kept, passed_on, pooled]) == [ana.user, ben.user, None]
    assert f"{passed_on.lead}: {ben} has this lead by now." in done.text
    assert "2 leads are back." in done.text
    assert Standing.objects.get(lead=pooled.lead).owner is None
    again = client.post(f"{PAGE}{batch}/undo/", follow=True)
    assert "leads are back" not in again.text
    steps = Handoff.objects.get(pk=kept.pk).trace["reassigned"]
    assert [step["to"] for step in steps] == [str(tom), str(ana)]


def test_ticks_of_the_queue_lead_to_who_would_get_them(client, boss, team):
    handoffs = waiting(RepFactory(team=team), 2)
    queue = client.get("/queue/")
    assert 'formaction="/desk/reassign/"' in queue.text

    asked = client.post(
        PAGE, {"tab": "team", "origin": "queue", "handoff": ids(handoffs)}, follow=True
    )

    assert asked.redirect_chain[0][1] == 302
    assert [share.handoff for share in asked.context["shares"]] == handoffs
    assert not Reassignment.objects.exists()


def test_a_rep_is_not_offered_to_give_ticked_leads_away(client, team):
    rep = RepFactory(team=team)
    waiting(rep)
    client.force_login(rep.user)

    assert "/desk/reassign/" not in client.get("/queue/").text


def test_without_a_tick_the_page_lists_what_waits(client, boss, team):
    ana = RepFactory(team=team)
    [handoff] = waiting(ana)
    waiting(RepFactory())

    page = client.get(PAGE, {"owner": ana.pk})

    assert list(page.context["handoffs"]) == [handoff]
    assert client.get(PAGE, {"handoff": "x"}).status_code == 400


@pytest.mark.parametrize("role", [Role.REP, Role.MARKETER])
def test_only_managers_give_leads_away(client, role):
    client.force_login(UserFactory(role=role))

    assert client.get(PAGE).status_code == 403


def test_one_lead_is_given_to_another_rep_with_a_reason_only(client, boss, team):
    handoff, other = HandoffFactory(rep=RepFactory(team=team)), RepFactory(team=team)
    client.force_login(boss)
    address = f"/queue/{handoff.pk}/reassign/"

    answer = client.post(address, {"rep": other.pk})
    assert answer.status_code == 422
    handoff.refresh_from_db()
    assert handoff.rep != other.user

    client.post(address, {"rep": other.pk, "reason": "Knows the company"})
    handoff.refresh_from_db()
    assert handoff.rep == other.user
    assert handoff.trace["reassigned"][0]["reason"] == "Knows the company"
