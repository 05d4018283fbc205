"""The common mistakes with such numbers, each with the tests that it is not made.

The numbers are those of the list in `docs/reports.md`.
"""

import re
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.utils import timezone

from handoff.choices import ClockOutcome, HandoffStatus
from leads import merging
from leads.choices import Role, Stage
from reports import acceptance, funnel
from reports.answers import Answer, Column, Kind
from reports.catalogue import REPORTS
from reports.cohorts import Question
from reports.estimates import Estimate
from reports.periods import Period
from tests.handoff.factories import DealFactory
from tests.leads.factories import LeadFactory, RepFactory, UserFactory
from tests.reports.factories import day, mql, travel
from tests.reports.test_acceptance import handed
from tests.reports.test_follow_up import clock, touch

pytestmark = pytest.mark.django_db

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
LATER = datetime(2026, 7, 1, tzinfo=UTC)
MISTAKES = {
    1: "test_mistakes.test_sqls_of_earlier_mqls_are_no_conversion_of_this_month",
    2: "test_funnel.test_entries_younger_than_the_window_make_a_row_provisional",
    3: "test_funnel."
    "test_the_first_entry_counts_even_where_a_later_one_is_in_the_period",
    4: "test_follow_up.test_a_lead_nobody_contacted_is_watched_and_not_dropped",
    5: "test_mistakes.test_no_report_tells_a_mean_of_times",
    6: "test_follow_up.test_what_is_no_contact_of_sales_ends_no_wait",
    7: "test_follow_up."
    "test_the_rep_is_measured_in_working_time_and_from_the_assignment",
    8: "test_follow_up."
    "test_the_rep_is_measured_in_working_time_and_from_the_assignment",
    9: "test_acceptance.test_acceptance_of_all_counts_the_expired_and_the_misrouted",
    10: "test_acceptance."
    "test_acceptance_of_the_decided_leaves_out_what_says_nothing_of_quality",
    11: "test_funnel.test_a_lead_that_steps_down_and_returns_entered_once",
    12: "test_velocity.test_an_imported_stage_has_no_true_time",
    13: "test_revenue.test_influenced_revenue_has_no_total",
    14: "test_mistakes.test_the_zone_of_the_reader_moves_no_border_of_a_period",
    15: "test_health.test_hand_offs_are_banded_by_the_score_of_their_day",
    16: "test_mistakes.test_every_rate_of_a_page_stands_beside_its_n",
    17: "test_mistakes.test_two_leads_that_were_one_person_are_counted_once",
    18: "test_mistakes.test_who_accepts_everything_shows_in_the_deals",
    19: "test_mistakes.test_no_report_measures_by_a_number_that_nobody_defined",
}


def answers() -> dict[str, Answer]:
    """Every report with an answer of tables, about the last twelve months."""
    found = {}
    for name, report in REPORTS.items():
        if report.answer is not None:
            form = report.make_form(
                {"from": "2026-03-01", "to": "2026-04-01"}, now=LATER
            )
            assert form.is_valid()
            found[name] = report.answer(form, None, LATER)
    return found


def test_each_mistake_has_a_test():
    for number, path in MISTAKES.items():
        module, _dot, name = path.partition(".")
        found = import_module(f"tests.reports.{module}")
        assert callable(getattr(found, name, None)), (number, path)
    assert list(MISTAKES) == list(range(1, 20))


def test_sqls_of_earlier_mqls_are_no_conversion_of_this_month():
    for _ in range(3):
        mql((Stage.SQL, 35))
    april = Period(date(2026, 4, 1), date(2026, 5, 1))

    of_april = funnel.funnel(
        question=Question(cohort=Stage.MQL, period=april), now=LATER
    )
    of_march = funnel.funnel(
        question=Question(cohort=Stage.MQL, period=MARCH), now=LATER
    )

    assert (of_april.total.entered, of_april.total.reached[Stage.SQL]) == (0, 0)
    assert (of_march.total.entered, of_march.total.reached[Stage.SQL]) == (3, 3)


def columns_of(found) -> list[Column]:
    return [column for section in found.sections for column in section.columns]


def test_no_report_tells_a_mean_of_times():
    rep = RepFactory()
    for hours_waited in (1, 1, 1, 500):
        handoff = handed(HandoffStatus.PENDING, rep=rep)
        at = handoff.assigned_at + timedelta(hours=hours_waited)
        touch(handoff.lead, at, actor=rep.user)
        lead = travel(LeadFactory(stage=Stage.IQL), (Stage.MQL, 0))
        travel(lead, (Stage.SQL, hours_waited / 24))

    found = answers()

    response = found["follow-up"].section("response").total.values
    stays = {row.key: row.values for row in found["velocity"].section("stages").rows}
    assert response["n"] == 4
    # The mean is of five days.
    assert (response["median"], stays["mql"]["median"]) == (3_600, 3_600)
    assert stays["mql"]["left"] == 4
    for name, answer in found.items():
        numbers = [*columns_of(answer), *answer.figures]
        times = [each for each in numbers if each.kind == Kind.TIME]
        told = {str(each.label).lower() for each in times}
        assert not any("mean" in text or "average" in text for text in told), name


def test_the_zone_of_the_reader_moves_no_border_of_a_period(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    timezone.get_default_timezone.cache_clear()
    borders = (MARCH.start_at, MARCH.end_at)

    with timezone.override("Pacific/Auckland"):
        read_elsewhere = (MARCH.start_at, MARCH.end_at)

    assert read_elsewhere == borders
    assert borders[0].isoformat() == "2026-03-01T00:00:00+01:00"
    timezone.get_default_timezone.cache_clear()


# What is promised, and what is no share of a number of cases.
OF_NO_CASES = {
    "acceptance_plan", "decide_plan", "follow_up_plan",  # promises
    "share",  # of revenue
    "rate",  # SQLs against those of the month before, both in the table
}  # fmt: skip


def test_every_rate_stands_beside_its_n():
    clock(handed(HandoffStatus.ACCEPTED))

    for name, found in answers().items():
        for section in found.sections:
            shares = [each.name for each in section.columns if each.kind == Kind.SHARE]
            for row in section.rows:
                told = {key: row.values.get(key) for key in shares}
                if section.name == "triangle":
                    # A field that has not had its days is empty.
                    told = {key: rate for key, rate in told.items() if rate}
                for key in set(told) - OF_NO_CASES:
                    assert isinstance(told[key], Estimate), (name, section.name, key)


def test_every_rate_of_a_page_stands_beside_its_n(client):
    client.force_login(UserFactory(role=Role.MANAGER))
    for _ in range(20):
        clock(handed(HandoffStatus.ACCEPTED), outcome=ClockOutcome.MET)
    dates = {"from": "2026-03-01", "to": "2026-04-01"}

    seen = 0
    for report in REPORTS.values():
        if report.answer is not None:
            page = client.get(report.address, dates).text
            shown = re.findall(r'<td[^>]*>\s*<span class="rate">(.*?)</span>', page)
            assert all("· n " in rate for rate in shown), report.name
            seen += len(shown)
    assert seen


def test_two_leads_that_were_one_person_are_counted_once():
    first, second = mql((Stage.SQL, 1)), mql()

    merging.merge(kept=first, merged=second, chosen={}, actor=UserFactory(), now=day(2))

    total = funnel.funnel(
        question=Question(cohort=Stage.MQL, period=MARCH), now=LATER
    ).total
    assert (total.entered, total.reached[Stage.SQL]) == (1, 1)
    stock = answers()["throughput"].section("stock").total.values
    assert stock["leads"] == 1


def test_who_accepts_everything_shows_in_the_deals(client):
    for number in range(20):
        handoff = handed(HandoffStatus.ACCEPTED)
        if number < 5:
            DealFactory(lead=handoff.lead, handoff=handoff)
            DealFactory(lead=handoff.lead, handoff=handoff)
        elif number < 10:  # did not come of the hand-off
            DealFactory(lead=handoff.lead)

    question = acceptance.Question(period=MARCH)
    total = acceptance.acceptance(question=question, now=LATER).total

    assert (total.accepted_of_decided.share, total.deal_of_accepted.share) == (1, 0.25)
    assert "deal_of_accepted" in total.rates
    client.force_login(UserFactory(role=Role.MANAGER))
    page = client.get(
        REPORTS["acceptance"].address, {"from": "2026-03-01", "to": "2026-04-01"}
    )
    assert re.search(r"Deal of accepted.*?25\.0 %", page.text, re.DOTALL)


def test_no_report_measures_by_a_number_that_nobody_defined():
    for name, report in REPORTS.items():
        slugs = {each.slug for each in report.definitions}
        assert slugs, name
        found = answers().get(name)
        if found is not None:
            used = {each.definition for each in [*columns_of(found), *found.figures]}
            assert used - {""} <= slugs, name
