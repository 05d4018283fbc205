from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from handoff import deadlines
from handoff.sla.hours import WorkingHours
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


OFFICE = WorkingHours(ZoneInfo("UTC"), (((540, 1020),),) * 5 + ((), ()))


@pytest.mark.parametrize(
    ("left", "state", "words"),
    [
        (timedelta(hours=4), "calm", "4 h 0 min left"),
        (timedelta(hours=21), "calm", "5 h working time left"),
        (timedelta(days=1, hours=4, minutes=30), "calm",
         "12 h working time left"),
        (timedelta(days=4), "calm", "32 h working time left"),
        (timedelta(hours=5), "calm", "5 h 0 min left"),
        (-timedelta(hours=30), "overdue", "Overdue 1 d 6 h"),
    ],
)  # fmt: skip
def test_nights_and_weekends_do_not_count_as_time_left(left, state, words):
    deadline = deadlines.deadline(due_at=NOON + left, now=NOON, hours=OFFICE)

    assert (deadline.state, deadline.words) == (state, words)


def test_the_last_working_hour_is_soon_though_a_night_lies_before_it():
    evening = NOON + timedelta(hours=8)
    due_at = NOON + timedelta(hours=21, minutes=30)

    deadline = deadlines.deadline(due_at=due_at, now=evening, hours=OFFICE)

    assert (deadline.state, deadline.words) == ("soon", "30 min working time left")
    assert not deadline.is_counted


def test_what_stands_still_has_no_end():
    deadline = deadlines.deadline(due_at=NOON, now=NOON, is_paused=True)

    assert (deadline.state, deadline.words) == ("paused", "Paused")
    assert not deadline.is_counted


def test_a_page_is_told_the_working_times_that_it_counts_down():
    evening = NOON + timedelta(hours=4)
    due_at = NOON + timedelta(hours=22)

    deadline = deadlines.deadline(due_at=due_at, now=evening, hours=OFFICE)

    ahead = [(4, 5), (21, 22)]
    assert deadline.spans == tuple(
        tuple(int((NOON + timedelta(hours=hour)).timestamp()) for hour in span)
        for span in ahead
    )
    assert sum(end - start for start, end in deadline.spans) == deadline.working


@pytest.mark.parametrize("left", [timedelta(hours=2), timedelta(days=40)], ids=str)
def test_what_the_clock_tells_and_what_is_far_ahead_comes_without_working_times(left):
    deadline = deadlines.deadline(due_at=NOON + left, now=NOON, hours=OFFICE)

    assert deadline.spans == ()
