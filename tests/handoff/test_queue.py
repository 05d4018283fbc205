from datetime import timedelta

import pytest

from handoff import queue
from handoff.choices import HandoffStatus, ReasonCategory
from handoff.models import Handoff
from tests.handoff.factories import HandoffFactory, ReasonFactory
from tests.leads.factories import NOON, LeadFactory, RepFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return RepFactory()


def decided(rep, status, *, hours, at=NOON, **fields):
    return HandoffFactory(
        rep=rep,
        lead=LeadFactory(),
        status=status,
        routed_at=at - timedelta(hours=hours),
        decided_at=at,
        decided_by=rep.user,
        **fields,
    )


def figures(now=NOON):
    return queue.figures(handoffs=Handoff.objects.all(), now=now)


def test_without_decisions_there_are_no_figures():
    assert figures() == queue.Figures(0, 0, 0, None, 0, None, "", 0)


def test_what_waits_and_what_is_overdue(rep):
    HandoffFactory(rep=rep, due_at=NOON)
    HandoffFactory(rep=rep, due_at=NOON + timedelta(hours=1))

    shown = figures(now=NOON + timedelta(minutes=1))

    assert (shown.waiting, shown.overdue) == (2, 1)


@pytest.mark.parametrize(
    ("hours", "median"), [([3], 3), ([1, 2, 9], 2), ([1, 2, 3, 9], 2.5)]
)
def test_the_median_response_is_that_of_the_middle(rep, hours, median):
    for took in hours:
        decided(rep, HandoffStatus.ACCEPTED, hours=took)

    assert figures().median_seconds == median * 3600


def test_misrouted_ones_and_duplicates_do_not_count_against_acceptance(rep):
    misrouted = ReasonFactory(category=ReasonCategory.ROUTING)
    timing = ReasonFactory(label="Bad timing")
    for _number in range(3):
        decided(rep, HandoffStatus.ACCEPTED, hours=1)
    decided(rep, HandoffStatus.REJECTED, hours=1, reason=timing)
    decided(rep, HandoffStatus.REJECTED, hours=1, reason=misrouted)

    shown = figures()

    assert (shown.accepted_percent, shown.judged, shown.decided) == (75, 4, 5)


def test_the_top_reason_is_the_most_frequent_one(rep):
    often, once = ReasonFactory(label="Bad timing"), ReasonFactory()
    for reason in (often, often, once):
        decided(rep, HandoffStatus.REJECTED, hours=1, reason=reason)

    shown = figures()

    assert (shown.top_reason, shown.top_reason_percent) == ("Bad timing", 67)


def test_older_decisions_are_left_out(rep):
    decided(rep, HandoffStatus.ACCEPTED, hours=1, at=NOON - timedelta(days=30))

    assert figures().decided == 0


def test_withdrawn_ones_are_nobodys_decision(rep):
    decided(rep, HandoffStatus.WITHDRAWN, hours=1)

    assert figures().decided == 0
