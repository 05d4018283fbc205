"""What an active plan decides: the first rule that matches, its strategy, the rest."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handoff import lifecycle as handoff_lifecycle
from handoff.choices import ReasonEffect, RoutedBy, Strategy
from handoff.models import Handoff, Seat
from handoff.routing import absences, offers
from leads.choices import Stage
from leads.models import Lead, Team
from tests.handoff.factories import HandoffFactory, ReasonFactory
from tests.handoff.routing.plans.factories import (
    GERMAN,
    LARGE,
    RuleFactory,
    active,
    named,
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
DAY = timedelta(days=1)


@pytest.fixture
def team():
    return TeamFactory(is_default=True)


@pytest.fixture
def rep(team):
    return RepFactory(team=team)


def lead(**fields):
    return LeadFactory(stage=Stage.SQL, **fields)


def german(**fields):
    return lead(country="Germany", **fields)


def route(*leads):
    return offers.route_leads(lead_ids=[one.pk for one in leads], now=NOON)


def route_one(one):
    (made,) = route(one)
    return made


def test_the_first_rule_that_matches_decides(rep):
    plan = active()
    first = named(RepFactory(), plan=plan, position=1, conditions=LARGE)
    second = named(RepFactory(), plan=plan, position=2)
    large = AccountFactory(employees=2000)

    made = route(german(account=large), german(), lead(country="France"))

    assert [one.rep for one in made] == [first.rep.user, second.rep.user, rep.user]
    assert [one.trace["rule"] for one in made] == [first.name, second.name, ""]
    assert {one.trace["version"] for one in made} == {plan.version}


def test_a_rule_that_is_switched_off_or_of_a_draft_decides_nothing(rep):
    named(RepFactory(), plan=active(), is_on=False)
    named(RepFactory())

    assert route_one(german()).rep == rep.user


def test_a_plan_with_a_default_of_its_own_sends_the_rest_there(team):
    RepFactory(team=team)
    other = RepFactory()
    active(default_team=other.team)

    assert route_one(lead()).rep == other.user


def test_by_turns_shares_by_weight_within_each_team(rep):
    german_team = TeamFactory()
    reps = [RepFactory(team=german_team, weight=w, capacity=100) for w in (1, 3)]
    RuleFactory(plan=active(), team=german_team)

    route(*(german() for _number in range(20)), *(lead() for _number in range(5)))

    got = Counter(Handoff.objects.values_list("rep", flat=True))
    assert [got[one.user_id] for one in (*reps, rep)] == [5, 15, 5]
    assert [Seat.objects.get(rep=one).assigned for one in (*reps, rep)] == [5, 15, 5]


def test_least_loaded_picks_who_has_the_most_free_capacity(team):
    busy, free, small = (RepFactory(team=team, capacity=most) for most in (30, 20, 3))
    HandoffFactory.create_batch(12, rep=busy)
    active(default_strategy=Strategy.LEAST_LOADED)

    made = route(*(lead() for _number in range(5)))

    chosen = [one.rep for one in made]
    assert chosen == [free.user, free.user, busy.user, free.user, busy.user]
    assert small.user not in chosen
    assert made[0].trace["routed_by"] == RoutedBy.LEAST_LOADED
    assert set(Seat.objects.values_list("assigned", flat=True)) == {0}


@pytest.mark.parametrize("strategy", [Strategy.TURNS, Strategy.LEAST_LOADED])
def test_nobody_is_over_capacity_nobody_absent_or_gone_gets_any(team, strategy):
    small, away, gone = (RepFactory(team=team, capacity=2) for _number in range(3))
    absences.plan(
        rep=away,
        starts_at=NOON - DAY,
        ends_at=NOON + DAY,
        note="",
        catches_up=False,
        actor=away.user,
    )
    gone.user.is_active = False
    gone.user.save(update_fields=["is_active"])
    active(default_strategy=strategy)

    route(*(lead() for _number in range(5)))

    got = Counter(Handoff.objects.values_list("rep", flat=True))
    assert got == {small.user_id: 2, None: 3}
    last = Handoff.objects.latest("pk").trace["candidates"]
    assert {one["name"]: one["skipped"] for one in last} == {
        str(small): "full",
        str(away): "away",
    }


def test_a_named_rep_who_is_full_leaves_the_lead_in_the_pool_with_the_reason(rep):
    chosen = RepFactory(capacity=1)
    named(chosen, plan=active())

    first, second = route(german(), german())

    assert (first.rep, first.trace["routed_by"]) == (chosen.user, RoutedBy.NAMED)
    assert (second.rep, second.team) == (None, chosen.team)
    (line,) = second.trace["candidates"]
    assert (line["user"], line["skipped"]) == (chosen.user_id, "full")


def test_an_absent_named_rep_leaves_the_lead_to_the_team_where_the_rule_says_so(rep):
    chosen = RepFactory(is_available=False)
    colleague = RepFactory(team=chosen.team)
    named(chosen, plan=active(), has_stand_in=True)

    made = route_one(german())

    assert (made.rep, made.trace["routed_by"]) == (colleague.user, RoutedBy.TURN)
    lines = [(one["user"], one["skipped"]) for one in made.trace["candidates"]]
    assert lines == [(chosen.user_id, "away"), (colleague.user_id, "")]
    colleague.is_available = False
    colleague.save(update_fields=["is_available"])
    left = route_one(german())
    assert (left.rep, left.team) == (None, chosen.team)


@pytest.mark.parametrize("is_on", [True, False])
def test_the_owner_of_the_company_comes_before_the_rules_where_the_plan_says_so(
    rep, is_on
):
    ruled, owner = RepFactory(), RepFactory()
    named(ruled, plan=active(prefers_owner=is_on))
    company = AccountFactory(owner=owner.user)

    made = route_one(german(account=company))

    assert made.rep == (owner.user if is_on else ruled.user)


@pytest.mark.parametrize("is_on", [True, False])
def test_a_second_person_joins_the_rep_of_the_first_where_the_plan_says_so(team, is_on):
    RepFactory(team=team), RepFactory(team=team)
    active(joins_colleague=is_on)
    company = AccountFactory()

    first, second = route(lead(account=company), lead(account=company))

    assert (first.rep == second.rep) == is_on


def gone_rep():
    chosen = RepFactory()
    chosen.user.is_active = False
    chosen.user.save(update_fields=["is_active"])
    return chosen


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (lambda plan: named(gone_rep(), plan=plan, position=1), "rep_left"),
        (lambda plan: named(None, plan=plan, position=1), "rep_gone"),
        (lambda plan: RuleFactory(plan=plan, position=1), "team_empty"),
        (lambda plan: RuleFactory(plan=plan, position=1, team=None), "team_gone"),
        (
            lambda plan: named(
                RepFactory(), plan=plan, position=1, conditions={"field": "shoe_size"}
            ),
            "unsound",
        ),
        (
            lambda plan: named(RepFactory(), plan=plan, position=1, conditions={}),
            "unsound",
        ),
    ],
)
def test_a_rule_that_leads_nowhere_is_skipped_with_the_reason(rep, rule, why):
    plan = active()
    broken = rule(plan)
    second = named(RepFactory(), plan=plan, position=2)

    made = route_one(german())

    assert made.rep == second.rep.user
    assert made.trace["skipped_rules"] == [{"name": broken.name, "skipped": why}]


def test_a_skipped_rule_is_not_told_to_leads_that_it_does_not_name(rep):
    RuleFactory(plan=active())

    assert route_one(lead(country="France")).trace["skipped_rules"] == []


def test_a_misrouted_lead_goes_to_another_of_the_rule_and_the_turn_is_credited(rep):
    german_team = TeamFactory()
    first, second = RepFactory(team=german_team), RepFactory(team=german_team)
    RuleFactory(plan=active(), team=german_team)
    one = german()
    made = route_one(one)
    assert made.rep == first.user

    handoff_lifecycle.reject(
        handoff=made,
        reason=ReasonFactory(effect=ReasonEffect.REROUTE),
        note="",
        actor=first.user,
        now=NOON,
    )

    assert Seat.objects.get(rep=first).assigned == 0
    assert route_one(one).rep == second.user


def test_without_a_default_team_only_what_a_rule_names_is_offered():
    named(RepFactory(), plan=active())
    german(), lead(country="France")

    assert offers.route_waiting(now=NOON) == 1

    assert offers.count_without_team() == 1


def test_leads_cost_no_more_queries_however_many_rules_there_are(
    rep, django_assert_num_queries
):
    plan = active()
    route_one(lead())
    named(RepFactory(), plan=plan, position=1)
    leads = [german() for _number in range(12)]
    with CaptureQueriesContext(connection) as for_one:
        route(leads[0])
    for position in range(2, 12):
        named(RepFactory(), plan=plan, position=position, conditions=LARGE)

    with django_assert_num_queries(len(for_one)):
        route(*leads[1:])


def test_long_lists_of_values_are_asked_in_parts_and_decide_the_same(rep):
    plan = active()
    words = [f"word {number}" for number in range(199)]
    leaf = {"field": "custom.plan", "operator": "one_of", "value": [*words, "gold"]}
    other = {"field": "custom.plan", "operator": "one_of", "value": [*words, "other"]}
    for position in range(1, 9):
        tree = {"all": [leaf if position > 5 else other] * 50}
        named(RepFactory(), plan=plan, position=position, conditions=tree)

    made = route(lead(custom={"plan": "Gold"}), lead(custom={"plan": "silver"}))

    assert made[0].rep == plan.rules.get(position=6).rep.user
    assert made[1].rep == rep.user


def test_conditions_match_alike_in_every_script_and_case(rep):
    plan = active()
    tagged = {
        "all": [
            {"any": [GERMAN, LARGE]},
            {"none": [{"field": "custom.plan", "operator": "is", "value": "free"}]},
        ]
    }
    chosen = named(RepFactory(), plan=plan, conditions=tagged).rep

    made = route(
        lead(country="GERMANY"),
        lead(country="Germany", custom={"plan": "Free"}),
        lead(account=AccountFactory(employees=1000)),
        lead(country="Österreich"),
    )

    assert [one.rep for one in made] == [
        chosen.user,
        rep.user,
        chosen.user,
        rep.user,
    ]


def test_a_person_without_a_seat_is_not_on_the_floor(rep):
    RuleFactory(plan=active(), team=TeamFactory())
    UserFactory()

    assert route_one(german()).rep == rep.user


def test_no_lead_waits_behind_those_that_no_team_takes(rep, monkeypatch):
    Team.objects.update(is_default=False)
    RuleFactory(plan=active(), team=rep.team)
    monkeypatch.setattr(offers, "LIMIT", 4)
    monkeypatch.setattr(offers, "BATCH", 2)
    for _number in range(4):
        lead()
    assert offers.route_waiting(now=NOON) == 0
    last = german(stage_at=NOON + DAY)

    assert offers.route_waiting(now=NOON + DAY) == 1

    assert Handoff.objects.get().lead == last


def test_those_that_no_team_takes_are_tried_in_turn(rep, monkeypatch):
    Team.objects.update(is_default=False)
    RuleFactory(plan=active(), team=rep.team)
    monkeypatch.setattr(offers, "BATCH", 2)
    leads = [lead() for _number in range(5)]
    offers.route_waiting(now=NOON)
    Lead.objects.filter(pk=leads[-1].pk).update(country="Germany")

    made = [offers.route_waiting(now=NOON) for _again in range(3)]

    assert made == [0, 0, 1]
    assert Handoff.objects.get().lead == leads[-1]
