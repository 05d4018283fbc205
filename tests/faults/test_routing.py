"""A round of routing that dies leaves whole batches, and the next one does the rest."""

from collections import Counter

import pytest

from handoff.models import Clock, Handoff, Seat
from handoff.routing import offers
from leads.choices import Stage
from leads.crashpoints import KILLED
from leads.models import Standing
from tests.faults import processes
from tests.leads.factories import NOON, LeadFactory, RepFactory, TeamFactory

pytestmark = pytest.mark.django_db(transaction=True)
LEADS, BATCH = 6, 2
CODE = (
    "from datetime import datetime; from handoff.routing import offers; "
    f"offers.BATCH = {BATCH}; "
    f"offers.route_waiting(now=datetime.fromisoformat('{NOON.isoformat()}'))"
)


@pytest.fixture(autouse=True)
def nobody_is_woken(settings):
    settings.BELLS = {bell: [] for bell in settings.BELLS}


@pytest.fixture
def reps():
    team = TeamFactory(is_default=True)
    for _number in range(LEADS):
        LeadFactory(stage=Stage.SQL)
    return [RepFactory(team=team) for _number in range(2)]


@pytest.mark.parametrize(
    ("crash_at", "routed_by_then"),
    [
        ("route_after_pick:1", 0),
        ("route_before_commit:1", 0),
        ("route_after_batch:1", BATCH),
        ("route_after_pick:2", BATCH),
        ("route_before_commit:3", 2 * BATCH),
    ],
)
def test_what_a_killed_round_had_not_given_is_given_once_by_the_next(
    reps, crash_at, routed_by_then
):
    assert processes.run(CODE, crash_at=crash_at) == KILLED

    assert Handoff.objects.count() == Clock.objects.count() == routed_by_then
    assert Standing.objects.exclude(owner=None).count() == routed_by_then
    assert sum(Seat.objects.values_list("assigned", flat=True)) == routed_by_then
    for _twice in range(2):
        offers.route_waiting(now=NOON)
    given = Counter(Handoff.objects.values_list("rep", flat=True))
    assert given == {rep.user_id: LEADS // 2 for rep in reps}
    assert [seat.assigned for seat in Seat.objects.all()] == [LEADS // 2] * 2
    assert Clock.objects.count() == LEADS
