from datetime import timedelta
from itertools import pairwise

import pytest

from handoff import lifecycle
from handoff.choices import Blame, ClockOutcome, HandoffStatus, OnExpiry, RoutedBy
from handoff.desk import reassigning
from handoff.models import Clock, Handoff
from handoff.routing import offers
from handoff.sla import enforcement, levels
from handoff.sla.enforcement import Done
from leads.choices import Role, Stage
from leads.models import Standing
from tests.handoff.factories import HandoffFactory
from tests.handoff.sla.factories import CalendarFactory, ServiceLevelFactory
from tests.leads.factories import (
    NOON,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TUESDAY_NOON = NOON + timedelta(days=1)  # eight working hours after Monday noon


@pytest.fixture
def team():
    """Nine to five in Berlin, eight hours to decide, then an hour to the managers."""
    team = TeamFactory(is_default=True)
    CalendarFactory(team=team)
    ServiceLevelFactory(team=team, escalate_minutes=60)
    return team


@pytest.fixture
def handoff(team):
    made = HandoffFactory(rep=RepFactory(team=team))
    enforcement.enforce(now=NOON)
    return made


def passes_on(team, *, on_expiry=OnExpiry.NEXT, limit=2):
    team.service_levels.update(
        on_expiry=on_expiry, expire_minutes=120, max_reassignments=limit
    )


def test_an_offer_without_a_clock_gets_one_by_the_teams_hours(team):
    handoff = HandoffFactory(rep=RepFactory(team=team))

    done = enforcement.enforce(now=NOON)

    clock = handoff.clocks.get()
    handoff.refresh_from_db()
    assert done == Done(started=1)
    assert (clock.started_at, clock.target_seconds) == (NOON, 8 * 3_600)
    assert clock.warn_at == TUESDAY_NOON - 2 * HOUR
    assert clock.due_at == handoff.due_at == TUESDAY_NOON
    assert clock.escalate_at == TUESDAY_NOON + HOUR
    assert clock.expire_at is None


def test_each_step_is_noted_once_at_its_time(handoff):
    warned_at = TUESDAY_NOON - 2 * HOUR
    at = [warned_at - HOUR, warned_at, TUESDAY_NOON, TUESDAY_NOON + HOUR]

    done = [enforcement.enforce(now=now) for now in at for _twice in range(2)]

    nothing = Done()
    assert done[:2] == [nothing, nothing]
    assert done[2:4] == [Done(warned=1), nothing]
    assert done[4:6] == [Done(missed=1), nothing]
    assert done[6:] == [Done(escalated=1), nothing]
    clock = handoff.clocks.get()
    assert [clock.warned_at, clock.missed_at, clock.escalated_at] == at[1:]
    assert clock.next_at is None
    assert (clock.missed_by, clock.blame) == (handoff.rep, Blame.REP)


def test_a_sweep_that_comes_late_does_not_warn_any_more(handoff):
    assert enforcement.enforce(now=TUESDAY_NOON + 5 * HOUR) == Done(
        missed=1, escalated=1
    )


def test_what_is_decided_is_past_nothing(handoff):
    lifecycle.accept(handoff=handoff, actor=handoff.rep, now=NOON + HOUR)

    done = enforcement.enforce(now=TUESDAY_NOON + 40 * HOUR)

    assert done.stopped == 1
    assert handoff.clocks.decisions().get().outcome == ClockOutcome.MET


@pytest.mark.parametrize(
    ("routed_by", "blame"),
    [(RoutedBy.NOBODY_FREE, Blame.NO_CAPACITY), (RoutedBy.SENT_BACK, Blame.UNASSIGNED)],
)
def test_nobody_is_blamed_for_what_waited_in_the_pool(team, routed_by, blame):
    handoff = HandoffFactory(rep=None, team=team, trace={"routed_by": routed_by.value})
    enforcement.enforce(now=NOON)

    enforcement.enforce(now=TUESDAY_NOON)

    clock = handoff.clocks.get()
    assert (clock.missed_by, clock.blame) == (None, blame)


def test_what_nobody_decides_goes_to_the_next_rep(team):
    passes_on(team)
    slow, other = RepFactory(team=team), RepFactory(team=team)
    handoff = HandoffFactory(rep=slow)
    enforcement.enforce(now=NOON)
    later = TUESDAY_NOON + 2 * HOUR

    assert enforcement.enforce(now=later - timedelta(seconds=1)).expired == 0
    assert enforcement.enforce(now=later).expired == 1
    assert enforcement.enforce(now=later) == Done(stopped=1)
    offers.route_waiting(now=later)

    handoff.refresh_from_db()
    again = Handoff.objects.get(status=HandoffStatus.PENDING)
    assert (handoff.status, handoff.decided_at) == (HandoffStatus.EXPIRED, later)
    assert (again.rep, again.cycle) == (other.user, handoff.cycle)
    assert again.clocks.get().started_at == later
    assert handoff.clocks.get().outcome == ClockOutcome.MISSED
    assert Standing.objects.get(lead=handoff.lead).stage == Stage.SQL


def test_after_so_many_reps_it_goes_to_the_pool(team):
    passes_on(team, limit=1)
    for _number in range(4):
        RepFactory(team=team)
    LeadFactory(stage=Stage.SQL)
    now = NOON
    for _round in range(4):
        offers.route_waiting(now=now)
        now += timedelta(days=5)
        enforcement.enforce(now=now)

    made = list(Handoff.objects.order_by("pk"))
    assert [one.status for one in made] == ["expired", "expired", "pending"]
    assert made[0].rep != made[1].rep
    assert made[2].rep is None
    assert made[2].trace["routed_by"] == RoutedBy.EXPIRED


def test_a_team_may_have_it_back_in_the_pool_at_once(team):
    passes_on(team, on_expiry=OnExpiry.POOL)
    RepFactory(team=team)
    handoff = HandoffFactory(rep=RepFactory(team=team))
    enforcement.enforce(now=NOON)

    enforcement.enforce(now=TUESDAY_NOON + 2 * HOUR)
    offers.route_waiting(now=TUESDAY_NOON + 2 * HOUR)

    again = Handoff.objects.get(status=HandoffStatus.PENDING)
    assert (again.rep, again.team) == (None, handoff.team)
    assert enforcement.enforce(now=TUESDAY_NOON + timedelta(days=30)).expired == 0


def test_the_only_rep_does_not_get_back_what_they_let_expire(team):
    passes_on(team)
    HandoffFactory(rep=RepFactory(team=team))
    enforcement.enforce(now=NOON)

    enforcement.enforce(now=TUESDAY_NOON + 2 * HOUR)
    offers.route_waiting(now=TUESDAY_NOON + 2 * HOUR)

    assert Handoff.objects.get(status=HandoffStatus.PENDING).rep is None


def test_what_a_manager_gave_to_somebody_stays_there(team):
    passes_on(team)
    handoff = HandoffFactory(rep=RepFactory(team=team))
    enforcement.enforce(now=NOON)
    reassigning.reassign(
        handoff=handoff,
        rep=RepFactory(team=team),
        actor=UserFactory(role=Role.MANAGER),
        now=NOON,
    )

    done = enforcement.enforce(now=TUESDAY_NOON + 40 * HOUR)

    assert done == Done(missed=1, escalated=1)


def test_a_lead_by_the_fast_track_is_promised_sooner(team, workspace):
    lead = LeadFactory(stage=Stage.SQL)
    lead.stage_changes.filter(to_stage=Stage.SQL).update(cause="fast_track")
    RepFactory(team=team)

    offers.route_waiting(now=NOON)

    clock = Clock.objects.get()
    assert clock.priority == "fast"
    assert clock.due_at == NOON + 2 * HOUR


def test_a_changed_calendar_moves_what_is_due(team, handoff):
    calendar = team.calendar_use.calendar
    calendar.shifts.filter(weekday=0).update(ends_minute=1140)
    calendar.version += 1
    calendar.save(update_fields=["version"])

    done = enforcement.enforce(now=NOON + HOUR)

    clock = handoff.clocks.get()
    handoff.refresh_from_db()
    assert done == Done(reset=1)
    assert clock.due_at == handoff.due_at == TUESDAY_NOON - 2 * HOUR
    assert clock.calendar_version == 2
    assert enforcement.enforce(now=NOON + HOUR) == Done()


def test_a_team_that_loses_its_calendar_works_around_the_clock(team, handoff):
    team.calendar_use.delete()

    enforcement.enforce(now=NOON + HOUR)

    clock = handoff.clocks.get()
    assert (clock.due_at, clock.calendar) == (NOON + 8 * HOUR, None)


def test_a_sweep_costs_as_many_queries_for_ten_as_for_one(
    team, django_assert_max_num_queries
):
    for _number in range(10):
        HandoffFactory(rep=RepFactory(team=team))
    enforcement.enforce(now=NOON)

    with django_assert_max_num_queries(30):
        enforcement.enforce(now=TUESDAY_NOON)


def test_levels_of_a_team_beat_those_of_the_others(team, workspace):
    known = levels.load()

    assert known.level(team_id=team.pk, priority="normal").escalate_seconds == 3_600
    assert known.level(team_id=None, priority="fast").decide_seconds == 2 * 3_600
    assert known.level(team_id=team.pk, priority="fast").decide_seconds == 2 * 3_600


@pytest.mark.parametrize("jumps", [(-1, 0), (1, 0), (24 * 40, -1), (-1, 24 * 40)])
def test_a_clock_that_jumps_notes_no_step_twice_or_early(team, jumps):
    passes_on(team)
    rep = RepFactory(team=team)
    for _number in range(3):
        HandoffFactory(rep=rep)
    steps = [enforcement.enforce(now=NOON)]
    for hours in range(0, 60, 3):
        now = NOON + hours * HOUR
        steps += [enforcement.enforce(now=now + jump * HOUR) for jump in jumps]

    assert sum(step.missed for step in steps) == 3
    assert sum(step.escalated for step in steps) <= 3
    assert sum(step.expired for step in steps) == 3
    for clock in Clock.objects.all():
        assert clock.missed_at >= clock.due_at
        times = [clock.started_at, clock.warn_at, clock.due_at, clock.escalate_at]
        assert all(earlier <= later for earlier, later in pairwise(times))
