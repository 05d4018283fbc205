"""F-27 and kills: no promise is broken early or twice, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handoff.choices import HandoffStatus, OnExpiry
from handoff.models import Clock, Handoff
from handoff.sla import calendars, enforcement, pauses
from leads.choices import Role
from leads.crashpoints import KILLED
from leads.models import Notification
from tests.faults import processes
from tests.handoff.factories import HandoffFactory
from tests.handoff.sla.factories import CalendarFactory, ServiceLevelFactory
from tests.leads.factories import NOON, RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
# In spring and in autumn, as the dates of the night there.
NIGHTS = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Africa/Casablanca", date(2026, 3, 22)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Asia/Kolkata", date(2026, 3, 29)),
    ("Asia/Kolkata", date(2026, 10, 25)),
]
JUMPS = (timedelta(0), -HOUR, HOUR, timedelta(0))
HANDOFFS = 4
IMPORTS = "from datetime import datetime; from handoff.sla import enforcement; "


@pytest.fixture(autouse=True)
def nobody_is_woken(settings):
    settings.BELLS = {bell: [] for bell in settings.BELLS}


@pytest.fixture
def team():
    """Decides within eight hours; what is three hours late goes to another rep."""
    team = TeamFactory()
    ServiceLevelFactory(
        team=team,
        escalate_minutes=60,
        on_expiry=OnExpiry.NEXT,
        expire_minutes=180,
    )
    return team


def assert_promises_hold():
    """I-14: due after the start by the target, and no step noted before its time."""
    known = calendars.load()
    for clock in Clock.objects.prefetch_related("pauses"):
        hours = known.hours(clock.calendar_id)
        worked = pauses.elapsed(hours, clock.started_at, clock.due_at, [])
        assert clock.due_at >= clock.started_at
        assert abs(worked - clock.target_seconds) <= 1
        assert clock.missed_at is None or clock.missed_at >= clock.due_at
        assert clock.warned_at is None or clock.warned_at >= clock.warn_at


@pytest.mark.parametrize(("zone", "night"), NIGHTS)
def test_a_night_on_which_the_clock_is_set_breaks_no_promise_early(team, zone, night):
    rep = RepFactory(team=team)
    calendar = CalendarFactory(team=team, time_zone=zone)
    calendar.shifts.all().delete()
    calendars.save_day(calendar=calendar, day=night, name="On call", hours=[(0, 1440)])
    for weekday in range(7):
        calendar.shifts.create(weekday=weekday, starts_minute=60, ends_minute=1320)
    evening = datetime(night.year, night.month, night.day, tzinfo=ZoneInfo(zone))
    starts_at = (evening - 6 * HOUR).astimezone(UTC)
    for number in range(3):
        HandoffFactory(rep=rep, routed_at=starts_at + number * HOUR)
    enforcement.enforce(now=starts_at + 2 * HOUR)

    done = [
        enforcement.enforce(now=starts_at + hours * HOUR + jump)
        for hours in range(3, 45, 6)
        for jump in JUMPS
    ]

    assert sum(one.missed for one in done) == 3
    assert sum(one.escalated for one in done) == 3
    assert sum(one.expired for one in done) == 3
    assert_promises_hold()


def test_a_clock_that_runs_forty_days_ahead_breaks_each_promise_once(team):
    rep, manager = RepFactory(team=team), UserFactory(role=Role.MANAGER)
    for _number in range(HANDOFFS):
        HandoffFactory(rep=rep)
    enforcement.enforce(now=NOON)

    ahead = enforcement.enforce(now=NOON + timedelta(days=40))
    back = [enforcement.enforce(now=NOON + hours * HOUR) for hours in range(24)]

    assert (ahead.missed, ahead.expired, ahead.warned) == (HANDOFFS, HANDOFFS, 0)
    assert not sum(one.missed + one.expired + one.warned for one in back)
    assert Notification.objects.filter(person=rep.user).count() == 2 * HANDOFFS
    assert Notification.objects.filter(person=manager).count() == HANDOFFS
    assert_promises_hold()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("crash_at", "noted_by_then", "expired_by_then"),
    [
        ("sla_before_telling:1", 0, 0),
        ("sla_before_telling:2", 2, 0),
        ("sla_after_chunk:1", 2, 0),
        ("sla_after_expiry:1", HANDOFFS, 0),
    ],
)
def test_what_a_killed_sweep_had_not_done_is_done_once_by_the_next(
    team, crash_at, noted_by_then, expired_by_then
):
    rep = RepFactory(team=team)
    for _number in range(HANDOFFS):
        HandoffFactory(rep=rep)
    enforcement.enforce(now=NOON)
    late = NOON + 12 * HOUR
    at = f"now=datetime.fromisoformat('{late.isoformat()}')"
    code = f"enforcement.CHUNK = 2; enforcement.enforce({at})"

    assert processes.run(IMPORTS + code, crash_at=crash_at) == KILLED

    told = Notification.objects.filter(person=rep.user)
    expired = Handoff.objects.filter(status=HandoffStatus.EXPIRED)
    assert Clock.objects.exclude(missed_at=None).count() == noted_by_then
    assert told.filter(kind="past_due").count() == noted_by_then
    assert expired.count() == expired_by_then
    for _twice in range(2):
        enforcement.enforce(now=late)
    assert told.filter(kind="past_due").count() == HANDOFFS
    assert told.filter(kind="handoff_moved").count() == HANDOFFS
    assert expired.count() == HANDOFFS
