"""Claiming, accepting several, taking back and reading the brief on the queue."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from handoff import lifecycle
from handoff.choices import HandoffStatus
from handoff.desk import claims
from handoff.inquiries import asking
from handoff.models import Handoff
from leads import lifecycle as leads_lifecycle
from leads.choices import Role
from tests.handoff.factories import HandoffFactory, ReasonFactory
from tests.leads.factories import RepFactory, UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
UNDO, TICKED = "/queue/undo/", "/queue/accept/"


@pytest.fixture
def rep(client):
    rep = RepFactory(user__name="Ana Ruiz")
    client.force_login(rep.user)
    return rep


@pytest.fixture
def pooled(rep):
    return HandoffFactory(rep=None, team=rep.team)


def triggers(response):
    return json.loads(response.headers["HX-Trigger"])


def test_a_rep_claims_from_the_pool_and_puts_it_back(client, rep, pooled):
    claimed = client.post(f"/queue/{pooled.pk}/claim/", {"tab": "pool"}, headers=HTMX)
    pooled.refresh_from_db()
    assert (claimed.status_code, pooled.rep) == (200, rep.user)
    assert triggers(claimed)["undo-offer"]["handoffs"] == [pooled.pk]

    back = client.post(UNDO, {"handoff": pooled.pk}, headers=HTMX)

    pooled.refresh_from_db()
    assert (back.status_code, pooled.rep) == (204, None)
    assert "queue-changed" in triggers(back)


def test_who_claims_later_is_told_who_was_faster(client, rep, pooled):
    other = RepFactory(team=rep.team, user__name="Ben Okoro")
    claims.claim(handoff=pooled, actor=other.user, now=timezone.now())

    for deed in ("claim", "accept"):
        address = f"/queue/{pooled.pk}/{deed}/"
        answer = client.post(address, {"tab": "pool"}, headers=HTMX)

        assert answer.status_code == 409
        assert "Ben Okoro" in triggers(answer)["toast"]["text"]
        assert "data-accept" not in answer.text


def test_the_brief_of_what_a_colleague_claimed_has_no_buttons(client, rep, pooled):
    other = RepFactory(team=rep.team, user__name="Ben Okoro")
    claims.claim(handoff=pooled, actor=other.user, now=timezone.now())

    panel = client.get(f"/queue/{pooled.pk}/brief/", headers=HTMX).text

    assert "Ben Okoro" in panel
    assert "/accept/" not in panel


def test_a_second_question_is_not_offered_while_one_waits(client, rep):
    handoff = HandoffFactory(rep=rep)
    panel, page = f"/queue/{handoff.pk}/brief/", f"/leads/{handoff.lead_id}/"
    assert "Ask marketing" in client.get(panel, headers=HTMX).text
    assert "Ask marketing" in client.get(page).text

    asking.ask(handoff=handoff, text="Why?", actor=rep.user, now=timezone.now())

    assert "Ask marketing" not in client.get(panel, headers=HTMX).text
    assert "Ask marketing" not in client.get(page).text


def test_marketing_that_withdraws_from_any_page_comes_to_the_lead(client):
    handoff = HandoffFactory()
    client.force_login(UserFactory(role=Role.MARKETER))

    answer = client.post(f"/queue/{handoff.pk}/withdraw/", {"reason": "Too early"})

    assert answer.headers["Location"] == f"/leads/{handoff.lead_id}/"


def test_a_rejection_is_taken_back_without_script_too(client, rep):
    handoff = HandoffFactory(rep=rep)
    reason = ReasonFactory()
    client.post(f"/queue/{handoff.pk}/reject/", {"reason": reason.pk})

    answer = client.post(UNDO, {"handoff": handoff.pk}, follow=True)

    handoff.refresh_from_db()
    assert handoff.status == HandoffStatus.PENDING
    assert "Taken back." in answer.text


def test_the_leads_page_offers_to_take_back_and_tells_of_it(client, rep):
    handoff = HandoffFactory(rep=rep)
    page = f"/leads/{handoff.lead_id}/"
    client.post(f"/queue/{handoff.pk}/accept/", {"origin": "lead"})
    assert "you can take this back" in client.get(page).text

    asked = {"handoff": handoff.pk, "origin": "lead"}
    answer = client.post(UNDO, asked, follow=True)

    assert "Accepted by Ana Ruiz, and taken back" in answer.text
    assert "you can take this back" not in answer.text


def test_ticked_ones_are_accepted_and_the_rest_is_told(client, rep):
    first, second = HandoffFactory(rep=rep), HandoffFactory(rep=rep)
    mona = UserFactory(role=Role.MANAGER, name="Mona Weber")
    lifecycle.accept(handoff=second, actor=mona, now=timezone.now())

    answer = client.post(TICKED, {"handoff": [first.pk, second.pk]}, headers=HTMX)

    told = triggers(answer)
    assert answer.status_code == 204
    assert told["undo-offer"]["handoffs"] == [first.pk]
    assert "Mona Weber accepted this lead" in told["toast"]["text"]


def test_several_are_taken_back_at_once(client, rep):
    pks = [HandoffFactory(rep=rep).pk for _number in range(3)]
    client.post(TICKED, {"handoff": pks}, headers=HTMX)

    client.post(UNDO, {"handoff": pks}, headers=HTMX)

    assert Handoff.objects.pending().count() == 3


def test_nothing_ticked_is_said(client, rep):
    answer = client.post(TICKED, follow=True)

    assert "Tick the leads first" in answer.text


@pytest.mark.parametrize("path", [UNDO, TICKED])
@pytest.mark.parametrize("asked", ["x", "-1", "٣", "9" * 30, "1 OR 1=1"])
def test_what_no_page_sends_is_refused(client, rep, path, asked):
    assert client.post(path, {"handoff": asked}, headers=HTMX).status_code == 400


@pytest.mark.parametrize("path", [UNDO, TICKED])
def test_another_reps_hand_off_is_left_alone(client, rep, path):
    handoff = HandoffFactory()

    client.post(path, {"handoff": handoff.pk}, headers=HTMX)

    handoff.refresh_from_db()
    assert handoff.is_open


def test_too_late_is_said(client, rep):
    handoff = HandoffFactory(rep=rep)
    long_ago = timezone.now() - timedelta(minutes=1)
    lifecycle.accept(handoff=handoff, actor=rep.user, now=long_ago)

    answer = client.post(UNDO, {"handoff": handoff.pk}, headers=HTMX)

    assert "too late" in triggers(answer)["toast"]["text"]


def test_the_brief_stands_beside_the_queue_and_on_a_page(client, rep):
    handoff = HandoffFactory(rep=rep, brief={"grade": "A", "engagement": 80})

    beside = client.get(f"/queue/{handoff.pk}/brief/", headers=HTMX)
    page = client.get(f"/queue/{handoff.pk}/brief/")
    queue = client.get("/queue/", {"open": handoff.pk})

    assert "<html" not in beside.text
    assert 'id="queue-panel"' in beside.text
    assert "data-print" in page.text
    assert "panel-title" in queue.text


def test_a_decision_in_the_panel_is_shown_there(client, rep):
    handoff = HandoffFactory(rep=rep)
    posted = {"tab": "mine", "open": handoff.pk}

    answer = client.post(f"/queue/{handoff.pk}/accept/", posted, headers=HTMX)

    assert "Ana Ruiz accepted" in answer.text
    assert answer.text.count('hx-target="#queue-panel"') == 1


def test_another_reps_brief_is_not_found(client, rep):
    handoff = HandoffFactory()

    assert client.get(f"/queue/{handoff.pk}/brief/").status_code == 404
    assert "panel-title" not in client.get("/queue/", {"open": handoff.pk}).text


@pytest.mark.parametrize("asked", ["x", "-1", "٣", "9" * 30])
def test_an_address_that_opens_nothing_shows_the_queue(client, rep, asked):
    assert client.get("/queue/", {"open": asked}).status_code == 200


def test_the_pool_has_an_address(client, rep):
    assert client.get("/pool/").headers["Location"] == "/queue/?tab=pool"


def test_what_is_decided_leads_to_the_lead_or_to_the_brief_that_the_rep_had(
    client, rep
):
    mine = HandoffFactory(rep=rep)
    lifecycle.accept(handoff=mine, actor=rep.user, now=timezone.now())
    gone = HandoffFactory(rep=rep, status="expired", decided_at=timezone.now())
    leads_lifecycle.assign(lead=gone.lead, owner=RepFactory().user, team=None)

    page = client.get("/queue/?tab=decided").text
    panel = client.get(f"/queue/{gone.pk}/brief/", headers=HTMX).text

    assert f'href="/leads/{mine.lead_id}/"' in page
    assert f'href="/queue/{gone.pk}/brief/"' in page
    assert f'href="/leads/{gone.lead_id}/"' not in page + panel
    assert client.get(f"/queue/{gone.pk}/brief/").status_code == 200


def test_who_accepts_several_is_told_apart_what_was_done_and_what_was_not(client, rep):
    pooled = [HandoffFactory(rep=None, team=rep.team) for _number in range(2)]
    lifecycle.accept(
        handoff=pooled[0], actor=UserFactory(role=Role.MANAGER), now=timezone.now()
    )

    answer = client.post(TICKED, {"handoff": [one.pk for one in pooled]}, headers=HTMX)

    told = triggers(answer)
    assert told["undo-offer"]["text"] == "1 lead is yours."
    assert "yours" not in told["toast"]["text"]


def test_a_manager_who_accepts_for_reps_is_told_so(client, rep):
    first, *others = [HandoffFactory(rep=rep) for _number in range(3)]
    client.force_login(UserFactory(role=Role.MANAGER))

    one = client.post(f"/queue/{first.pk}/accept/", headers=HTMX)
    several = client.post(TICKED, {"handoff": [one.pk for one in others]}, headers=HTMX)

    told = triggers(one)["undo-offer"]["text"]
    assert told == f"{first.lead} is accepted for {rep}."
    assert triggers(several)["undo-offer"]["text"] == "2 leads are accepted."
