from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from leads.choices import Role, Stage
from leads.models import StageChange
from reports import cohorts, funnel
from reports.cohorts import By, Question
from reports.periods import Period
from tests.leads.factories import (
    AccountFactory,
    LeadFactory,
    RepFactory,
    UserFactory,
)
from tests.reports.factories import day, mql, travel, won_before_its_entry

pytestmark = pytest.mark.django_db

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))  # day 0 of the tests is 2 March
LATER = datetime(2027, 1, 1, tzinfo=UTC)
SOLD = [
    (Stage.SQL, 1),
    (Stage.ACCEPTED, 2),
    (Stage.OPPORTUNITY, 3),
    (Stage.CUSTOMER, 4),
]


def ask(*, now=LATER, cohort=Stage.MQL, period=MARCH, **options):
    question = Question(cohort=cohort, period=period, **options)
    return funnel.funnel(question=question, now=now)


def reached(report):
    return {stage.value: count for stage, count in report.total.reached.items()}


def test_each_stage_counts_who_came_there_or_beyond():
    mql(*SOLD)
    mql(*SOLD[:2])
    mql(*SOLD[:1])
    mql()

    report = ask()

    assert report.total.entered == 4
    assert reached(report) == {
        "sql": 3,
        "accepted": 2,
        "opportunity": 1,
        "customer": 1,
    }


@pytest.mark.parametrize(
    ("cohort", "later"),
    [
        (Stage.NEW, ["iql", "mql", "sql", "accepted", "opportunity", "customer"]),
        (Stage.MQL, ["sql", "accepted", "opportunity", "customer"]),
        (Stage.OPPORTUNITY, ["customer"]),
    ],
)
def test_a_cohort_is_followed_through_every_later_stage(cohort, later):
    mql(*SOLD)

    report = ask(cohort=cohort)

    assert reached(report) == dict.fromkeys(later, 1)


def test_a_lead_that_steps_down_and_returns_entered_once():
    mql((Stage.IQL, 1), (Stage.MQL, 2), (Stage.SQL, 3))

    report = ask()

    assert (report.total.entered, reached(report)["sql"]) == (1, 1)


def test_the_first_entry_counts_even_where_a_later_one_is_in_the_period():
    mql((Stage.IQL, -3), (Stage.MQL, 2), since=-5)

    assert ask().total.entered == 0


def test_a_recycled_lead_that_qualifies_again_is_a_new_entry():
    mql((Stage.SQL, 1), (Stage.RECYCLED, 2), (Stage.MQL, 5), (Stage.SQL, 6))

    report = ask()

    assert (report.total.entered, reached(report)["sql"]) == (2, 2)


def test_what_a_later_cycle_reaches_does_not_convert_the_earlier_one():
    mql((Stage.SQL, 1), (Stage.RECYCLED, 2), (Stage.SQL, 5), (Stage.ACCEPTED, 6))

    report = ask()

    assert report.total.entered == 2
    assert reached(report)["accepted"] == 1


def test_leaving_a_stage_does_not_undo_having_reached_it():
    mql((Stage.SQL, 1), (Stage.MQL, 2))

    assert reached(ask())["sql"] == 1


@pytest.mark.parametrize(
    ("days", "window_days", "converted"),
    [(30, 30, 1), (30.0001, 30, 0), (31, 60, 1), (400, None, 1)],
)
def test_a_conversion_counts_up_to_the_last_second_of_the_window(
    days, window_days, converted
):
    mql((Stage.SQL, days))

    report = ask(window_days=window_days, now=day(1000))

    assert reached(report)["sql"] == converted


def test_a_deal_dated_before_its_lead_entered_counts():
    won_before_its_entry(days=2)

    report = ask(window_days=30)

    assert reached(report)["customer"] == 1


def test_a_lead_won_out_of_the_blue_entered_what_it_skipped():
    lead = LeadFactory(stage=Stage.CUSTOMER)

    assert ask(cohort=Stage.MQL).total.entered == 1
    assert ask(cohort=Stage.MQL, with_inferred=False).total.entered == 0
    assert StageChange.objects.filter(lead=lead, is_inferred=True).count() == 6


def test_a_way_back_is_no_entry_where_the_stage_was_skipped():
    lead = LeadFactory(stage=Stage.SQL)
    travel(lead, (Stage.MQL, 3))

    assert ask(cohort=Stage.MQL, with_inferred=False).total.entered == 0
    assert ask(cohort=Stage.MQL).total.entered == 1


def test_without_inferred_entries_a_skipped_stage_still_counts_as_passed():
    travel(LeadFactory(stage=Stage.IQL), (Stage.SQL, 3))

    report = ask(cohort=Stage.IQL, with_inferred=False)

    assert (reached(report)["mql"], reached(report)["sql"]) == (1, 1)


@pytest.mark.parametrize(
    ("at", "entered"),
    [
        (datetime(2026, 3, 28, 22, 59, 59, tzinfo=UTC), 0),
        (datetime(2026, 3, 28, 23, tzinfo=UTC), 1),
        (datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC), 1),
        (datetime(2026, 3, 29, 22, tzinfo=UTC), 0),
    ],
)
def test_a_period_is_days_of_the_workspace_also_when_the_clock_changes(
    settings, at, entered
):
    settings.TIME_ZONE = "Europe/Berlin"
    LeadFactory(stage=Stage.MQL, stage_at=at)

    with timezone.override("America/New_York"):  # the viewer's zone changes nothing
        report = ask(period=Period(date(2026, 3, 29), date(2026, 3, 30)))

    assert report.total.entered == entered


def test_months_are_those_of_the_workspace(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    LeadFactory(stage=Stage.MQL, stage_at=datetime(2026, 3, 31, 21, 59, tzinfo=UTC))
    LeadFactory(stage=Stage.MQL, stage_at=datetime(2026, 3, 31, 22, 0, tzinfo=UTC))
    period = Period(date(2026, 2, 1), date(2026, 5, 1))

    report = ask(by=By.MONTH, period=period)

    assert [(row.key, row.entered) for row in report.rows_to_read] == [
        ("2026-03", 1),
        ("2026-04", 1),
    ]


def test_rows_are_sorted_by_entries_then_key_and_no_source_is_none():
    for source in ["web", "web", "", "none", "event", "event"]:
        mql(source=source)

    report = ask()

    assert [(row.key, row.entered) for row in report.rows] == [
        ("event", 2),
        ("none", 2),
        ("web", 2),
    ]


@pytest.mark.parametrize(
    ("by", "key"),
    [
        (By.COUNTRY, "DE"),
        (By.INDUSTRY, "Logistics"),
        (By.CAMPAIGN, "none"),
        (By.NONE, "all"),
    ],
)
def test_the_funnel_is_split_by(by, key):
    account = AccountFactory(country="DE", industry="Logistics")
    mql(account=account)

    report = ask(by=by)

    assert [row.key for row in report.rows] == [key]


def test_the_country_of_the_lead_comes_before_that_of_its_company():
    mql(account=AccountFactory(country="DE"), country="AT")

    assert [row.key for row in ask(by=By.COUNTRY).rows] == ["AT"]


def test_entries_younger_than_the_window_make_a_row_provisional():
    mql()
    mql((Stage.SQL, 22), since=20)

    report = ask(window_days=30, now=day(35))

    assert (report.total.matured, report.total.is_provisional) == (1, True)
    assert report.total.matured_percent == 50


def test_a_provisional_rate_is_estimated_from_the_time_each_entry_had():
    mql((Stage.SQL, 5))
    mql()
    mql(since=25)  # two days old: says nothing about the fifth day

    estimate = ask(window_days=30, now=day(27)).total.estimates[Stage.SQL]

    assert estimate.is_provisional
    assert estimate.share == pytest.approx(0.5)
    assert estimate.n == 3


def test_a_mature_rate_is_the_plain_share():
    mql((Stage.SQL, 5))
    mql()

    estimate = ask(window_days=30, now=day(35)).total.estimates[Stage.SQL]

    assert not estimate.is_provisional
    assert estimate.share == 0.5


def test_without_a_window_nothing_is_provisional():
    mql(since=1)

    assert not ask(window_days=None, now=day(2)).total.is_provisional


def test_the_answer_as_json_has_exactly_these_names():
    mql(*SOLD, source="web")

    counts = {"entered": 1, "sql": 1, "accepted": 1, "opportunity": 1, "customer": 1}
    few = {"share": None, "low": None, "high": None, "n": 1, "is_provisional": False}
    stages = ("sql", "accepted", "opportunity", "customer")
    rates = {"matured": 1, **dict.fromkeys(stages, few)}
    assert funnel.as_json(ask(window_days=None)) == {
        "report": "funnel",
        "cohort": "mql",
        "window": None,
        "from": "2026-03-01",
        "to": "2026-04-01",
        "by": "source",
        "rows": [{"key": "web", **counts}],
        "total": counts,
        "conversions": {"rows": [{"key": "web", **rates}], "total": rates},
    }


def test_one_statement_answers_whatever_the_split(django_assert_num_queries):
    mql(*SOLD)
    reader = UserFactory(role=Role.MANAGER)
    reader.has_perm("leads.view_all_leads")  # fills Django's cache of permissions

    for by in By:
        with django_assert_num_queries(1):
            ask(by=by, reader=reader)


def test_a_reader_who_sees_few_leads_counts_those():
    rep = RepFactory()
    own = mql()
    own.standing.owner = rep.user
    own.standing.save(update_fields=["owner"])
    mql()

    assert ask(reader=rep.user).total.entered == 1
    assert ask(reader=UserFactory(role=Role.MANAGER)).total.entered == 2


def test_customers_are_no_cohort():
    assert Stage.CUSTOMER not in cohorts.COHORTS


def test_a_change_is_counted_by_when_it_happened_to_the_microsecond():
    start = MARCH.start_at
    LeadFactory(stage=Stage.MQL, stage_at=start - timedelta(microseconds=1))
    LeadFactory(stage=Stage.MQL, stage_at=start + timedelta(microseconds=1))

    assert ask().total.entered == 1
