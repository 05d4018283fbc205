"""A rep hears of each lead that becomes theirs, once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handoff import lifecycle, notices
from handoff.desk import lifecycle as decisions
from handoff.desk import reassigning
from handoff.feedback import remarks
from handoff.inquiries import asking
from handoff.routing import offers
from handoff.sla import announcements
from leads import deliveries
from leads import lifecycle as lifecycle_of_leads
from leads.choices import Role, Stage
from leads.models import Lead, Notification, NotificationDelivery, User
from leads.owed import OwedState
from tests.handoff.factories import HandoffFactory, ReasonFactory, manager
from tests.leads.factories import (
    NOON,
    AccountFactory,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return TeamFactory(is_default=True)


def route(count):
    leads = [LeadFactory(stage=Stage.SQL) for _number in range(count)]
    offers.route_leads(lead_ids=[lead.pk for lead in leads], now=NOON)


def told(handoff):
    """Its rep is told of this hand-off."""
    notices.owe(handoffs=[handoff])
    return handoff


def reassign(handoff, rep):
    reassigning.reassign(handoff=handoff, rep=rep, actor=manager(), now=NOON)


def receivers(mailoutbox):
    return [address for mail in mailoutbox for address in mail.to]


def test_a_routed_lead_is_told_to_its_rep_once(team, mailoutbox):
    rep = RepFactory(team=team)
    route(1)

    assert [deliveries.send_owed(now=NOON) for _again in range(2)] == [1, 0]

    assert receivers(mailoutbox) == [rep.user.email]
    assert Notification.objects.get().person == rep.user


def test_nobody_is_told_of_a_lead_in_the_pool(team):
    route(1)

    assert not Notification.objects.exists()


def test_who_takes_a_lead_from_the_pool_needs_no_mail():
    rep = RepFactory()
    handoff = HandoffFactory(rep=None, team=rep.team)

    lifecycle.accept(handoff=handoff, actor=rep.user, now=NOON)

    assert not Notification.objects.exists()


def test_after_a_reassignment_the_lead_is_the_new_reps(mailoutbox):
    handoff, rep = told(HandoffFactory()), RepFactory()
    first = NotificationDelivery.objects.get()

    reassign(handoff, rep)
    deliveries.send_owed(now=NOON)

    theirs = [mail for mail in mailoutbox if mail.subject.endswith("is yours")]
    assert receivers(theirs) == [rep.user.email]
    first.refresh_from_db()
    assert first.state == OwedState.CANCELLED


def test_the_mail_says_who_why_and_until_when(mailoutbox, settings):
    settings.SITE_URL = "https://baton.example/"
    account = AccountFactory(name="Northwind")
    lead = LeadFactory(
        stage=Stage.SQL, last_name="Okafor", title="VP Operations", account=account
    )
    why = [{"what": "Pricing page", "count": 3}, {"what": "Demo request", "count": 1}]
    brief = {"engagement": 77.6, "grade": "A", "why": why}
    handoff = HandoffFactory(lead=lead, brief=brief)
    User.objects.filter(pk=handoff.rep_id).update(time_zone="Europe/Berlin")
    handoff.rep.refresh_from_db()
    told(handoff)

    deliveries.send_owed(now=NOON)

    (mail,) = mailoutbox
    assert mail.subject == "Maya Okafor (Northwind) is yours"
    assert mail.body == (
        "Maya Okafor\nVP Operations · Northwind\n"
        "Score 78, grade A\nWhy now: Pricing page (3 times) · Demo request\n"
        "Please decide by Tue 3 Mar 2026, 13:00 CET.\n"
        f"https://baton.example/leads/{lead.pk}/\n\n"
        "What you are told of: https://baton.example/notifications/preferences/\n"
    )


def test_a_line_break_in_a_name_makes_no_header(mailoutbox):
    lead = LeadFactory(stage=Stage.SQL, last_name="Okafor\nBcc: all@baton.example")
    told(HandoffFactory(lead=lead))

    deliveries.send_owed(now=NOON)

    assert mailoutbox[0].subject == "Maya Okafor Bcc: all@baton.example is yours"


def test_nobody_is_mailed_of_what_was_decided_meanwhile(mailoutbox):
    handoff = told(HandoffFactory())
    lifecycle.accept(handoff=handoff, actor=handoff.rep, now=NOON)

    assert deliveries.send_owed(now=NOON) == 0

    assert mailoutbox == []
    states = NotificationDelivery.objects.values_list("state", flat=True)
    assert set(states) == {OwedState.CANCELLED}


def test_ten_leads_owe_their_mails_with_as_many_queries_as_one(
    team, django_assert_num_queries
):
    RepFactory(team=team)
    route(1)
    ten = [LeadFactory(stage=Stage.SQL).pk for _number in range(11)]
    with CaptureQueriesContext(connection) as for_one:
        offers.route_leads(lead_ids=ten[:1], now=NOON)

    with django_assert_num_queries(len(for_one)):
        offers.route_leads(lead_ids=ten[1:], now=NOON)

    assert Notification.objects.count() == Lead.objects.count()


def test_questions_and_answers_say_who_of_which_company_with_score_and_why_now():
    account = AccountFactory(name="Northwind")
    lead = LeadFactory(
        stage=Stage.SQL, first_name="Maya", last_name="Okafor", account=account
    )
    brief = {"engagement": 77.6, "grade": "A", "why": [{"what": "Demo", "count": 1}]}
    handoff = HandoffFactory(lead=lead, brief=brief)
    marketer = UserFactory(role=Role.MARKETER)

    inquiry = asking.ask(handoff=handoff, text="When?", actor=handoff.rep, now=NOON)
    asking.answer(inquiry=inquiry, text="Soon.", actor=marketer, now=NOON)
    lifecycle.reject(
        handoff=handoff, reason=ReasonFactory(), actor=handoff.rep, now=NOON, note=""
    )
    remarks.answer(handoff=handoff, text="Sorry.", actor=marketer, now=NOON)

    kinds = ["question_asked", "question_answered", "rejection_answered"]
    news = Notification.objects.filter(kind__in=kinds)
    assert {one.kind for one in news} == set(kinds)
    for one in news:
        said = " | ".join([one.title, *one.lines])
        for word in ("Maya Okafor", "Northwind", "Score 78, grade A", "Why now: Demo"):
            assert word in said, one.kind


def opened_news(client, person):
    """Where the latest news of a person leads, for that person."""
    client.force_login(person)
    news = Notification.objects.filter(person=person).latest("pk")
    return client.get(f"/notifications/{news.pk}/", follow=True)


def test_news_of_a_lead_that_expired_leads_to_the_brief_that_the_rep_had(client):
    handoff = HandoffFactory(status="expired", decided_at=NOON)
    lifecycle_of_leads.assign(lead=handoff.lead, owner=RepFactory().user, team=None)
    announcements.tell_expired(handoffs=[handoff], now=NOON)

    page = opened_news(client, handoff.rep)

    assert page.redirect_chain[-1][0] == f"/queue/{handoff.pk}/brief/"
    assert "Expired" in page.text


def test_news_of_a_lead_that_a_manager_gave_away_says_so_and_is_no_dead_end(
    client, mailoutbox
):
    handoff = HandoffFactory()
    former = handoff.rep
    reassign(handoff, RepFactory())
    news = Notification.objects.get(person=former)
    deliveries.send_owed(now=NOON)

    page = opened_news(client, former)

    assert page.status_code == 200
    assert "This lead is with somebody else now." in page.text
    sent = next(mail for mail in mailoutbox if mail.to == [former.email])
    assert f"/notifications/{news.pk}/" in sent.body


def test_news_of_an_own_lead_leads_to_it(client):
    handoff = told(HandoffFactory())

    page = opened_news(client, handoff.rep)

    assert page.redirect_chain[-1][0] == f"/leads/{handoff.lead_id}/"


def news_of(person):
    found = Notification.objects.filter(person=person).order_by("pk")
    return [(one.kind, one.title) for one in found]


def test_a_rep_hears_that_a_manager_accepted_for_them_and_took_it_back(mailoutbox):
    ana, boss = (
        RepFactory(user__name="Ana Ruiz"),
        UserFactory(role=Role.MANAGER, name="Helen Marsh"),
    )
    handoff = HandoffFactory(rep=ana)
    lead = notices.named(handoff.lead)

    for _again in range(2):
        lifecycle.accept(handoff=handoff, actor=boss, now=NOON)
    deliveries.send_owed(now=NOON)

    assert news_of(ana.user) == [
        ("lead_assigned", f"Helen Marsh accepted {lead} for you")
    ]
    assert receivers(mailoutbox) == [ana.user.email]
    decisions.undo(handoff=handoff, actor=boss, now=NOON)
    assert news_of(ana.user)[1:] == [
        ("handoff_moved", f"Helen Marsh took that back: {lead} waits for you again")
    ]
    assert not news_of(boss)


def test_a_rep_hears_that_a_manager_rejected_what_waited_for_them_and_why():
    ana, boss = RepFactory(), UserFactory(role=Role.MANAGER, name="Helen Marsh")
    handoff, reason = HandoffFactory(rep=ana), ReasonFactory(label="No budget")
    lead = notices.named(handoff.lead)

    lifecycle.reject(handoff=handoff, reason=reason, note="", actor=boss, now=NOON)

    title = f"Helen Marsh rejected {lead}, which waited for you: No budget"
    assert news_of(ana.user) == [("handoff_moved", title)]


def test_nobody_is_told_of_what_they_decided_themselves():
    ana = RepFactory()
    handoff = HandoffFactory(rep=ana)

    lifecycle.accept(handoff=handoff, actor=ana.user, now=NOON)
    decisions.undo(handoff=handoff, actor=ana.user, now=NOON)

    assert not Notification.objects.exists()


def test_a_rep_hears_that_marketing_withdrew_what_waited_for_them():
    ana, marketer = RepFactory(), UserFactory(role=Role.MARKETER, name="Mara Holm")
    handoff = HandoffFactory(rep=ana)
    lead = notices.named(handoff.lead)

    lifecycle.withdraw(handoff=handoff, reason="Not yet", actor=marketer, now=NOON)

    title = f"Mara Holm withdrew {lead}, which waited for you"
    assert news_of(ana.user) == [("handoff_moved", title)]
