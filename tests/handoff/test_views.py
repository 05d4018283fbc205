import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from handoff import lifecycle
from handoff.choices import HandoffStatus, ReasonEffect
from handoff.desk import reassigning
from handoff.models import Handoff
from leads.choices import Role, Stage
from tests.handoff.factories import HandoffFactory, ReasonFactory
from tests.leads.factories import (
    NOON,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
QUEUE = "/queue/"


@pytest.fixture
def rep(client):
    rep = RepFactory()
    RepFactory(team=rep.team)
    client.force_login(rep.user)
    return rep


@pytest.fixture
def manager(client):
    manager = UserFactory(role=Role.MANAGER)
    client.force_login(manager)
    return manager


def address(name, handoff):
    return reverse(f"handoff:{name}", args=[handoff.pk])


def shown(response):
    return [handoff.pk for handoff in response.context["page"].rows]


def test_a_rep_finds_own_hand_offs_by_the_time_left(client, rep):
    later, sooner = HandoffFactory(rep=rep), HandoffFactory(rep=rep, due_at=NOON)
    HandoffFactory()

    assert shown(client.get(QUEUE)) == [sooner.pk, later.pk]


def test_the_pool_is_that_of_the_reps_team(client, rep):
    mine = HandoffFactory(rep=None, team=rep.team)
    HandoffFactory(rep=None, team=TeamFactory())
    HandoffFactory(rep=rep)

    assert shown(client.get(QUEUE, {"tab": "pool"})) == [mine.pk]


def test_decided_ones_have_their_tab(client, rep):
    done = HandoffFactory(rep=rep, lead=LeadFactory())
    lifecycle_done = {"status": HandoffStatus.ACCEPTED, "decided_at": NOON}
    Handoff.objects.filter(pk=done.pk).update(**lifecycle_done)
    HandoffFactory(rep=rep)

    assert shown(client.get(QUEUE, {"tab": "decided"})) == [done.pk]


def test_a_manager_sees_every_team_and_chooses_a_rep(client, manager):
    rep = RepFactory()
    wanted, other = HandoffFactory(rep=rep), HandoffFactory()

    assert set(shown(client.get(QUEUE))) == {wanted.pk, other.pk}
    assert shown(client.get(QUEUE, {"owner": rep.pk})) == [wanted.pk]
    assert shown(client.get(QUEUE, {"team": other.team.pk})) == [other.pk]


def test_the_tabs_keep_what_a_manager_chose(client, manager):
    rep = RepFactory()

    for headers in ({}, HTMX):
        response = client.get(
            QUEUE, {"owner": rep.pk, "tab": "team", "after": ""}, headers=headers
        )

        assert f"?owner={rep.pk}&amp;tab=decided" in response.content.decode()


def test_a_rep_cannot_look_into_another_queue(client, rep):
    HandoffFactory()

    assert shown(client.get(QUEUE, {"owner": RepFactory().pk, "tab": "pool"})) == []


def test_a_marketer_has_no_queue(client):
    client.force_login(UserFactory(role=Role.MARKETER))

    assert client.get(QUEUE).status_code == 403


def test_htmx_gets_the_list_alone(client, manager):
    page, fragment = client.get(QUEUE), client.get(QUEUE, headers=HTMX)

    assert "<html" in page.content.decode()
    assert "<html" not in fragment.content.decode()
    assert 'id="queue"' in fragment.content.decode()


@pytest.mark.parametrize("tab", ["mine", "pool", "decided"])
def test_ten_rows_cost_no_more_queries_than_one(
    client, rep, django_assert_num_queries, tab
):
    fields = {"rep": None, "team": rep.team} if tab == "pool" else {"rep": rep}
    if tab == "decided":
        fields |= {"status": HandoffStatus.ACCEPTED, "decided_at": NOON}
    HandoffFactory(**fields)
    with CaptureQueriesContext(connection) as for_one_row:
        client.get(QUEUE, {"tab": tab})
    for _number in range(9):
        HandoffFactory(**fields)

    with django_assert_num_queries(len(for_one_row)):
        response = client.get(QUEUE, {"tab": tab})
    assert len(shown(response)) == 10


def test_the_queue_goes_on_after_a_page(client, rep):
    for _number in range(26):
        HandoffFactory(rep=rep)

    first = client.get(QUEUE)
    rest = client.get(QUEUE, {"after": first.context["page"].next_cursor})

    assert (len(shown(first)), len(shown(rest))) == (25, 1)
    assert not set(shown(first)) & set(shown(rest))


@pytest.mark.parametrize("tab", ["mine", "pool", "decided"])
def test_an_empty_queue_teaches(client, rep, tab):
    assert 'class="empty"' in client.get(QUEUE, {"tab": tab}).content.decode()


def test_a_manager_is_told_of_leads_without_a_team(client, manager):
    LeadFactory(stage=Stage.SQL)

    assert "1 lead waits for sales" in client.get(QUEUE).content.decode()


def test_accepting_without_script_leads_back_with_a_message(client, rep):
    handoff = HandoffFactory(rep=rep)

    response = client.post(address("accept", handoff), {"tab": "mine"}, follow=True)

    assert response.redirect_chain == [("/queue/?tab=mine", 302)]
    assert f"{handoff.lead} is yours" in response.content.decode()
    handoff.refresh_from_db()
    assert handoff.status == HandoffStatus.ACCEPTED


def test_accepting_on_the_leads_page_leads_back_to_it(client, rep):
    handoff = HandoffFactory(rep=rep)

    response = client.post(address("accept", handoff), {"origin": "lead"})

    assert response.url == reverse("leads:detail", args=[handoff.lead.pk])


def test_accepting_by_htmx_answers_with_the_row_and_the_tiles(client, rep):
    handoff = HandoffFactory(rep=rep)

    response = client.post(address("accept", handoff), headers=HTMX)

    html = response.content.decode()
    assert response.status_code == 200
    assert f'id="handoff-{handoff.pk}"' in html
    assert 'id="queue-figures"' in html
    assert "is yours" in response.headers["HX-Trigger"]


def test_who_is_slower_is_told_who_was_faster(client, rep):
    ana = RepFactory(team=rep.team, user__name="Ana").user
    handoff = HandoffFactory(rep=None, team=rep.team, trace={"chosen": None})
    lifecycle.accept(handoff=handoff, actor=ana, now=NOON)

    response = client.post(address("accept", handoff), headers=HTMX)

    assert response.status_code == 409
    assert "Ana accepted this lead" in response.content.decode()


def test_a_pool_lead_given_to_a_colleague_is_no_longer_found(client, rep):
    handoff = HandoffFactory(rep=None, team=rep.team, trace={"chosen": None})
    colleague, boss = RepFactory(team=rep.team), UserFactory(role=Role.MANAGER)
    reassigning.reassign(handoff=handoff, rep=colleague, actor=boss, now=NOON)

    assert client.get(address("reject", handoff)).status_code == 404
    assert client.post(address("accept", handoff)).status_code == 404


def test_without_script_the_slower_one_gets_a_message(client, rep):
    handoff = HandoffFactory(rep=rep)
    manager = UserFactory(role=Role.MANAGER, name="Mona")
    lifecycle.accept(handoff=handoff, actor=manager, now=NOON)

    response = client.post(address("accept", handoff), follow=True)

    assert "Mona accepted this lead" in response.content.decode()


@pytest.mark.parametrize("name", ["accept", "reject"])
def test_another_reps_hand_off_is_not_found(client, rep, name):
    for other in (HandoffFactory(), HandoffFactory(rep=None, team=TeamFactory())):
        assert client.post(address(name, other)).status_code == 404


@pytest.mark.parametrize("name", ["withdraw", "reassign"])
def test_a_rep_neither_withdraws_nor_reassigns(client, rep, name):
    handoff = HandoffFactory(rep=rep)

    assert client.get(address(name, handoff)).status_code == 403


def test_rejecting_asks_on_a_page_of_its_own_or_in_a_dialog(client, rep):
    handoff, reason = HandoffFactory(rep=rep), ReasonFactory()

    page = client.get(address("reject", handoff)).content.decode()
    dialog = client.get(address("reject", handoff), headers=HTMX).content.decode()

    assert "<html" in page
    assert "<dialog" in dialog
    assert reason.label in page
    assert reason.label in dialog


def test_a_rejection_without_a_reason_is_asked_again(client, rep):
    handoff = HandoffFactory(rep=rep)

    response = client.post(address("reject", handoff), {"note": "No."}, headers=HTMX)

    assert response.status_code == 422
    assert "Choose why this lead goes back." in response.content.decode()
    assert "<dialog" not in response.content.decode()


def test_a_reason_that_asks_for_a_note_gets_one(client, rep):
    handoff, reason = HandoffFactory(rep=rep), ReasonFactory(needs_note=True)

    response = client.post(address("reject", handoff), {"reason": reason.pk})

    assert response.status_code == 422
    assert "This reason asks for a note." in response.content.decode()


def test_a_rejection_is_kept_with_reason_and_note(client, rep):
    handoff, reason = HandoffFactory(rep=rep), ReasonFactory()

    client.post(address("reject", handoff), {"reason": reason.pk, "note": "In May."})

    handoff.refresh_from_db()
    assert (handoff.status, handoff.reason, handoff.note) == (
        HandoffStatus.REJECTED,
        reason,
        "In May.",
    )


def test_a_retired_reason_and_misrouting_in_the_pool_are_not_offered(client, rep):
    handoff = HandoffFactory(rep=None, team=rep.team)
    for fields in ({"is_on": False}, {"effect": ReasonEffect.REROUTE}):
        reason = ReasonFactory(**fields)

        response = client.post(address("reject", handoff), {"reason": reason.pk})

        assert response.status_code == 422


def test_a_rejected_lead_that_is_out_of_sight_leads_to_the_queue(client, rep):
    handoff, reason = HandoffFactory(rep=rep), ReasonFactory()
    answer = {"reason": reason.pk, "origin": "lead"}

    response = client.post(address("reject", handoff), answer, headers=HTMX)

    assert response.headers["HX-Redirect"] == "/queue/?tab=mine"


def test_what_is_decided_is_not_asked_again(client, rep):
    handoff = HandoffFactory(rep=rep)
    lifecycle.accept(handoff=handoff, actor=rep.user, now=NOON)

    html = client.get(address("reject", handoff)).content.decode()

    assert "accepted this lead" in html
    assert 'name="reason"' not in html


def test_marketing_withdraws_with_a_reason(client):
    client.force_login(UserFactory(role=Role.MARKETER))
    handoff = HandoffFactory()

    client.post(
        address("withdraw", handoff), {"reason": "Too early.", "origin": "lead"}
    )

    handoff.refresh_from_db()
    assert handoff.status == HandoffStatus.WITHDRAWN


def test_a_manager_reassigns(client, manager):
    handoff, rep = HandoffFactory(), RepFactory()

    client.post(address("reassign", handoff), {"rep": rep.pk, "reason": "On holiday"})

    handoff.refresh_from_db()
    assert handoff.rep == rep.user
