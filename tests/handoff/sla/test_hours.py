from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handoff.sla.hours import AROUND_THE_CLOCK, NeverOpenError, WorkingHours
from handoff.sla.pauses import Pause, add, elapsed

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_FIVE = (540, 1020)
CLOSED = ((), ())
OFFICE = WorkingHours(BERLIN, ((NINE_TO_FIVE,),) * 5 + CLOSED)
GERMANY = WorkingHours(BERLIN, ((NINE_TO_FIVE,),) * 5 + CLOSED, country="DE")
ALWAYS = WorkingHours(BERLIN, (((0, 1440),),) * 7)
HOUR = 3_600
# A night in spring and one in autumn of each zone, as the local dates.
DST_NIGHTS = {
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2026, 4, 5)),
    "America/Sao_Paulo": (date(2018, 11, 4), date(2018, 2, 17)),
    "Africa/Casablanca": (date(2026, 3, 22), date(2026, 2, 15)),
    "Asia/Kolkata": (date(2026, 3, 29), date(2026, 10, 25)),
}


def berlin(text):
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-03-06 16:30", 4, "2026-03-09 12:30"),
        ("2026-03-07 10:00", 1, "2026-03-09 10:00"),
        ("2026-03-09 09:00", 8, "2026-03-09 17:00"),
        ("2026-03-27 16:00", 2, "2026-03-30 10:00"),
        ("2026-10-23 16:00", 2, "2026-10-26 10:00"),
        ("2026-12-31 16:00", 2, "2027-01-01 10:00"),
    ],
)
def test_a_target_is_due_after_that_much_working_time(start, hours, due):
    assert OFFICE.add(berlin(start), hours * HOUR) == berlin(due)
    assert OFFICE.elapsed(berlin(start), berlin(due)) == hours * HOUR


def test_a_public_holiday_is_skipped():
    thursday = berlin("2026-04-02 16:00")  # before Good Friday and Easter Monday

    assert GERMANY.add(thursday, 2 * HOUR) == berlin("2026-04-07 10:00")


def test_a_pause_moves_what_is_due():
    monday = berlin("2026-03-09 10:00")
    pauses = [Pause(berlin("2026-03-09 11:00"), berlin("2026-03-09 15:00"))]

    due = add(OFFICE, monday, 2 * HOUR, pauses)

    assert due == berlin("2026-03-09 16:00")
    assert elapsed(OFFICE, monday, due, pauses) == 2 * HOUR


def test_around_the_clock_a_day_is_24_real_hours_when_the_clock_jumps():
    saturday = berlin("2026-03-28 12:00")

    assert ALWAYS.add(saturday, 24 * HOUR) == berlin("2026-03-29 13:00")
    assert AROUND_THE_CLOCK.elapsed(saturday, berlin("2026-03-29 13:00")) == 24 * HOUR


def test_a_holiday_of_one_part_of_a_country_is_not_one_elsewhere():
    womens_day = date(2027, 3, 8)  # a Monday, in Berlin
    in_berlin = WorkingHours(
        BERLIN, ((NINE_TO_FIVE,),) * 5 + CLOSED, country="DE", subdivision="BE"
    )

    assert in_berlin.on(womens_day) == ()
    assert GERMANY.on(womens_day) == (NINE_TO_FIVE,)


def test_a_day_of_ones_own_beats_the_weekday_and_the_holiday():
    days = {date(2026, 4, 3): ((600, 720),), date(2026, 4, 7): ()}
    hours = WorkingHours(BERLIN, GERMANY.shifts, country="DE", days=days)

    assert hours.is_open(berlin("2026-04-03 10:30"))
    assert not hours.is_open(berlin("2026-04-03 12:30"))
    assert not hours.is_open(berlin("2026-04-07 10:30"))


def test_a_lunch_break_is_between_two_shifts():
    hours = WorkingHours(BERLIN, (((540, 720), (780, 1020)),) * 7)

    assert hours.add(berlin("2026-03-09 11:00"), 2 * HOUR) == berlin("2026-03-09 14:00")
    assert not hours.is_open(berlin("2026-03-09 12:00"))
    assert hours.is_open(berlin("2026-03-09 13:00"))


def test_the_next_opening_is_now_while_somebody_works():
    open_at, closed_at = berlin("2026-03-09 10:00"), berlin("2026-12-31 17:00")

    assert OFFICE.next_opening(open_at) == open_at
    assert GERMANY.next_opening(closed_at) == berlin("2027-01-04 09:00")


def test_who_never_works_has_no_opening_and_nothing_due():
    never = WorkingHours(BERLIN, ((),) * 7)

    with pytest.raises(NeverOpenError):
        never.next_opening(berlin("2026-03-09 10:00"))
    with pytest.raises(NeverOpenError):
        never.add(berlin("2026-03-09 10:00"), 1)
    assert never.elapsed(berlin("2026-03-09 10:00"), berlin("2026-06-09 10:00")) == 0


def test_a_day_that_the_zone_skipped_has_no_hours():
    apia = ZoneInfo("Pacific/Apia")
    hours = WorkingHours(apia, ((NINE_TO_FIVE,),) * 7)
    thursday = datetime(2011, 12, 29, 17, tzinfo=apia)

    assert hours.add(thursday, HOUR) == datetime(2011, 12, 31, 10, tzinfo=apia)


@pytest.mark.parametrize(
    ("night", "shift", "worked"),
    [
        ("2026-03-29", (0, 360), 5),
        ("2026-10-25", (0, 360), 7),
        ("2026-03-29", (120, 180), 0),
        ("2026-10-25", (120, 180), 2),
    ],
)
def test_a_night_shift_has_the_hours_that_the_clock_shows(night, shift, worked):
    hours = WorkingHours(BERLIN, ((shift,),) * 7)
    midnight = berlin(f"{night} 00:00")

    assert hours.elapsed(midnight, midnight + timedelta(days=1)) == worked * HOUR


def test_a_pause_that_lasts_leaves_open_when_it_is_due():
    monday = berlin("2026-03-09 10:00")
    pause = Pause(berlin("2026-03-09 11:00"))

    assert add(OFFICE, monday, 2 * HOUR, [pause]) is None
    assert add(OFFICE, monday, HOUR, [pause]) == berlin("2026-03-09 11:00")
    assert elapsed(OFFICE, monday, berlin("2026-03-20 10:00"), [pause]) == HOUR


def test_pauses_that_overlap_count_once():
    monday = berlin("2026-03-09 10:00")
    pauses = [
        Pause(berlin("2026-03-09 12:00"), berlin("2026-03-09 15:00")),
        Pause(berlin("2026-03-09 11:00"), berlin("2026-03-09 13:00")),
        Pause(berlin("2026-03-08 09:00"), berlin("2026-03-08 10:00")),
    ]

    assert add(OFFICE, monday, 2 * HOUR, pauses) == berlin("2026-03-09 16:00")


minutes = st.lists(st.integers(0, 48), max_size=4, unique=True).map(
    lambda marks: tuple(
        (start * 30, end * 30)
        for start, end in zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False)
    )
)


@st.composite
def working_hours_and_an_instant(draw):
    """Any hours in a zone, and an instant within three days of one of its nights."""
    name = draw(st.sampled_from(sorted(DST_NIGHTS)))
    night = draw(st.sampled_from(DST_NIGHTS[name]))
    zone = ZoneInfo(name)
    shifts = draw(st.tuples(*[minutes] * 7))
    days = draw(
        st.dictionaries(
            st.integers(-2, 2).map(lambda n: night + timedelta(n)), minutes, max_size=2
        )
    )
    noon = datetime(night.year, night.month, night.day, 12, tzinfo=UTC)
    start = noon + timedelta(minutes=draw(st.integers(-4_320, 4_320)))
    return WorkingHours(zone, shifts, days=days), start


def wall_clock_says_open(hours, at):
    local = at.astimezone(hours.zone)
    minute = local.hour * 60 + local.minute
    day = hours.days.get(local.date(), hours.shifts[local.weekday()])
    return any(start <= minute < end for start, end in day)


@settings(max_examples=60, deadline=None)
@given(working_hours_and_an_instant(), st.integers(0, 2_880))
def test_working_time_is_what_a_clock_on_the_wall_shows_minute_by_minute(case, span):
    hours, start = case
    instants = [start + timedelta(minutes=n) for n in range(span)]
    opened = [at for at in instants if wall_clock_says_open(hours, at)]

    assert hours.elapsed(start, start + timedelta(minutes=span)) == len(opened) * 60
    assert hours.is_open(start) == wall_clock_says_open(hours, start)
    if opened:
        assert hours.next_opening(start) == opened[0]
        due = opened[-1] + timedelta(minutes=1)
        assert hours.add(start, len(opened) * 60) == due


@settings(max_examples=200, deadline=None)
@given(working_hours_and_an_instant(), st.integers(0, 40 * 24 * HOUR))
@example((OFFICE, berlin("2026-03-09 09:00")), 8 * HOUR)
def test_the_time_until_it_is_due_is_the_target(case, seconds):
    hours, start = case
    try:
        due = hours.add(start, seconds)
    except NeverOpenError:
        assert not any(hours.shifts)
        return

    assert due >= start
    assert hours.elapsed(start, due) == seconds


@settings(max_examples=100, deadline=None)
@given(
    working_hours_and_an_instant(),
    st.integers(0, 10 * 24 * HOUR),
    st.lists(st.tuples(st.integers(-2_000, 9_000), st.integers(1, 3_000)), max_size=4),
)
def test_pauses_or_not_the_time_until_it_is_due_is_the_target(case, seconds, spans):
    hours, start = case
    pauses = [
        Pause(
            start + timedelta(minutes=begin),
            start + timedelta(minutes=begin + length),
        )
        for begin, length in spans
    ]
    try:
        due = add(hours, start, seconds, pauses)
    except NeverOpenError:
        assert not any(hours.shifts)
        return

    assert elapsed(hours, start, due, pauses) == seconds


def test_a_month_costs_no_more_than_a_search():
    start = berlin("2026-03-09 10:00")

    assert OFFICE.add(start, 30 * 8 * HOUR) == berlin("2026-04-20 10:00")
    assert len(OFFICE._years[2026].starts) == 261
