from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.routing import turns
from handoff.routing.turns import Candidate, Serves, Wanted
from tests.leads.factories import NOON


def candidate(user_id, **fields):
    usual = Candidate(
        user_id=user_id,
        name=f"Rep {user_id}",
        weight=1,
        assigned=0,
        last_assigned_at=None,
        waiting=0,
        capacity=1_000,
        is_available=True,
    )
    return replace(usual, **fields)


def next_of(candidates):
    """Whose turn it is of these, or None when nobody can take the lead."""
    why = turns.look_at(candidates)
    return turns.choose([one for one in candidates if not why[one.user_id]])


def deal_out(candidates, *, leads):
    """Give so many leads in turn; the user ids in the order in which they got one."""
    by_id = {one.user_id: one for one in candidates}
    order = []
    for number in range(leads):
        chosen = next_of(by_id.values())
        now = NOON + timedelta(minutes=number)
        by_id[chosen.user_id] = turns.take_turn(chosen, now=now)
        order.append(chosen.user_id)
    return order


def test_a_hundred_leads_are_shared_exactly_by_weight():
    team = [candidate(1, weight=1), candidate(2, weight=4), candidate(3, weight=5)]

    assert Counter(deal_out(team, leads=100)) == {1: 10, 2: 40, 3: 50}


def test_equals_take_turns():
    assert deal_out([candidate(1), candidate(2)], leads=4) == [1, 2, 1, 2]


def test_among_equals_the_one_who_waited_longest_is_next():
    earlier, later = NOON, NOON + timedelta(minutes=1)
    team = [
        candidate(1, last_assigned_at=later),
        candidate(2, last_assigned_at=earlier),
    ]

    assert next_of(team).user_id == 2


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"is_available": False}, "away"),
        ({"waiting": 5, "capacity": 5}, "full"),
        ({"waiting": 4, "capacity": 5}, ""),
        ({"user_id": 7}, "misrouted"),
    ],
)
def test_a_rep_is_skipped_for_a_reason(fields, why):
    one = candidate(**{"user_id": 1, **fields})

    assert turns.why_skipped(one, {7: "misrouted"}) == why


def test_nobody_is_chosen_when_all_are_away():
    assert next_of([candidate(1, is_available=False)]) is None


@pytest.mark.parametrize(
    ("weight", "assigned", "level"), [(1, [4, 6], 4), (3, [4, 6], 12), (1, [], 0)]
)
def test_a_newcomer_joins_level_with_whoever_had_the_fewest_turns(
    weight, assigned, level
):
    team = [candidate(number, assigned=count) for number, count in enumerate(assigned)]

    assert turns.joining_count(weight, team) == level


def test_whoever_is_at_work_comes_first_and_else_anybody():
    asleep, awake = candidate(1, is_at_work=False), candidate(2, assigned=9)

    assert next_of([asleep, awake]).user_id == 2
    assert next_of([asleep]).user_id == 1


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Wanted(country="france"), "country"),
        (Wanted(country="germany", language="french"), "language"),
        (Wanted(industry="banking"), "industry"),
        (Wanted(country="germany", language="german", industry="media"), ""),
        (Wanted(), ""),
    ],
)
def test_a_rep_serves_whom_the_rep_serves_and_whoever_is_unknown(wanted, why):
    serves = Serves(
        countries=frozenset({"germany"}),
        languages=frozenset({"german"}),
        industries=frozenset({"media"}),
    )

    assert turns.why_skipped(candidate(1, serves=serves), (), wanted) == why


def test_a_day_has_only_so_many_new_leads():
    one = candidate(1, capacity_per_day=2)

    assert deal_out([one, candidate(2)], leads=6) == [1, 2, 1, 2, 2, 2]


@given(
    weights=st.lists(st.integers(1, 5), min_size=1, max_size=6),
    leads=st.integers(0, 200),
)
def test_every_rep_gets_the_weighted_share_within_one(weights, leads):
    team = [candidate(number, weight=weight) for number, weight in enumerate(weights)]

    got = Counter(deal_out(team, leads=leads))

    for number, weight in enumerate(weights):
        share = leads * weight / sum(weights)
        assert abs(got[number] - share) < 1


@given(
    capacities=st.lists(st.integers(0, 4), min_size=1, max_size=5),
    away=st.sets(st.integers(0, 4)),
)
def test_nobody_is_over_capacity_and_nobody_away_is_given_any(capacities, away):
    team = [
        candidate(number, capacity=capacity, is_available=number not in away)
        for number, capacity in enumerate(capacities)
    ]
    room = sum(one.capacity for one in team if one.is_available)

    got = Counter(deal_out(team, leads=room))

    assert got == Counter(
        {one.user_id: one.capacity for one in team if one.is_available and one.capacity}
    )
