from datetime import timedelta

import pytest

from handoff import deadlines
from tests.leads.factories import NOON


@pytest.mark.parametrize(
    ("left", "state", "words"),
    [
        (timedelta(days=3, hours=4, minutes=9), "calm", "3 d 4 h left"),
        (timedelta(days=2), "calm", "2 d left"),
        (timedelta(hours=1, minutes=12), "calm", "1 h 12 min left"),
        (timedelta(hours=1), "calm", "1 h 0 min left"),
        (timedelta(minutes=18, seconds=59), "soon", "18 min left"),
        (timedelta(0), "soon", "0 min left"),
        (-timedelta(minutes=42), "overdue", "Overdue 42 min"),
    ],
)
def test_the_time_left_is_told_in_two_units(left, state, words):
    deadline = deadlines.deadline(due_at=NOON + left, now=NOON)

    assert (deadline.state, deadline.words) == (state, words)
