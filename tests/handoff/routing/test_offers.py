from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handoff import lifecycle
from handoff.choices import HandoffStatus, ReasonEffect, RoutedBy
from handoff.desk import reassigning
from handoff.models import Handoff, Seat
from handoff.routing import offers
from leads.choices import Stage
from leads.models import Standing
from tests.handoff.factories import HandoffFactory, ReasonFactory, manager
from tests.handoff.sla.factories import ServiceLevelFactory
from tests.leads.factories import (
    NOON,
    AccountFactory,
    LeadFactory,
    RepFactory,
    TeamFactory,
)

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def team():
    return TeamFactory(is_default=True)


def sales_ready(**fields):
    return LeadFactory(stage=Stage.SQL, **fields)


def route_one(lead, now=NOON):
    (made,) = offers.route_leads(lead_ids=[lead.pk], now=now)
    return made


def send_back(handoff):
    reason = ReasonFactory(effect=ReasonEffect.REROUTE)
    lifecycle.reject(
        handoff=handoff, reason=reason, note="", actor=handoff.rep, now=NOON
    )


def test_a_hundred_leads_are_shared_exactly_by_weight(team):
    reps = [RepFactory(team=team, weight=w, capacity=100) for w in (1, 4, 5)]
    for _number in range(100):
        sales_ready()

    assert offers.route_waiting(now=NOON) == 100

    shares = Counter(Handoff.objects.values_list("rep", flat=True))
    assert [shares[rep.user_id] for rep in reps] == [10, 40, 50]


def test_the_hand_off_is_due_when_the_team_promised(team):
    rep, lead = RepFactory(team=team), sales_ready()
    ServiceLevelFactory(team=team, decide_minutes=240)

    made = route_one(lead)

    assert (made.rep, made.team, made.cycle) == (rep.user, team, 1)
    assert (made.routed_at, made.assigned_at) == (NOON, NOON)
    assert made.due_at == NOON + timedelta(hours=4)
    standing = Standing.objects.get(lead=lead)
    assert (standing.owner, standing.team) == (rep.user, team)


def test_routing_twice_makes_one_hand_off(team):
    RepFactory(team=team)
    sales_ready()

    assert [offers.route_waiting(now=NOON) for _again in range(2)] == [1, 0]


def test_the_turns_go_on_from_one_round_to_the_next(team):
    first, second = RepFactory(team=team), RepFactory(team=team)

    chosen = [route_one(sales_ready()).rep for _number in range(4)]

    assert chosen == [first.user, second.user] * 2


@pytest.mark.parametrize(
    "stage", [stage for stage in Stage if stage != Stage.SQL], ids=str
)
def test_only_sales_ready_leads_are_handed_over(team, stage):
    RepFactory(team=team)
    LeadFactory(stage=stage)

    assert offers.route_waiting(now=NOON) == 0


def test_a_rep_gets_no_more_than_the_capacity(team):
    full, free = RepFactory(team=team, capacity=1), RepFactory(team=team)

    chosen = [route_one(sales_ready()).rep for _number in range(3)]

    assert chosen == [full.user, free.user, free.user]


@pytest.mark.parametrize("field", ["is_available", "user.is_active"])
def test_a_rep_who_is_away_or_gone_gets_none(team, field):
    rep = RepFactory(team=team)
    target = rep.user if field.startswith("user.") else rep
    name = field.removeprefix("user.")
    setattr(target, name, False)
    target.save(update_fields=[name])

    made = route_one(sales_ready())

    assert (made.rep, made.team) == (None, team)


def test_the_pool_says_why_nobody_took_the_lead(team):
    away = RepFactory(team=team, is_available=False)

    made = route_one(sales_ready())

    assert made.trace["routed_by"] == RoutedBy.NOBODY_FREE
    (line,) = made.trace["candidates"]
    assert (line["user"], line["skipped"]) == (away.user_id, "away")
    assert made.assigned_at is None


def test_coming_back_from_absence_brings_no_flood(team):
    here, away = RepFactory(team=team), RepFactory(team=team, is_available=False)
    for _number in range(6):
        route_one(sales_ready())
    away.is_available = True
    away.save(update_fields=["is_available"])

    chosen = Counter(route_one(sales_ready()).rep for _number in range(4))

    assert chosen == {here.user: 2, away.user: 2}


def test_a_new_rep_joins_level_with_the_others(team):
    old = RepFactory(team=team)
    for _number in range(6):
        route_one(sales_ready())
    new = RepFactory(team=team, weight=2)

    route_one(sales_ready())

    assert Seat.objects.get(rep=new).assigned >= 12
    assert Seat.objects.get(rep=old).assigned >= 6


def test_the_rep_who_owns_the_company_comes_first(team):
    RepFactory(team=team)
    owner = RepFactory()
    account = AccountFactory(owner=owner.user)

    made = route_one(sales_ready(account=account))

    assert (made.rep, made.team) == (owner.user, owner.team)
    assert made.trace["routed_by"] == RoutedBy.ACCOUNT_OWNER


def test_an_absent_owner_of_the_company_is_passed_over(team):
    rep = RepFactory(team=team)
    account = AccountFactory(owner=RepFactory(is_available=False).user)

    assert route_one(sales_ready(account=account)).rep == rep.user


@pytest.mark.parametrize("is_member", [True, False], ids=["in turn", "elsewhere"])
def test_a_full_owner_of_the_company_is_passed_over_and_the_trace_says_so(
    team, is_member
):
    owner = RepFactory(team=team if is_member else TeamFactory(), capacity=1)
    free = RepFactory(team=team)
    company = AccountFactory(owner=owner.user)

    first, second = (route_one(sales_ready(account=company)) for _number in range(2))

    assert (first.rep, second.rep) == (owner.user, free.user)
    (line,) = second.trace["passed_over"]
    assert (line["user"], line["known_by"], line["skipped"], line["waiting"]) == (
        owner.user_id,
        RoutedBy.ACCOUNT_OWNER,
        "full",
        1,
    )


def test_a_full_colleague_is_passed_over(team):
    seller, free = RepFactory(team=team, capacity=1), RepFactory(team=team)
    company = AccountFactory()
    ids = [sales_ready(account=company).pk for _number in range(2)]

    made = offers.route_leads(lead_ids=ids, now=NOON)

    assert [one.rep for one in made] == [seller.user, free.user]
    (line,) = made[1].trace["passed_over"]
    assert (line["known_by"], line["skipped"]) == (RoutedBy.COLLEAGUE, "full")


def test_a_second_person_of_a_company_joins_its_rep(team):
    account = AccountFactory()
    RepFactory(team=team), RepFactory(team=team)
    first = route_one(sales_ready(account=account))

    second = route_one(sales_ready(account=account))

    assert second.rep == first.rep
    assert second.trace["routed_by"] == RoutedBy.COLLEAGUE


def test_two_people_of_a_company_in_one_round_go_to_one_rep(team):
    account = AccountFactory()
    RepFactory(team=team), RepFactory(team=team)
    leads = [sales_ready(account=account) for _number in range(2)]

    made = offers.route_leads(lead_ids=[lead.pk for lead in leads], now=NOON)

    assert made[0].rep == made[1].rep


def test_a_misrouted_lead_goes_to_another_and_the_turn_is_credited(team):
    first, second = RepFactory(team=team), RepFactory(team=team)
    lead = sales_ready()
    handoff = route_one(lead)

    send_back(handoff)

    assert Seat.objects.get(rep=first).assigned == 0
    assert route_one(lead).rep == second.user


def test_the_turn_of_a_reassigned_lead_is_credited_to_who_took_it(team):
    first, second = RepFactory(team=team), RepFactory(team=team)
    route_one(sales_ready()), route_one(sales_ready())
    handoff = route_one(sales_ready())
    actor = manager()
    reassigning.reassign(handoff=handoff, rep=second, actor=actor, now=NOON)

    send_back(handoff)

    turns = [Seat.objects.get(rep=rep).assigned for rep in (first, second)]
    assert turns == [1, 1]


def test_after_three_misroutings_the_lead_goes_to_the_pool(team):
    for _number in range(4):
        RepFactory(team=team)
    lead = sales_ready()
    for _number in range(3):
        send_back(route_one(lead))

    made = route_one(lead)

    assert (made.rep, made.trace["routed_by"]) == (None, RoutedBy.SENT_BACK)


def test_without_a_default_team_the_lead_stays_owed():
    RepFactory()
    sales_ready()

    assert offers.route_waiting(now=NOON) == 0

    assert offers.count_without_team() == 1


def test_a_lead_that_came_back_in_a_new_cycle_is_handed_over_again(team):
    rep = RepFactory(team=team)
    lead = sales_ready()
    HandoffFactory(
        lead=lead, rep=rep, status=HandoffStatus.ACCEPTED, decided_at=NOON, cycle=1
    )
    assert offers.route_waiting(now=NOON) == 0
    Standing.objects.filter(lead=lead).update(cycle=2)

    assert offers.route_waiting(now=LATER) == 1


def test_the_longest_waiting_is_routed_first(team):
    RepFactory(team=team, capacity=1)
    sales_ready(stage_at=LATER)
    earliest = sales_ready(stage_at=NOON)

    offers.route_waiting(now=LATER)

    assert Handoff.objects.get(rep__isnull=False).lead == earliest


def test_ten_leads_are_routed_with_as_many_queries_as_one(
    team, django_assert_num_queries
):
    RepFactory(team=team)
    leads = [sales_ready(account=AccountFactory()).pk for _number in range(12)]
    offers.route_leads(lead_ids=leads[11:], now=NOON)  # the rep gets a seat
    with CaptureQueriesContext(connection) as for_one:
        offers.route_leads(lead_ids=leads[:1], now=NOON)

    with django_assert_num_queries(len(for_one)):
        offers.route_leads(lead_ids=leads[1:11], now=NOON)
