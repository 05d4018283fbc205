"""The sentences that name what holds a funnel up."""

from datetime import UTC, date, datetime, timedelta

import pytest

from handoff import lifecycle
from leads.choices import Cause, Role, Stage
from leads.lifecycle import Move, move
from reports import bottleneck, funnel, sales_waits
from reports.cohorts import Question
from reports.periods import Period
from reports.scope import Scope
from tests.handoff.factories import HandoffFactory
from tests.handoff.sla.factories import CalendarFactory
from tests.leads.factories import LeadFactory, RepFactory, UserFactory
from tests.reports.factories import mql

pytestmark = pytest.mark.django_db

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
LATER = datetime(2026, 7, 1, tzinfo=UTC)
HOUR = 3_600
# In UTC; the office is in Berlin, one hour ahead: Monday to Friday, eight to four here.
THURSDAY_NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


def accepted(*, rep, days, since=THURSDAY_NOON):
    """An SQL of Thursday noon that its rep accepts so many days later."""
    lead = LeadFactory(stage=Stage.MQL, stage_at=since - timedelta(minutes=1))
    assert move(wanted=Move(lead.pk, Stage.SQL, Cause.SCORE, since), now=since)
    handoff = HandoffFactory(lead=lead, rep=rep, routed_at=since, assigned_at=since)
    at = since + timedelta(days=days)
    lifecycle.accept(handoff=handoff, actor=rep.user, now=at)
    return lead


def waited(*, period=MARCH, **scope):
    return sales_waits.until_accepted(period=period, scope=Scope(**scope))


def sentences(**scope):
    question = Question(cohort=Stage.MQL, period=MARCH, **scope)
    return bottleneck.sentences(funnel.funnel(question=question, now=LATER))


def test_the_narrowest_step_is_named():
    for number in range(20):
        mql(*([(Stage.SQL, 1)] if number < 5 else []))

    first, *_rest = sentences()

    assert first.endswith("MQL → SQL: 25.0 % of the 20 in MQL got there.")


def test_the_narrowest_step_of_a_young_cohort_is_told_as_of_so_far():
    for number in range(20):
        mql(*([(Stage.SQL, 1)] if number < 5 else []))
    question = Question(cohort=Stage.MQL, period=MARCH)

    first, *_rest = bottleneck.sentences(
        funnel.funnel(question=question, now=datetime(2026, 3, 20, tzinfo=UTC))
    )

    assert "5 came to SQL so far" in first
    assert first.endswith("got there, and not all have had the time.")


def test_a_large_count_is_grouped():
    row = funnel.Row("", {Stage.SQL: 2_500}, entered=10_473)
    question = Question(cohort=Stage.MQL, period=MARCH)

    first, *_rest = bottleneck.sentences(funnel.Funnel(question, [], row))

    assert "Of 10,473 that entered MQL 2,500 came to SQL" in first


@pytest.mark.parametrize(
    ("days", "hours"),
    [
        # Thursday 12 to 16 h, Friday 8 to 16 h, Monday 8 to 12 h.
        (4, 4 + 8 + 4),
        # Until Saturday noon.
        (2, 4 + 8),
        # Until Thursday noon of the next week.
        (7, 4 + 8 + 3 * 8 + 4),
        # Beyond the change to summer time, from when on it opens an hour sooner.
        (28, 4 + 8 + 3 * 5 * 8 + 3 * 8 + 5),
    ],
)
def test_sales_waits_by_its_calendar_over_the_week_end(days, hours):
    rep = RepFactory()
    CalendarFactory(team=rep.team)
    accepted(rep=rep, days=days)

    period = Period(date(2026, 3, 1), date(2026, 5, 1))

    assert waited(period=period) == (hours * HOUR, 1)


def test_each_wait_goes_by_the_calendar_of_its_rep():
    office, always = RepFactory(), RepFactory()
    CalendarFactory(rep=office)
    for rep in (office, always, always):
        accepted(rep=rep, days=4)

    assert waited() == (96 * HOUR, 3)
    assert waited(reader=office.user) == (16 * HOUR, 1)


def test_only_acceptances_of_the_period_are_waited_for():
    HandoffFactory()
    mql((Stage.SQL, 1), (Stage.ACCEPTED, 3))
    accepted(rep=RepFactory(), days=40)

    assert waited() is None


def test_where_sales_takes_longest_it_is_told_in_business_hours():
    rep = RepFactory()
    CalendarFactory(team=rep.team)
    for _number in range(20):
        accepted(rep=rep, days=4)

    told = sentences(reader=UserFactory(role=Role.MANAGER))

    assert "The longest stay is in SQL: median 4.0\N{NO-BREAK SPACE}days, n 20." in told
    assert told[-1] == (
        "SQL → Accepted took a median of 16 business hours,"
        " by the calendars of sales, n 20."
    )


def test_of_few_acceptances_no_wait_is_told():
    for _number in range(19):
        accepted(rep=RepFactory(), days=4)

    assert not any("business" in each for each in sentences())


def test_the_wait_of_sales_costs_as_many_queries_for_many(
    django_assert_num_queries,
):
    rep = RepFactory()
    CalendarFactory(team=rep.team)
    for _number in range(20):
        accepted(rep=rep, days=4)

    with django_assert_num_queries(5):
        waited()
