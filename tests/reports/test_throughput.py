from datetime import UTC, date, datetime

import pytest

from leads.choices import Role, Stage
from leads.erasing import erase
from reports import throughput
from reports.answers import Cell
from reports.periods import Period
from reports.throughput import Question
from tests.leads.factories import LeadFactory, RepFactory, UserFactory
from tests.reports.factories import mql, travel

pytestmark = pytest.mark.django_db

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
APRIL = Period(date(2026, 4, 1), date(2026, 5, 1))
LATER = datetime(2026, 7, 1, tzinfo=UTC)


def ask(period=MARCH, **options):
    return throughput.answer(question=Question(period, **options), now=LATER)


def values(answer, section, stage):
    rows = answer.section(section).rows
    return next(row.values for row in rows if row.key == stage)


def test_the_period_ratio_divides_entries_that_are_not_the_same_leads():
    for _ in range(30):
        mql((Stage.SQL, 35))  # in April
    for _ in range(20):
        mql(since=35)

    row = values(ask(APRIL), "ratios", Stage.SQL)

    assert (row["entered"], row["before"], row["ratio"]) == (30, 20, 1.5)


def test_no_ratio_is_told_of_fewer_than_twenty():
    mql((Stage.SQL, 1))

    assert values(ask(), "ratios", Stage.SQL)["ratio"] is None


def test_coming_back_to_a_stage_is_no_second_entry_but_a_new_cycle_is():
    mql((Stage.IQL, 1), (Stage.MQL, 2))
    mql((Stage.SQL, 1), (Stage.RECYCLED, 2), (Stage.MQL, 5))

    assert values(ask(), "ratios", Stage.MQL)["entered"] == 3
    assert values(ask(first_only=True), "ratios", Stage.MQL)["entered"] == 2


def test_a_skipped_stage_is_left_out_where_that_is_asked():
    travel(LeadFactory(stage=Stage.IQL), (Stage.SQL, 3))
    travel(LeadFactory(stage=Stage.SQL), (Stage.MQL, 3))

    assert values(ask(), "ratios", Stage.MQL)["entered"] == 2
    assert values(ask(with_inferred=False), "ratios", Stage.MQL)["entered"] == 0


def test_the_snapshot_counts_who_stands_there_now_but_no_erased_person():
    mql((Stage.SQL, 1))
    mql()
    erase(lead=mql(), actor=None, now=LATER)

    snapshot = ask(APRIL)  # whatever the period

    assert values(snapshot, "stock", Stage.MQL)["leads"] == 1
    assert values(snapshot, "stock", Stage.SQL)["leads"] == 1
    assert values(snapshot, "stock", Stage.DISQUALIFIED)["leads"] == 0
    assert snapshot.section("stock").total.values["leads"] == 2


@pytest.mark.parametrize("first_only", [True, False])
def test_each_number_lists_as_many_leads_as_it_counts(first_only):
    mql((Stage.SQL, 1), (Stage.RECYCLED, 2), (Stage.MQL, 5))
    mql((Stage.SQL, 1))
    question = Question(MARCH, first_only=first_only)
    answer = throughput.answer(question=question, now=LATER)

    for name, column in (("ratios", "entered"), ("stock", "leads")):
        for row in answer.section(name).rows:
            cell = Cell(name, column, row.key)
            found = throughput.records(question=question, cell=cell, now=LATER)
            assert len(found.rows) == row.values[column], (name, row.key)


def test_a_rep_counts_only_leads_of_their_own():
    rep = RepFactory()
    own = mql()
    own.standing.owner = rep.user
    own.standing.save(update_fields=["owner"])
    mql()

    mine, all_of_them = ask(reader=rep.user), ask(reader=UserFactory(role=Role.MANAGER))

    assert values(mine, "ratios", Stage.MQL)["entered"] == 1
    assert values(all_of_them, "ratios", Stage.MQL)["entered"] == 2
    assert values(mine, "stock", Stage.MQL)["leads"] == 1
