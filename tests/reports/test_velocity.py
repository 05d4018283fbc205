from collections import defaultdict
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import ceil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.choices import Cause, Stage
from leads.lifecycle import IllegalMoveError, Move, move
from leads.models import Lead, StageChange, Standing
from reports import velocity
from reports.answers import Cell
from reports.estimates import quantiles
from reports.periods import Period
from reports.speed import Question
from tests.handoff.factories import DealFactory
from tests.leads.factories import NOON, LeadFactory
from tests.reports.factories import day, travel

pytestmark = pytest.mark.django_db

SPRING = Period(date(2026, 3, 1), date(2026, 6, 1))
LATER = datetime(2026, 7, 20, 12, tzinfo=UTC)
HOUR = 3600


def ask(*, now=LATER, period=SPRING):
    return velocity.answer(question=Question(period), now=now)


def stage_row(stage, **options):
    (row,) = [row for row in ask(**options).section("stages").rows if row.key == stage]
    return row.values


def test_an_imported_stage_has_no_true_time():
    travel(LeadFactory(stage=Stage.MQL), (Stage.SQL, 3), (Stage.ACCEPTED, 5))

    assert stage_row("mql")["left"] == 0
    assert stage_row("sql")["median"] == 2 * 24 * HOUR


def test_open_stays_stand_beside_the_completed_ones():
    travel(LeadFactory(stage=Stage.MQL), (Stage.SQL, 3), (Stage.ACCEPTED, 5))
    travel(LeadFactory(stage=Stage.MQL), (Stage.SQL, 3))

    values = stage_row("sql", now=day(13))

    assert (values["left"], values["open"]) == (1, 1)
    assert values["age"] == 10 * 24 * HOUR


def test_stepping_back_and_coming_again_are_two_stays_of_their_own():
    lead = travel(LeadFactory(stage=Stage.IQL), (Stage.MQL, 1), (Stage.IQL, 2))
    travel(lead, (Stage.MQL, 6), (Stage.SQL, 7))

    assert stage_row("mql")["left"] == 2
    assert stage_row("mql")["median"] == 24 * HOUR


def test_the_lead_velocity_rate_compares_whole_months():
    for days in [1] * 20 + [31] * 25:
        travel(LeadFactory(stage=Stage.MQL), (Stage.SQL, days))

    months = ask().section("months").rows

    assert [row.values["sqls"] for row in months] == [20, 25, 0]
    assert [row.values["rate"] for row in months] == [None, 0.25, -1.0]


def test_no_growth_is_told_of_a_month_with_few():
    for days in [1] * 19 + [31] * 38:
        travel(LeadFactory(stage=Stage.MQL), (Stage.SQL, days))

    months = ask().section("months").rows

    assert [row.values["rate"] for row in months] == [None, None, -1.0]


def test_the_lead_velocity_rate_says_of_how_many_it_is():
    for days in [1] * 20 + [31] * 30:
        travel(LeadFactory(stage=Stage.MQL), (Stage.SQL, days))

    told = {}
    for month in (4, 5):
        period = Period(SPRING.start, date(2026, month, 1))
        figure = next(
            each for each in ask(period=period).figures if "lead" in each.name
        )
        told[month] = (figure.value, figure.n)

    assert told == {4: (None, None), 5: (0.5, 20)}


def test_the_longest_stay_is_of_many_where_there_are_many():
    for _ in range(20):
        travel(LeadFactory(stage=Stage.NEW), (Stage.IQL, 1), (Stage.MQL, 5))
    travel(LeadFactory(stage=Stage.NEW), (Stage.MQL, 2), (Stage.SQL, 30))

    found = ask()

    assert found.figures[-1].label == "Longest stay: IQL"
    assert found.sentences == [
        "The longest stay is in IQL: half of the 20 leads that left it had been there"
        " for up to 4.0\N{NO-BREAK SPACE}days."
    ]


def test_nothing_is_said_of_stays_that_nobody_ended():
    LeadFactory(stage=Stage.MQL)

    found = ask()

    longest = found.figures[-1]
    assert (longest.label, longest.value, longest.n) == ("Longest stay", None, 0)
    assert not found.sentences


def test_a_lead_that_comes_back_to_sql_in_a_cycle_qualified_once():
    lead = travel(LeadFactory(stage=Stage.MQL), (Stage.SQL, 1), (Stage.MQL, 2))
    travel(lead, (Stage.SQL, 40))

    assert [row.values["sqls"] for row in ask().section("months").rows] == [1, 0, 0]


def test_pipeline_velocity_is_of_mature_deals_and_not_told_of_few():
    for number in range(20):
        opened = NOON + timedelta(days=number)
        end = {"won_at" if number % 2 else "lost_at": opened + timedelta(days=10)}
        DealFactory(opened_at=opened, amount=1000, **end)
    DealFactory(opened_at=LATER - timedelta(days=60), lost_at=LATER)
    for _ in range(4):
        DealFactory(opened_at=NOON)

    (row,) = ask().section("deals").rows
    early = ask(now=day(95)).section("deals").rows[0]

    assert (row.values["open"], row.values["decided"], row.values["won"]) == (4, 20, 10)
    # 4 open, half of them at 1,000.00 in 10 days
    assert row.values["velocity"] == 200_00
    assert early.values["velocity"] is None


def test_every_number_opens_as_many_records():
    travel(LeadFactory(stage=Stage.MQL), (Stage.SQL, 3), (Stage.ACCEPTED, 5))
    DealFactory(won_at=day(2), amount=10)
    question = Question(SPRING)

    for section in ask().sections:
        for row in section.rows:
            for column in section.columns:
                if column.opens and row.values[column.name]:
                    cell = Cell(section.name, column.name, row.key)
                    found = velocity.records(question=question, cell=cell, now=LATER)
                    assert len(found.rows) == row.values[column.name], cell


def slow_stays():
    """Stage → seconds of each stay, from the rows of one lead after the other."""
    found = defaultdict(list)
    for lead in Lead.objects.all():
        changes = [
            change
            for change in StageChange.objects.filter(lead=lead).order_by("at", "pk")
            if not change.is_undone
        ]
        for before, after in pairwise(changes):
            if before.is_imported or before.is_inferred or after.is_imported:
                continue
            if after.from_stage != before.to_stage or after.to_stage == before.to_stage:
                continue
            if not SPRING.start_at <= after.at < SPRING.end_at:
                continue
            seconds = int((after.at - before.at).total_seconds())
            unit = HOUR if seconds >= 24 * HOUR else 60
            found[after.from_stage].append(seconds // unit * unit)
    return found


ways = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(["new", "iql", "mql", "sql", "accepted", "recycled"]),
            st.integers(1, 3000),
        ),
        max_size=5,
    ),
    min_size=1,
    max_size=3,
)


@given(ways)
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_stays_equal_a_slow_recount(db, ways):
    StageChange.objects.all().delete()
    Standing.objects.all().delete()
    Lead.objects.all().delete()
    for steps in ways:
        lead, at = LeadFactory(), NOON
        for stage, minutes in steps:
            at += timedelta(minutes=minutes)
            with suppress(IllegalMoveError):
                move(wanted=Move(lead.pk, Stage(stage), Cause.PERSON, at), now=at)
    expected = slow_stays()

    rows = ask().section("stages").rows

    for row in rows:
        times = sorted(expected.get(row.key, []))
        assert row.values["left"] == len(times)
        if times:
            assert row.values["median"] == times[ceil(len(times) / 2) - 1]


def test_quantiles_of_nothing_are_nothing():
    assert quantiles(counts={}, shares=(0.5, 0.9)) == [None, None]
    assert quantiles(counts={3: 1, 1: 1}, shares=(0.5, 0.9)) == [1, 3]
