from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff.selling import giving_back
from handoff.selling.giving_back import GiveBackError
from leads import lifecycle
from leads.choices import Cause, Role, Stage
from leads.models import StageChange, Standing
from tests.handoff.factories import DealFactory, manager
from tests.leads.factories import NOON, LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
IN_MAY = NOON + timedelta(days=60)


@pytest.fixture
def rep(client):
    rep = RepFactory()
    client.force_login(rep.user)
    return rep


def sold_lead(rep, stage=Stage.ACCEPTED):
    lead = LeadFactory(stage=stage)
    lifecycle.assign(lead=lead, owner=rep.user, team=rep.team)
    return lead


def to_nurture(lead, actor):
    giving_back.to_nurture(
        lead=lead, reason="No budget. ", until=IN_MAY, actor=actor, now=NOON
    )


def disqualify(lead, actor):
    giving_back.disqualify(lead=lead, reason="Gone.", actor=actor, now=NOON)


def address(name, lead):
    return reverse(f"handoff:{name}", args=[lead.pk])


@pytest.mark.parametrize("stage", [Stage.ACCEPTED, Stage.OPPORTUNITY, Stage.LOST])
def test_a_lead_given_back_is_recycled_until_its_date(stage):
    rep = RepFactory()
    lead = sold_lead(rep, stage)

    to_nurture(lead, rep.user)

    standing = Standing.objects.get(lead=lead)
    assert (standing.stage, standing.returns_at) == (Stage.RECYCLED, IN_MAY)
    assert standing.owner is None
    change = StageChange.objects.filter(lead=lead).last()
    assert (change.cause, change.actor) == (Cause.PERSON, rep.user)
    assert change.reason == "No budget."


@pytest.mark.parametrize("stage", [Stage.ACCEPTED, Stage.OPPORTUNITY, Stage.LOST])
def test_a_lead_may_be_taken_out_for_good_by_a_manager_too(stage):
    lead = sold_lead(RepFactory(), stage)

    disqualify(lead, manager())

    assert Standing.objects.get(lead=lead).stage == Stage.DISQUALIFIED


@pytest.mark.parametrize("deed", [to_nurture, disqualify])
def test_another_rep_gives_nothing_back(deed):
    lead = sold_lead(RepFactory())

    with pytest.raises(GiveBackError, match="Only the rep"):
        deed(lead, RepFactory().user)

    assert Standing.objects.get(lead=lead).stage == Stage.ACCEPTED


@pytest.mark.parametrize("deed", [to_nurture, disqualify])
@pytest.mark.parametrize(
    "stage", [s for s in Stage if s not in giving_back.GIVEN_BACK], ids=str
)
def test_what_sales_does_not_have_is_not_given_back(stage, deed):
    rep = RepFactory()
    lead = sold_lead(rep, stage)

    with pytest.raises(GiveBackError, match="it is not with sales"):
        deed(lead, rep.user)

    assert Standing.objects.get(lead=lead).stage == stage


def test_the_page_of_an_accepted_lead_offers_its_rep_both_ways(client, rep):
    lead = sold_lead(rep)

    html = client.get(reverse("leads:detail", args=[lead.pk])).content.decode()

    assert address("give_back", lead) in html
    assert address("disqualify", lead) in html


def test_a_marketer_is_offered_neither(client):
    client.force_login(UserFactory(role=Role.MARKETER))
    lead = sold_lead(RepFactory())

    html = client.get(reverse("leads:detail", args=[lead.pk])).content.decode()

    assert address("give_back", lead) not in html
    assert client.get(address("give_back", lead)).status_code == 403


@pytest.mark.parametrize("name", ["give_back", "disqualify"])
def test_it_is_asked_on_a_page_of_its_own_or_in_a_dialog(client, rep, name):
    lead = sold_lead(rep)

    page = client.get(address(name, lead), {"origin": "lead"}).content.decode()
    dialog = client.get(address(name, lead), headers=HTMX).content.decode()

    assert "<html" in page
    assert reverse("leads:detail", args=[lead.pk]) in page
    assert "<dialog" in dialog
    assert "<html" not in dialog


@pytest.mark.parametrize("name", ["give_back", "disqualify"])
def test_another_reps_lead_is_not_found(client, rep, name):
    assert client.post(address(name, sold_lead(RepFactory()))).status_code == 404


@pytest.mark.parametrize(
    ("name", "faulty"), [("give_back", {"reason", "until"}), ("disqualify", {"reason"})]
)
def test_an_answer_left_out_is_asked_again(client, rep, name, faulty):
    response = client.post(address(name, sold_lead(rep)), headers=HTMX)

    assert response.status_code == 422
    assert set(response.context["form"].errors) == faulty


@pytest.mark.parametrize("days", [0, 4000])
def test_nurture_takes_it_up_on_a_day_to_come(client, rep, days):
    day = timezone.localdate() + timedelta(days=days)

    response = client.post(
        address("give_back", sold_lead(rep)), {"until": f"{day}", "reason": "Later"}
    )

    assert "within ten years" in response.context["form"].errors["until"][0]


def test_the_rep_is_led_to_the_queue_since_the_lead_is_out_of_sight(client, rep):
    lead = sold_lead(rep)
    day = timezone.localdate() + timedelta(days=30)
    typed = {"until": f"{day}", "reason": "Later", "origin": "lead"}

    response = client.post(address("give_back", lead), typed, headers=HTMX)

    assert response.headers["HX-Redirect"] == "/queue/?tab=mine"
    standing = Standing.objects.get(lead=lead)
    assert standing.stage == Stage.RECYCLED
    assert timezone.localdate(standing.returns_at) == day


def test_a_manager_who_comes_too_late_is_told(client):
    client.force_login(manager())
    lead = LeadFactory(stage=Stage.CUSTOMER)

    response = client.post(
        address("disqualify", lead), {"reason": "Gone", "origin": "lead"}, follow=True
    )

    assert "it is not with sales" in response.content.decode()


def test_who_gives_a_lead_back_is_told_what_becomes_of_its_open_deal(client, rep):
    lead = sold_lead(rep)
    assert "open deal" not in client.get(address("give_back", lead)).text

    DealFactory(lead=lead, owner=rep.user)

    asked = client.get(address("give_back", lead)).text
    assert "The open deal stays open" in asked
    assert f'data-draft="reason-{lead.pk}-1"' in asked
