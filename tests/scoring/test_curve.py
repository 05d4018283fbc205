import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import curve, decay
from scoring.curve import Impulse
from scoring.decay import Rates, Sums

DAY = decay.SECONDS_A_DAY
RATES = Rates.of_half_lives(14, 30, 90)
speeds = st.sampled_from(["never", "fast", "medium", "slow"])
impulses = st.lists(
    st.builds(Impulse, st.integers(0, 400 * DAY), st.floats(-50, 50), speeds),
    max_size=12,
).map(lambda found: sorted(found, key=lambda one: one.at))


@given(impulses, st.lists(st.integers(0, 500 * DAY), max_size=8).map(sorted))
def test_the_running_sum_is_the_score_at_every_instant(found, instants):
    levels = curve.levels(found, RATES, instants)

    expected = [max(0.0, curve.level(found, RATES, at)) for at in instants]
    assert levels == pytest.approx(expected, abs=1e-9)


@given(impulses, st.integers(0, 500 * DAY))
def test_the_sums_at_an_instant_are_the_score_of_then(found, at):
    sums = curve.sums(found, RATES, at)

    points = decay.unfloored(sums=sums, rates=RATES, seconds=0)
    assert points == pytest.approx(curve.level(found, RATES, at), abs=1e-9)


@given(impulses, st.integers(0, 200 * DAY), st.integers(200 * DAY, 500 * DAY))
def test_a_change_adds_up(found, since, now):
    change = curve.change(found, RATES, since=since, now=now)

    assert change.then + change.gained - change.faded == pytest.approx(change.now)
    assert change.now == pytest.approx(curve.level(found, RATES, now), abs=1e-9)


@pytest.mark.parametrize(
    ("sums", "days"),
    [
        (Sums(0, 20, 0, 0), 14),
        (Sums(10, 20, 0, 0), None),
        (Sums(0, 9, 0, 0), 0),
        (Sums(0, 0, 0, 40), 180),
        # 40 · 2^(-d/90) - 10 · 2^(-d/30) is 10 on the 155th day.
        (Sums(0, 0, -10, 40), 178.8),
    ],
)
def test_when_the_score_falls_under_a_limit(sums, days):
    seconds = curve.seconds_until_under(limit=10, sums=sums, rates=RATES)

    assert seconds == (None if days is None else pytest.approx(days * DAY, rel=1e-2))


@given(
    st.builds(
        Sums,
        st.floats(-20, 20),
        st.floats(-200, 200),
        st.floats(-200, 200),
        st.floats(0, 200),
    )
)
def test_the_limit_is_met_where_it_is_said(sums):
    seconds = curve.seconds_until_under(limit=25, sums=sums, rates=RATES)

    if seconds:
        points = decay.unfloored(sums=sums, rates=RATES, seconds=seconds + 2)
        before = decay.unfloored(sums=sums, rates=RATES, seconds=0)
        assert before >= 25
        assert points == pytest.approx(25, abs=1e-3)
