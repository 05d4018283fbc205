from datetime import UTC, date, datetime, timedelta

import pytest

from handoff.choices import HandoffStatus, ReasonCategory
from leads.choices import Role
from reports import acceptance
from reports.acceptance import By, Cell, Outcome, Question
from reports.periods import Period
from tests.handoff.factories import HandoffFactory, ReasonFactory
from tests.leads.factories import (
    NOON,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
LATER = datetime(2026, 6, 1, tzinfo=UTC)
ACCEPTED, REJECTED = HandoffStatus.ACCEPTED, HandoffStatus.REJECTED


def handed(status=HandoffStatus.PENDING, *, category=None, **fields):
    if status != HandoffStatus.PENDING:
        fields["decided_at"] = NOON + timedelta(hours=1)
    if category is not None:
        fields["reason"] = ReasonFactory(category=category)
    return HandoffFactory(status=status, **fields)


def one_of_each():
    """One hand-off of each outcome, and a second rejection."""
    handed(ACCEPTED)
    handed(REJECTED, category=ReasonCategory.FIT)
    handed(REJECTED, category=ReasonCategory.TIMING)
    handed(REJECTED, category=ReasonCategory.ROUTING)
    handed(REJECTED, category=ReasonCategory.DUPLICATE)
    handed(HandoffStatus.EXPIRED)
    handed(HandoffStatus.WITHDRAWN)
    handed()


def ask(*, now=LATER, period=MARCH, **options):
    question = Question(period=period, **options)
    return acceptance.acceptance(question=question, now=now)


def test_every_handoff_has_exactly_one_outcome():
    one_of_each()

    total = ask().total

    assert total.outcomes == {
        Outcome.ACCEPTED: 1,
        Outcome.REJECTED: 2,
        Outcome.MISROUTED: 1,
        Outcome.DUPLICATE: 1,
        Outcome.EXPIRED: 1,
        Outcome.WITHDRAWN: 1,
        Outcome.WAITING: 1,
    }
    assert sum(total.outcomes.values()) == total.routed == 8


def test_acceptance_of_the_decided_leaves_out_what_says_nothing_of_quality():
    one_of_each()

    rate = ask().total.accepted_of_decided

    assert (rate.share, rate.n) == (pytest.approx(1 / 3), 3)


def test_acceptance_of_all_counts_the_expired_and_the_misrouted():
    one_of_each()

    rate = ask().total.accepted_of_all

    assert (rate.share, rate.n) == (pytest.approx(1 / 8), 8)


def test_acceptance_of_all_waits_until_the_time_to_decide_is_over():
    handed(ACCEPTED, due_at=NOON + timedelta(hours=2))
    handed(ACCEPTED, due_at=NOON + timedelta(hours=48))

    rate = ask(now=NOON + timedelta(hours=24)).total.accepted_of_all

    assert (rate.share, rate.n) == (1.0, 1)


@pytest.mark.parametrize(("hours", "silent"), [(23, 0), (24, 1)])
def test_an_undecided_handoff_is_silent_once_it_is_due(hours, silent):
    handed(due_at=NOON + timedelta(hours=24))

    assert ask(now=NOON + timedelta(hours=hours)).total.silent == silent


def test_expired_and_overdue_handoffs_are_silent():
    one_of_each()

    total = ask().total

    assert total.silent == 2
    assert total.rates["silent_rate"].share == pytest.approx(2 / 8)


def test_only_routing_rejections_are_misroutes():
    one_of_each()

    assert ask().total.rates["misroute_rate"].share == pytest.approx(1 / 8)


def test_rejections_are_counted_by_the_category_of_their_reason():
    one_of_each()
    handed(REJECTED, category=ReasonCategory.TIMING)

    rejections = ask().rejections

    assert [(each.category, each.count) for each in rejections] == [
        (ReasonCategory.TIMING, 2),
        (ReasonCategory.DUPLICATE, 1),
        (ReasonCategory.FIT, 1),
        (ReasonCategory.ROUTING, 1),
    ]
    assert [each.is_about_quality for each in rejections] == [True, False, True, False]


def test_the_period_is_that_of_routing_not_of_the_decision():
    start = MARCH.start_at
    handed(ACCEPTED, routed_at=start)
    handed(ACCEPTED, routed_at=start - timedelta(seconds=1))
    handed(ACCEPTED, routed_at=MARCH.end_at)

    assert ask().total.routed == 1


def test_the_report_goes_by_source_with_none_for_no_source():
    handed(lead=LeadFactory(source="web", stage="sql"))
    handed(lead=LeadFactory(source="", stage="sql"))
    handed(lead=LeadFactory(source="none", stage="sql"))

    assert [(row.key, row.routed) for row in ask().rows] == [("none", 2), ("web", 1)]


def test_the_report_goes_by_rep_and_team_and_shows_the_pool_as_none():
    rep = RepFactory(team=TeamFactory(name="Nordics"))
    handed(rep=rep)
    handed(rep=None, team=rep.team)

    by_rep, by_team = ask(by=By.REP).rows, ask(by=By.TEAM).rows

    assert {(row.key, row.label) for row in by_rep} == {
        (rep.user.email, rep.user.name),
        ("none", "none"),
    }
    assert [(row.key, row.routed) for row in by_team] == [("Nordics", 2)]


def test_a_share_of_fewer_than_twenty_is_not_told():
    one_of_each()

    document = acceptance.as_json(ask(by=By.NONE))

    assert document["total"]["accepted_of_decided"] is None
    assert document["rows"][0] == {"key": "all", **document["total"]}
    assert document["rejections"][0] == {"category": "duplicate", "count": 1}


def test_every_number_lists_exactly_its_handoffs():
    one_of_each()
    report = ask()
    (row,) = report.rows
    question = report.question

    def listed(**cell):
        return acceptance.handoffs(cell=Cell(question, **cell), now=LATER).count()

    assert listed() == row.routed
    assert listed(is_silent=True) == row.silent
    for outcome, count in row.outcomes.items():
        assert listed(key=row.key, outcome=outcome) == count
    for each in report.rejections:
        assert listed(category=each.category) == each.count


@pytest.mark.parametrize("by", By)
def test_two_queries_answer_whatever_the_split(by, django_assert_num_queries):
    one_of_each()

    with django_assert_num_queries(2):
        ask(by=by)


def test_a_reader_who_sees_few_handoffs_counts_those():
    rep = RepFactory()
    handed(rep=rep)
    handed()

    assert ask(reader=rep.user).total.routed == 1
    assert ask(reader=UserFactory(role=Role.MANAGER)).total.routed == 2
