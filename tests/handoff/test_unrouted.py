"""Managers hear of leads without a rep and of full teams, once and never in a flood."""

from datetime import timedelta

import pytest

from handoff import lifecycle, unrouted
from handoff.choices import HandoffStatus, ReasonEffect
from handoff.models import Handoff
from handoff.routing import offers
from leads import news_words
from leads.choices import NotificationKind, Role, Stage
from leads.models import Notification, Standing
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
FULL, UNROUTABLE = NotificationKind.CAPACITY_FULL, NotificationKind.UNROUTABLE


@pytest.fixture
def team():
    return TeamFactory(name="Mid-market", is_default=True)


def route(count=1, now=NOON):
    leads = [LeadFactory(stage=Stage.SQL) for _number in range(count)]
    offers.route_leads(lead_ids=[lead.pk for lead in leads], now=now)
    return leads


def told(person, kind):
    return Notification.objects.filter(person=person, kind=kind)


def test_each_manager_reads_which_lead_found_no_rep_and_why(team):
    RepFactory(team=team, is_available=False, user__name="Ana Silva")
    people = [manager(), manager()]
    lead = LeadFactory(stage=Stage.SQL, account=AccountFactory(name="Northwind"))
    offers.route_leads(lead_ids=[lead.pk], now=NOON)

    [news] = told(people[0], UNROUTABLE)
    assert told(people[1], UNROUTABLE).count() == 1
    news_words.put_into_words(news=[news])
    assert news.title == f"{lead} (Northwind) found no rep"
    assert "Ana Silva: away" in news.lines
    assert "In the pool of Mid-market" in news.lines
    assert any(line.startswith("Score ") for line in news.lines)
    assert news.get_absolute_url() == f"/leads/{lead.pk}/"
    assert not told(people[0], FULL).exists()


def test_a_lead_that_comes_back_is_told_again_only_of_another_cause(team):
    rep = RepFactory(team=team, is_available=False)
    boss = manager()
    [lead] = route()
    handoff = Handoff.objects.get()

    unrouted.tell(handoffs=[handoff], now=NOON + timedelta(days=1))
    assert told(boss, UNROUTABLE).count() == 1

    Handoff.objects.all().delete()
    rep.is_available = True
    rep.save(update_fields=["is_available"])
    offers.route_leads(lead_ids=[lead.pk], now=NOON)
    reason = ReasonFactory(effect=ReasonEffect.REROUTE)
    mine = Handoff.objects.get()
    lifecycle.reject(handoff=mine, reason=reason, note="", actor=rep.user, now=NOON)
    offers.route_leads(lead_ids=[lead.pk], now=NOON)

    assert told(boss, UNROUTABLE).count() == 2


def test_many_leads_of_one_cause_are_told_together(team):
    RepFactory(team=team, is_available=False)
    boss = manager()
    route(unrouted.MOST_ALONE + 1)

    [news] = told(boss, UNROUTABLE)
    assert news.title == "6 leads found no rep"
    assert news.path == "/queue/?tab=pool"


def test_many_leads_are_told_together_again_in_their_next_cycle(team):
    RepFactory(team=team, is_available=False)
    boss = manager()
    leads = [lead.pk for lead in route(unrouted.MOST_ALONE + 1)]
    Handoff.objects.update(status=HandoffStatus.WITHDRAWN, decided_at=NOON)
    offers.route_leads(lead_ids=leads, now=NOON)
    assert told(boss, UNROUTABLE).count() == 1

    Handoff.objects.update(status=HandoffStatus.WITHDRAWN, decided_at=NOON)
    Standing.objects.update(cycle=2)
    offers.route_leads(lead_ids=leads, now=NOON + timedelta(days=90))

    assert told(boss, UNROUTABLE).count() == 2


def test_a_full_team_is_told_once_a_day_however_many_leads_wait(team):
    RepFactory(team=team, capacity=1, user__name="Ana Silva")
    RepFactory(team=team, is_available=False, user__name="Tom Becker")
    boss = manager()

    route(4)
    route(now=NOON + timedelta(hours=1))

    [news] = told(boss, FULL)
    assert news.title == "Mid-market has no free capacity"
    assert news.lines[0] == "Ana Silva: full · Tom Becker: away"
    assert not told(boss, UNROUTABLE).exists()
    route(now=NOON + timedelta(days=1))
    assert told(boss, FULL).count() == 2


def test_without_a_team_managers_are_told_once_a_day():
    boss = manager()
    for _number in range(2):
        LeadFactory(stage=Stage.SQL)

    for _again in range(2):
        offers.route_waiting(now=NOON)

    [news] = told(boss, UNROUTABLE)
    assert news.title == "2 leads wait for sales, and no team takes them"


def test_nobody_is_told_where_nobody_manages_or_everything_found_its_rep(team):
    RepFactory(team=team, capacity=1)
    route(2)
    assert not Notification.objects.filter(kind__in=(FULL, UNROUTABLE)).exists()


def test_what_a_rep_took_meanwhile_is_not_mailed_any_more(team):
    RepFactory(team=team, is_available=False)
    boss = manager()
    [lead] = route()
    news = told(boss, UNROUTABLE).get()
    assert unrouted.still_matters(notification=news)

    rep = RepFactory(team=team)
    lifecycle.accept(handoff=Handoff.objects.get(), actor=rep.user, now=NOON)

    assert not unrouted.still_matters(notification=news)
    assert Standing.objects.get(lead=lead).owner == rep.user


def test_marketing_hears_whose_data_sales_found_wrong():
    people = [UserFactory(role=Role.MARKETER), UserFactory(role=Role.MARKETER)]
    account = AccountFactory(name="Northwind")
    handoff = HandoffFactory(lead=LeadFactory(stage=Stage.SQL, account=account))
    handoff.brief = {"engagement": 71.2, "grade": "B+"}
    handoff.save(update_fields=["brief"])
    reason = ReasonFactory(label="Inaccurate data", effect=ReasonEffect.FIX_DATA)

    for _again in range(2):
        lifecycle.reject(
            handoff=handoff,
            reason=reason,
            note="The number is a fax.",
            actor=handoff.rep,
            now=NOON,
        )

    [first, _second] = Notification.objects.filter(kind=NotificationKind.DATA_WRONG)
    assert first.person in people
    assert (
        first.title == f"{handoff.rep} found wrong data on {handoff.lead} (Northwind)"
    )
    assert "Score 71, grade B+" in first.lines
    assert "Inaccurate data: The number is a fax." in first.lines
    assert first.path == f"/leads/{handoff.lead_id}/"
