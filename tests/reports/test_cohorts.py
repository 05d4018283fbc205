"""The chain of SQL against a plain loop over the same rows, and its drill-down."""

from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads import cycles
from leads.choices import PATH, Cause, Stage
from leads.models import Cycle, StageChange
from reports.cohorts import DAY, By, Question
from reports.entries import Cell, Entries, every
from reports.funnel import funnel
from reports.periods import Period
from tests.leads.factories import LeadFactory
from tests.reports.factories import day

pytestmark = pytest.mark.django_db

PERIOD = Period(date(2026, 3, 1), date(2026, 4, 1))
NOW = day(70)
SOURCES = ["web", "event", ""]
HOURS = st.integers(-200, 1500)
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 2),  # which lead
        st.integers(1, 2),  # cycle
        st.sampled_from([*PATH, Stage.RECYCLED]),
        HOURS,
        st.booleans(),  # inferred
    ),
    max_size=40,
)
QUESTIONS = st.builds(
    Question,
    cohort=st.sampled_from(PATH[:-1]),
    period=st.just(PERIOD),
    window_days=st.sampled_from([None, 3, 30, 90]),
    by=st.just(By.SOURCE),
    with_inferred=st.booleans(),
)


def write(changes, leads):
    StageChange.objects.all().delete()
    Cycle.objects.all().delete()
    StageChange.objects.bulk_create(
        StageChange(
            lead=leads[place],
            cycle=cycle,
            to_stage=stage,
            at=day(0) + timedelta(hours=hours),
            cause=Cause.PERSON,
            is_inferred=is_inferred,
        )
        for place, cycle, stage, hours, is_inferred in changes
    )
    cycles.retell(lead_ids=[lead.pk for lead in leads])


def counted(changes, question):
    """(source, stage or None) → entries, by going through the changes one by one."""
    cycles = defaultdict(list)
    for place, cycle, stage, hours, is_inferred in changes:
        if question.with_inferred or not is_inferred:
            at = day(0) + timedelta(hours=hours)
            cycles[place, cycle].append((stage, at))
    counts = defaultdict(int)
    for (place, _), steps in cycles.items():
        entered = min(
            (at for stage, at in steps if stage == question.cohort), default=None
        )
        if entered is None or not (PERIOD.start_at <= entered < PERIOD.end_at):
            continue
        key = SOURCES[place] or "none"
        counts[key, None] += 1
        for later in question.later_stages:
            counts[key, later] += any(
                stage in PATH[PATH.index(later) :] and in_time(at, entered, question)
                for stage, at in steps
            )
    return {cell: count for cell, count in counts.items() if count}


def in_time(at: datetime, entered: datetime, question: Question):
    if question.window_days is None:
        return True
    return (at - entered).total_seconds() <= question.window_days * DAY


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(changes=CHANGES, question=QUESTIONS)
def test_funnel_and_drill_down_count_what_a_plain_loop_counts(db, changes, question):
    leads = [LeadFactory(source=source) for source in SOURCES]
    write(changes, leads)
    wanted = counted(changes, question)

    report = funnel(question=question, now=NOW)

    rows = {(row.key, None): row.entered for row in report.rows}
    for row in report.rows:
        rows |= {(row.key, stage): n for stage, n in row.reached.items() if n}
    assert rows == wanted
    for (key, stage), count in wanted.items():
        cell = Cell(question, key=key, reached=stage)
        assert len(Entries(cell)) == len(list(every(cell=cell))) == count
    assert len(Entries(Cell(question))) == report.total.entered


def test_a_page_of_entries_goes_on_where_the_last_one_ended():
    leads = [LeadFactory(stage=Stage.MQL) for _ in range(5)]
    entries = Entries(Cell(Question(cohort=Stage.MQL, period=PERIOD)))

    pages = [*entries[0:2], *entries[2:4], *entries[4:6]]

    assert [entry.lead for entry in pages] == leads
    assert entries[4].entered_at == day(0)


def test_a_page_costs_two_queries_however_many_rows(django_assert_num_queries):
    for _ in range(5):
        LeadFactory(stage=Stage.MQL)
    entries = Entries(Cell(Question(cohort=Stage.MQL, period=PERIOD)))

    with django_assert_num_queries(2):
        names = [
            (str(each.lead.account), each.lead.standing.owner) for each in entries[0:5]
        ]

    assert len(names) == 5
