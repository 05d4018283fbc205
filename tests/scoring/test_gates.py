from datetime import timedelta

import pytest

from leads.choices import Cause, Stage
from scoring.gates import GateLimits, Position, Signals, decide
from tests.leads.factories import NOON

GATES = [
    GateLimits(Stage.IQL, 10, 0, 5),
    GateLimits(Stage.MQL, 40, 3, 25),
    GateLimits(Stage.SQL, 80, 6, 60),
]
BEFORE, AFTER = NOON - timedelta(1), NOON + timedelta(1)
UP, DOWN = Cause.SCORE, Cause.DECAY


def position(stage, points, grade=12, cause=Cause.SCORE, **fields):
    fields = {
        "stage_since": NOON,
        "cycle_began_at": None,
        "was_pardoned": False,
    } | fields
    return Position(
        stage=stage, stage_cause=cause, engagement=points, grade=grade, **fields
    )


@pytest.mark.parametrize(
    ("stage", "points", "grade", "expected"),
    [
        (Stage.NEW, 9.9, 12, []),
        (Stage.NEW, 10 - 1e-7, 12, [(Stage.IQL, UP)]),
        (Stage.NEW, 80, 12, [(Stage.SQL, UP)]),
        (Stage.NEW, 80, 5, [(Stage.MQL, UP)]),
        (Stage.NEW, 80, 2, [(Stage.IQL, UP)]),
        (Stage.MQL, 25, 12, []),
        (Stage.MQL, 25 - 1e-7, 12, []),
        (Stage.MQL, 24.9, 12, [(Stage.IQL, DOWN)]),
        (Stage.MQL, 4.9, 12, [(Stage.IQL, DOWN), (Stage.NEW, DOWN)]),
        (Stage.MQL, 30, 0, []),
        (Stage.IQL, 5, 0, []),
        (Stage.SQL, 0, 0, []),
        (Stage.ACCEPTED, 100, 12, []),
        (Stage.CUSTOMER, 100, 12, []),
        (Stage.DISQUALIFIED, 100, 12, []),
        (Stage.RECYCLED, 100, 12, []),
    ],
)
def test_the_score_decides_the_stage(stage, points, grade, expected):
    assert decide(position(stage, points, grade), Signals(), GATES) == expected


@pytest.mark.parametrize("cause", [Cause.PERSON, Cause.IMPORT, Cause.DECISION])
def test_a_stage_not_entered_automatically_is_not_left_by_decay(cause):
    assert decide(position(Stage.MQL, 0, cause=cause), Signals(), GATES) == []


@pytest.mark.parametrize(
    ("stage", "fields", "at", "is_moved"),
    [
        (Stage.NEW, {}, BEFORE, True),
        (Stage.MQL, {}, BEFORE, True),
        (Stage.NEW, {"cycle_began_at": NOON}, BEFORE, False),
        (Stage.NEW, {"cycle_began_at": NOON}, AFTER, True),
        (Stage.MQL, {"cause": Cause.PERSON}, BEFORE, False),
        (Stage.MQL, {"cause": Cause.PERSON}, AFTER, True),
        (Stage.RECYCLED, {}, BEFORE, False),
        (Stage.RECYCLED, {}, AFTER, True),
        (Stage.SQL, {}, AFTER, False),
        (Stage.DISQUALIFIED, {}, AFTER, False),
    ],
)
def test_a_request_is_a_fast_track_unless_it_was_weighed_before(
    stage, fields, at, is_moved
):
    signals = Signals(fast_tracked_at=at)

    moves = decide(position(stage, 0, **fields), signals, [])

    assert moves == ([(Stage.SQL, Cause.FAST_TRACK)] if is_moved else [])


@pytest.mark.parametrize(
    ("points", "intent_at", "expected"),
    [
        (45, BEFORE, []),
        (45, AFTER, [(Stage.MQL, UP)]),
        (5, AFTER, []),
        (45, None, []),
    ],
)
def test_a_recycled_lead_comes_back_by_new_intent_alone(points, intent_at, expected):
    signals = Signals(intent_at=intent_at)

    assert decide(position(Stage.RECYCLED, points), signals, GATES) == expected


@pytest.mark.parametrize("stage", Stage)
def test_a_disqualifying_criterion_takes_a_lead_out_up_to_accepted(stage):
    moves = decide(position(stage, 0), Signals(is_barred=True), [])

    out_of = {"new", "iql", "mql", "sql", "accepted", "recycled"}
    expected = [(Stage.DISQUALIFIED, Cause.DISQUALIFYING)] if stage in out_of else []
    assert moves == expected


def test_a_person_who_brought_a_lead_back_is_not_overruled_by_the_same_criterion():
    pardoned = position(Stage.NEW, 0, was_pardoned=True, cycle_began_at=NOON)

    assert decide(pardoned, Signals(is_barred=True), []) == []
    assert decide(pardoned, Signals(disqualified_at=BEFORE), []) == []
    assert decide(pardoned, Signals(disqualified_at=AFTER), []) == [
        (Stage.DISQUALIFIED, Cause.DISQUALIFYING)
    ]
