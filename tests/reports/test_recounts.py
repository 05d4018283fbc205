"""Sources, score health and agreement against slow recounts of random histories."""

from collections import Counter, defaultdict
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff.choices import ClockKind, ClockOutcome, HandoffStatus, ReasonCategory
from handoff.models import Clock, Deal, Handoff
from leads.choices import PATH, Cause, Stage
from leads.lifecycle import IllegalMoveError, Move, move
from leads.models import Cycle, StageChange
from reports import agreement, health, sources
from reports.bands import band_of, letter_of
from reports.periods import Period
from tests.handoff.factories import DealFactory, HandoffFactory, ReasonFactory
from tests.leads.factories import LeadFactory, RepFactory
from tests.reports.factories import day, travel
from tests.reports.test_follow_up import clock

pytestmark = pytest.mark.django_db

# The clock goes forward on the 29th of March.
SPRING = Period(date(2026, 3, 1), date(2026, 4, 1))
LATER = datetime(2026, 7, 1, tzinfo=UTC)
STEPS = [Stage.MQL, Stage.SQL, Stage.RECYCLED, Stage.ACCEPTED, Stage.OPPORTUNITY]
SLOW = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
WAYS = st.lists(
    st.tuples(
        st.sampled_from(["web", "fair", ""]),
        st.integers(-20, 28),
        st.lists(
            st.tuples(st.sampled_from(STEPS), st.integers(1, 9)), min_size=1, max_size=6
        ),
        st.none() | st.integers(0, 90_000),
    ),
    min_size=1,
    max_size=3,
)


def lived(source, since, steps):
    """A new lead that went on by those of the steps that were legal."""
    lead, at = LeadFactory(source=source, stage_at=day(since)), since
    for stage, days in steps:
        at += days
        with suppress(IllegalMoveError, AssertionError):
            travel(lead, (stage, at))
    return lead


def live_all(ways):
    """Lives and deals; what is expected of each source."""
    Deal.objects.all().delete()
    StageChange.objects.all().delete()
    Cycle.objects.all().delete()
    expected: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for source, since, steps, amount in ways:
        lead = lived(source, since, steps)
        key = source or "none"
        if SPRING.start_at <= day(since) < SPRING.end_at:
            expected[key]["leads"] += 1
            changes = StageChange.objects.filter(lead=lead, cycle=1)
            came = set(changes.values_list("to_stage", flat=True))
            for stage in sources.REACHED:
                beyond = set(PATH[PATH.index(stage) :])
                expected[key][stage.value] += bool(came & beyond)
        if amount is not None:
            won_at = day(since + 9)
            money = Decimal(amount) / 100
            DealFactory(lead=lead, opened_at=day(since), won_at=won_at, amount=money)
            if SPRING.start_at <= won_at < SPRING.end_at:
                expected[key]["deals"] += 1
                expected[key]["revenue"] += amount
    return expected


@SLOW
@given(WAYS)
def test_sources_equal_a_slow_recount(db, ways):
    expected = live_all(ways)

    told_of = sources.Question(SPRING)
    section, *_others = sources.answer(question=told_of, now=LATER).sections

    counted = [each.name for each in section.columns if each.kind in ("count", "money")]
    for row in section.rows:
        told = {name: row.values[name] for name in counted}
        assert told == {name: expected[row.key][name] for name in counted}
    assert {row.key for row in section.rows} == {
        key for key, counts in expected.items() if counts
    }
    for name in counted:
        whole = sum(row.values[name] for row in section.rows)
        assert section.total.values[name] == whole


HANDED = st.lists(
    st.tuples(
        st.integers(-5, 140),  # score
        st.integers(0, 12),  # grade
        st.sampled_from(["pending", "accepted", "rejected", "misrouted", "expired"]),
        st.booleans(),  # won
        st.integers(-40, 40),  # day
    ),
    min_size=1,
    max_size=6,
)


def hand_all(rows):
    """Hand-offs of one rep; what is expected by band, and by grade and band."""
    Deal.objects.all().delete()
    Handoff.objects.all().delete()
    rep = RepFactory()
    fit = ReasonFactory(category=ReasonCategory.FIT)
    wrong = ReasonFactory(category=ReasonCategory.ROUTING)
    bands: defaultdict[str, Counter[str]] = defaultdict(Counter)
    heat: Counter[tuple[str, str]] = Counter()
    for score, grade, outcome, is_won, days in rows:
        lead = LeadFactory(stage=Stage.SQL, stage_at=day(days))
        StageChange.objects.filter(lead=lead).update(engagement=score, grade=grade)
        is_rejected = outcome in ("rejected", "misrouted")
        handoff = HandoffFactory(
            lead=lead,
            rep=rep,
            routed_at=day(days),
            status="rejected" if is_rejected else outcome,
            reason={"rejected": fit, "misrouted": wrong}.get(outcome),
            decided_at=None if outcome == "pending" else day(days + 1),
        )
        if is_won:
            DealFactory(lead=lead, handoff=handoff, won_at=day(days + 9))
        if SPRING.start_at <= day(days) < SPRING.end_at:
            counts = bands[band_of(score)]
            counts["routed"] += 1
            counts["won"] += is_won
            counts[outcome] += 1
            heat[letter_of(grade), band_of(score)] += outcome in (
                "accepted",
                "rejected",
            )
    return bands, heat


@SLOW
@given(HANDED)
def test_score_health_equals_a_slow_recount(db, rows):
    bands, heat = hand_all(rows)

    answer = health.answer(question=health.Question(SPRING), now=LATER)

    told = {row.key: row.values for row in answer.section("bands").rows}
    assert set(told) == set(bands)
    for key, counts in bands.items():
        for name in ("routed", "accepted", "rejected", "won"):
            assert told[key][name] == counts[name]
        decided = counts["accepted"] + counts["rejected"]
        assert told[key]["acceptance"].n == decided
        assert round(told[key]["acceptance"].share * decided) == counts["accepted"]
    cells = {
        (row.key, band): rate.n
        for row in answer.section("heat").rows
        for band, rate in row.values.items()
        if rate.n
    }
    assert cells == {cell: n for cell, n in heat.items() if n}
    monthly = sum(row.values["routed"] for row in answer.section("months").rows)
    assert monthly == answer.section("bands").total.values["routed"]


PROMISED = st.lists(
    st.tuples(
        st.integers(-40, 70),  # day
        st.sampled_from(list(ClockKind)),
        st.sampled_from(list(ClockOutcome)),
        st.sampled_from(["pending", "accepted", "rejected", "expired"]),
    ),
    min_size=1,
    max_size=6,
)


def promise_all(rows):
    """Hand-offs with their promises; every second lead's entry was imported."""
    Clock.objects.all().delete()
    Handoff.objects.all().delete()
    StageChange.objects.all().delete()
    Cycle.objects.all().delete()
    rep, fit = RepFactory(), ReasonFactory(category=ReasonCategory.FIT)
    for days, kind, outcome, status in rows:
        lead = LeadFactory(stage=Stage.MQL, stage_at=day(days - 1))
        if kind == ClockKind.DECISION:
            travel(lead, (Stage.SQL, days))
        else:  # imported, so it delivers nothing
            wanted = Move(lead.pk, Stage.SQL, Cause.IMPORT, day(days))
            assert move(wanted=wanted, now=day(days))
        handoff = HandoffFactory(
            lead=lead,
            rep=rep,
            routed_at=day(days),
            status=status,
            reason=fit if status == "rejected" else None,
            decided_at=None if status == "pending" else day(days) + timedelta(hours=3),
        )
        missed_at = day(days) if outcome == ClockOutcome.MISSED else None
        made = clock(handoff, kind=kind, outcome=outcome, missed_at=missed_at)
        at = day(days)
        Clock.objects.filter(pk=made.pk).update(started_at=at, warn_at=at, due_at=at)


@SLOW
@given(PROMISED)
def test_the_agreement_equals_a_slow_recount(db, rows):
    promise_all(rows)
    question = agreement.Question(Period(date(2026, 3, 1), date(2026, 5, 1)))

    section = agreement.answer(question=question, now=LATER).section("months")

    for month, row in zip(question.months, section.rows, strict=True):
        inside = {"gte": month.start_at, "lt": month.end_at}
        entered = [
            change
            for change in StageChange.objects.filter(to_stage=Stage.SQL, cause="person")
            if inside["gte"] <= change.at < inside["lt"]
        ]
        assert row.values["delivered"] == len(entered)
        routed = [
            each.status
            for each in Handoff.objects.all()
            if inside["gte"] <= each.routed_at < inside["lt"]
        ]
        decided = [s for s in routed if s in (HandoffStatus.ACCEPTED, "rejected")]
        assert row.values["acceptance"].n == len(decided)
        for kind, name in (
            (ClockKind.DECISION, "decide"),
            (ClockKind.FOLLOW_UP, "follow_up"),
        ):
            due = [
                each.outcome
                for each in Clock.objects.filter(kind=kind)
                if inside["gte"] <= each.due_at < inside["lt"]
            ]
            over = [each for each in due if each != ClockOutcome.CANCELLED]
            assert row.values[name].n == len(over), (name, month)
            met = sum(each == ClockOutcome.MET for each in due)
            assert round(row.values[name].share * len(over)) == met
