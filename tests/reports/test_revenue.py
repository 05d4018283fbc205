from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff.choices import HandoffStatus
from handoff.models import Deal
from leads.choices import ActivityKind, Stage
from leads.models import Activity, Campaign
from reports import expected, revenue, sources
from reports.answers import Cell
from reports.attribution import Journey, Model, shares, weights
from reports.money import cents
from reports.periods import Period
from reports.revenue import Question
from reports.scope import Scope
from reports.splits import Split
from reports.won_deals import Channel
from tests.handoff.factories import DealFactory, HandoffFactory
from tests.leads.factories import NOON, LeadFactory, UserFactory
from tests.reports.factories import day, mql
from tests.reports.test_follow_up import touch

pytestmark = pytest.mark.django_db

SPRING = Period(date(2026, 3, 1), date(2026, 6, 1))
LATER = datetime(2026, 7, 20, 12, tzinfo=UTC)


def won(*, touches=(), amount="1000.00", opened=20, days=30, **fields):
    """A deal won on a day, after touches on days before: (day, kind)."""
    deal = DealFactory(
        opened_at=day(opened), won_at=day(days), amount=Decimal(amount), **fields
    )
    for number, kind in touches:
        touch(deal.lead, day(number), actor=None, kind=kind)
    return deal


def ask(*, by=Channel.KIND):
    return revenue.answer(question=Question(SPRING, by), now=LATER)


def parts():
    return {row.key: row.values["amount"] for row in ask().section("parts").rows}


SOLD = [(Stage.SQL, 3), (Stage.ACCEPTED, 4), (Stage.OPPORTUNITY, 5)]
FORM, PAGE, CLICK = (
    ActivityKind.FORM_SUBMITTED,
    ActivityKind.PAGE_VIEW,
    ActivityKind.EMAIL_CLICKED,
)


def test_sourced_revenue_began_with_marketing_before_the_deal():
    won(touches=[(1, FORM)])
    won(touches=[(25, FORM)])
    won(touches=[(0, ActivityKind.CALL), (1, FORM)])

    assert parts()["revenue"] == 3000_00
    assert parts()["sourced"] == 1000_00
    assert parts()["influenced"] == 3000_00


def test_contributed_revenue_came_from_an_accepted_handoff():
    handoff = HandoffFactory(status=HandoffStatus.ACCEPTED, decided_at=NOON)
    won(lead=handoff.lead, handoff=handoff)
    won()

    assert parts()["contributed"] == 1000_00


def test_a_machine_s_click_earns_nothing():
    deal = won()
    touch(deal.lead, day(1), actor=None, kind=CLICK, is_machine=True)

    assert parts()["influenced"] == 0


def test_by_source_the_models_are_said_to_be_alike_and_others_are_offered():
    won(touches=[(1, FORM)])

    by_source, by_kind = (
        ask(by=by).section("attributed") for by in (Channel.SOURCE, Channel.KIND)
    )

    assert "A lead has one source" in str(by_source.note)
    assert [parts for _words, parts in by_source.instead] == [
        {"by": "kind"},
        {"by": "campaign"},
    ]
    assert "one source" not in str(by_kind.note)
    assert not by_kind.instead


def test_of_a_period_without_a_won_deal_that_is_said():
    mql((Stage.SQL, 1))

    assert ask().sentences == ["No deal was won in the period."]


def test_influenced_revenue_has_no_total():
    won(touches=[(1, FORM), (2, PAGE)])

    section = ask().section("influenced")

    assert section.total is None
    assert [row.values["amount"] for row in section.rows] == [1000_00, 1000_00]


def test_revenue_is_by_the_day_it_was_won_at_the_rate_of_its_close():
    won(days=-5, opened=-10)
    won(amount="10.00", close_rate=Decimal("0.9215"))

    assert parts()["revenue"] == 922


@pytest.mark.parametrize(
    ("model", "expected_weights"),
    [
        (Model.FIRST, [1, 0, 0, 0]),
        (Model.LAST, [0, 0, 0, 1]),
        (Model.LINEAR, [0.25] * 4),
        (Model.U, [0.4, 0.1, 0.1, 0.4]),
        (Model.W, [0.3, 0.3, 0.1, 0.3]),
        (Model.DECAY, [1 / 15, 2 / 15, 4 / 15, 8 / 15]),
    ],
)
def test_each_model_weighs_the_touches_in_its_way(model, expected_weights):
    week = 7 * 86_400
    journey = Journey("abcd", [0, week, 2 * week, 3 * week], 1.5 * week)

    found = weights(model, journey)

    assert [found.get(each, 0) for each in "abcd"] == pytest.approx(expected_weights)


@pytest.mark.parametrize(
    ("model", "expected_weights"),
    [
        (Model.FIRST, {"ad": 1}),
        (Model.LAST, {"web": 1}),
        (Model.LINEAR, {"ad": 0.5, "web": 0.5}),
        (Model.U, {"ad": 0.5, "web": 0.5}),
        (Model.W, {"ad": 0.6, "web": 0.4}),
        (Model.DECAY, {"ad": 5 / 15, "web": 10 / 15}),
    ],
)
def test_a_channel_earns_what_its_touches_do_together(model, expected_weights):
    week = 7 * 86_400
    touched_at = [0, week, 2 * week, 3 * week]
    journey = Journey(["ad", "web", "ad", "web"], touched_at, 2.5 * week)

    found = weights(model, journey)

    assert {key: weight for key, weight in found.items() if weight} == pytest.approx(
        expected_weights
    )


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(st.integers(0, 10**9), max_size=6).map(sorted),
    st.sampled_from(Model),
    st.none() | st.integers(0, 10**9),
)
def test_the_weights_of_a_deal_sum_to_one(touched, model, qualified):
    channels = [str(at % 3) for at in touched]

    found = weights(model, Journey(channels, touched, qualified))

    assert sum(found.values()) == pytest.approx(1 if touched else 0)
    assert all(weight >= 0 for weight in found.values())


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.integers(0, 10**14),
    st.dictionaries(st.text(max_size=2), st.floats(0, 10), max_size=5),
)
def test_the_parts_of_a_deal_sum_to_its_cents(total, by_channel):
    parts = shares(total=total, weights=by_channel)

    assert sum(parts.values()) == (total if sum(by_channel.values()) else 0)
    assert all(part >= 0 for part in parts.values())


journeys = st.lists(
    st.tuples(
        st.integers(0, 999_999),
        st.lists(
            st.tuples(st.integers(0, 40), st.sampled_from([FORM, PAGE, CLICK])),
            max_size=3,
        ),
    ),
    min_size=1,
    max_size=4,
)


@given(journeys)
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_model_sums_to_the_revenue_of_a_slow_recount(db, journeys):
    Deal.objects.all().delete()
    Activity.objects.all().delete()
    for amount, touches in journeys:
        won(amount=Decimal(amount) / 100, touches=touches)
    whole = sum(cents(deal.amount, None) for deal in Deal.objects.all())
    first = Counter()
    for deal in Deal.objects.all():
        before = deal.lead.activities.filter(occurred_at__lte=deal.opened_at)
        earliest = before.order_by("occurred_at", "pk").first()
        first[earliest.kind if earliest else "none"] += cents(deal.amount, None)

    section = ask().section("attributed")

    assert {section.total.values[model.value] for model in Model} == {whole}
    for model in Model:
        assert sum(row.values[model.value] for row in section.rows) == whole
    told = {row.key: row.values["first"] for row in section.rows}
    assert {key: cents for key, cents in told.items() if cents} == {
        key: cents for key, cents in first.items() if cents
    }


def test_touches_are_told_by_campaign_and_by_the_source_of_the_lead():
    deal = won(lead=LeadFactory(source="web", stage=Stage.OPPORTUNITY))
    spring = Campaign.objects.create(name="Spring", name_key="spring")
    touch(deal.lead, day(1), actor=None, kind=FORM, campaign=spring)

    by_campaign = ask(by=Channel.CAMPAIGN).section("attributed").rows
    by_source = ask(by=Channel.SOURCE).section("attributed").rows

    assert [row.key for row in by_campaign] == ["Spring"]
    assert [row.key for row in by_source] == ["web"]


def test_open_sqls_are_expected_to_win_like_those_before_them():
    for number in range(20):
        lead = LeadFactory(stage=Stage.SQL, stage_at=LATER - timedelta(days=200))
        if number % 4 == 0:
            won(lead=lead, amount="2000")
    before = expected.section(scope=Scope(), now=LATER).total.values

    # None has a deal of its own, so each counts with the average of 2,000.
    assert before["open"] == 20
    assert before["win_rate"].share == 0.25
    assert before["expected"] == 20 * 2000_00 / 4


def test_every_number_of_revenue_and_sources_opens_as_many_records():
    won(touches=[(1, FORM), (2, PAGE)], lead=mql(*SOLD, source="web"))
    LeadFactory(source="fair")
    asked = [
        (revenue, Question(SPRING, Channel.KIND)),
        (sources, sources.Question(SPRING, Split.SOURCE)),
    ]

    for module, question in asked:
        answer = module.answer(question=question, now=LATER)
        for section in answer.sections:
            for row in [*section.rows, *([section.total] if section.total else [])]:
                for column in section.columns:
                    if column.opens and row.values[column.name]:
                        cell = Cell(section.name, column.name, row.key)
                        found = module.records(question=question, cell=cell, now=LATER)
                        assert len(found.rows) == row.values[column.name], cell


def test_sources_stand_side_by_side_with_the_revenue_of_the_period():
    won(lead=mql(*SOLD, source="web"))
    won(lead=mql(*SOLD, source="web", since=-40), amount="1")
    mql(source="fair")

    answer = sources.answer(question=sources.Question(SPRING), now=LATER)

    values = {row.key: row.values for row in answer.sections[0].rows}
    assert list(values) == ["web", "fair"] or list(values) == ["fair", "web"]
    assert values["web"]["deals"] == 2
    assert values["web"]["revenue"] == 1001_00
    assert values["fair"]["mql"] == 1


def test_money_and_sources_cost_a_fixed_number_of_queries(
    django_assert_max_num_queries,
):
    for _ in range(3):
        won(touches=[(1, FORM)], owner=UserFactory())

    with django_assert_max_num_queries(7):
        ask()
    with django_assert_max_num_queries(3):
        sources.answer(question=sources.Question(SPRING), now=LATER)
