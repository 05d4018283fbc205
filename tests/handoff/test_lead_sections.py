from datetime import timedelta

import pytest
from django.urls import reverse

from handoff import lifecycle
from handoff.desk import working
from handoff.routing import offers
from handoff.selling import giving_back
from handoff.sla import enforcement
from leads import lifecycle as leads_lifecycle
from leads.choices import Cause, Role, Stage
from leads.lifecycle import Move
from tests.handoff.factories import (
    DealFactory,
    HandoffFactory,
    TaskFactory,
    manager,
    owned_lead,
)
from tests.leads.factories import (
    NOON,
    AccountFactory,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=30)


@pytest.fixture
def rep(client):
    rep = RepFactory(team=TeamFactory(is_default=True), user__name="Ana Ruiz")
    client.force_login(rep.user)
    return rep


def page_of(client, lead):
    return client.get(reverse("leads:detail", args=[lead.pk])).content.decode()


def deals_seen_by(client, user, lead):
    client.force_login(user)
    html = page_of(client, lead)
    start = html.index('id="lead-deals"')
    return html[start : html.index("</section>", start)]


def routed(lead):
    (made,) = offers.route_leads(lead_ids=[lead.pk], now=NOON)
    return made


def test_the_brief_stands_under_the_offer_as_it_was_frozen(client, rep):
    company = AccountFactory(name="Meridian")
    LeadFactory(account=company, first_name="Jon", last_name="Bell", title="Buyer")
    lead = LeadFactory(account=company, stage=Stage.SQL, title="COO")
    closed = {"status": "withdrawn", "decided_at": NOON, "note": "Too early."}
    HandoffFactory(lead=lead, rep=rep, **closed)
    routed(lead)
    lead.title = "CEO"
    lead.save(update_fields=["title"])

    html = page_of(client, lead)

    brief = html[html.index('id="handoff-brief"') :]
    brief = brief[: brief.index("</section>")]
    assert "Frozen at the offer" in brief
    assert "COO, Meridian" in brief
    assert "Jon Bell" in brief
    assert "Too early." in brief
    assert "Already works with this company" in brief


def test_the_brief_of_a_decided_hand_off_is_kept_in_the_history(client, rep):
    lead = LeadFactory(stage=Stage.SQL, title="COO")
    lifecycle.accept(handoff=routed(lead), actor=rep.user, now=NOON)

    html = page_of(client, lead)

    assert 'id="handoff-brief"' not in html
    assert html.count("Why here: Next in turn") == 1
    assert "Brief, frozen at the offer" in html
    assert "COO" in html[html.index("Brief, frozen") :]


def test_a_rep_who_was_passed_over_is_named_with_the_reason(client, rep):
    owner = RepFactory(capacity=0, user__name="Ben Okoro")
    company = AccountFactory(owner=owner.user)
    lead = LeadFactory(stage=Stage.SQL, account=company)
    routed(lead)

    assert "Ben Okoro owns this company; full, 0 of 0 waiting" in page_of(client, lead)


def test_a_marketer_reads_who_opens_deals_and_when(client):
    marketer = UserFactory(role=Role.MARKETER)
    accepted, nurtured = LeadFactory(stage=Stage.ACCEPTED), LeadFactory()

    assert "The rep of this lead opens one" in deals_seen_by(client, marketer, accepted)
    assert "once sales has accepted" in deals_seen_by(client, marketer, nurtured)


def test_an_open_deal_of_a_recycled_lead_says_how_to_go_on(client):
    lead = LeadFactory(stage=Stage.RECYCLED)
    deal = DealFactory(lead=lead)

    shown = deals_seen_by(client, manager(), lead)

    assert reverse("handoff:deal_win", args=[deal.pk]) not in shown
    assert reverse("handoff:deal_lose", args=[deal.pk]) in shown
    assert "goes to whoever accepts the lead again" in shown


def test_a_lost_deal_of_a_recycled_lead_is_not_reopened(client):
    lead = LeadFactory(stage=Stage.RECYCLED)
    deal = DealFactory(lead=lead, lost_at=NOON)

    shown = deals_seen_by(client, manager(), lead)

    assert reverse("handoff:deal_reopen", args=[deal.pk]) not in shown


def test_the_brief_tells_what_happened_how_often_and_when_last(client, rep):
    why = [{"what": "Demo", "count": 2, "at": NOON.isoformat(), "points": 40.0}]
    handoff = HandoffFactory(rep=rep, brief={"why": why})

    html = page_of(client, handoff.lead)

    assert "Demo \N{MULTIPLICATION SIGN}2" in html
    assert NOON.isoformat() in html[html.index("Demo \N{MULTIPLICATION SIGN}2") :]


def test_who_gave_an_imported_lead_to_whom_is_still_read_once_sales_gave_it_back(
    client, rep
):
    boss, tom = manager(), RepFactory(team=rep.team, user__name="Tom Berg")
    lead = owned_lead(rep.user)
    working.give(lead_ids=[lead.pk], rep=tom, reason="Ana is ill", actor=boss, now=NOON)
    giving_back.to_nurture(
        lead=lead, reason="Not now", until=LATER, actor=tom.user, now=NOON
    )
    client.force_login(boss)

    html = page_of(client, lead)
    back = Move(lead.pk, Stage.MQL, Cause.PERSON, LATER, boss, "Asks again")
    leads_lifecycle.move_by_hand(wanted=back, until=None, now=LATER)

    for page in (html, page_of(client, lead)):
        assert "Ana Ruiz → Tom Berg" in page
        assert f"Given by {boss}" in page
        assert "Not handed to sales yet" not in page


def test_the_page_of_a_lead_at_work_costs_no_more_than_so_many_queries(
    client, workspace, django_assert_max_num_queries
):
    """What hangs on a hand-off comes with its people; a lead without one asks less."""
    handoff = HandoffFactory()
    lifecycle.accept(handoff=handoff, actor=handoff.rep, now=NOON)
    enforcement.enforce(now=NOON)
    DealFactory(lead=handoff.lead, owner=handoff.rep)
    fresh = LeadFactory()
    client.force_login(manager())
    client.get(f"/leads/{fresh.pk}/")

    with django_assert_max_num_queries(33):
        client.get(f"/leads/{handoff.lead.pk}/")
    with django_assert_max_num_queries(26):
        client.get(f"/leads/{fresh.pk}/")


def test_who_works_on_a_lead_gets_in_touch_at_the_top_of_its_page(client, rep):
    lead = owned_lead(rep.user, phone="+4930123", email="maya@northwind.example")

    html = page_of(client, lead)

    assert html.count("Log a call") == 1
    before_score = html[: html.index("Why this score")]
    assert "Log a call" in before_score
    assert 'href="tel:+4930123"' in before_score
    assert html.index('id="lead-tasks"') < html.index('id="particulars-title"')


def test_who_only_reads_a_lead_finds_its_particulars_first(client):
    client.force_login(UserFactory(role=Role.MARKETER))

    html = page_of(client, LeadFactory(stage=Stage.ACCEPTED))

    assert "Get in touch" not in html
    assert html.index('id="particulars-title"') < html.index('id="lead-tasks"')


def test_the_brief_of_a_lead_that_nobody_asked_yet_holds_the_open_questions(
    client, rep
):
    lead = LeadFactory(stage=Stage.SQL)
    handoff = routed(lead)

    html = page_of(client, lead)

    brief = html[html.index('id="handoff-brief"') : html.index('id="qualification"')]
    for question in ("Budget", "Authority", "Need", "Timeline"):
        assert question in brief
    printed = client.get(reverse("handoff:brief", args=[handoff.pk])).text
    assert "Open questions" in printed


def test_what_is_done_lies_folded_under_what_is_to_do(client, rep):
    lead = owned_lead(rep.user)
    TaskFactory(lead=lead, title="Send the offer")
    TaskFactory(lead=lead, title="Call", ended_at=NOON, ended_by=rep.user)

    html = page_of(client, lead)

    tasks = html[html.index('id="lead-tasks"') :]
    to_do, done = tasks[: tasks.index("</section>")].split("<details")
    assert "Send the offer" in to_do
    assert "1 done or cancelled" in done
    assert "Call" in done[done.index("</summary>") :]
