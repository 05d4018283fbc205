from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import decay
from scoring.decay import Rates, Sums

DAY = decay.SECONDS_A_DAY
RATES = Rates.of_half_lives(14, 30, 90)
amounts = st.floats(0, 500).filter(lambda amount: amount == 0 or amount > 1e-6)


@pytest.mark.parametrize(
    ("sums", "days", "expected"),
    [
        (Sums(10, 0, 0, 0), 1_000, 10),
        (Sums(0, 8, 0, 0), 14, 4),
        (Sums(0, 8, 0, 0), 28, 2),
        (Sums(1, 8, 16, 32), 0, 57),
        (Sums(0, 0, 16, 0), -30, 32),
        (Sums(0, 0, -16, 0), 0, 0),
        (Sums(5, -40, 0, 0), 42, 0),
        (Sums(5, -16, 0, 0), 56, 4),
        (Sums(0, 8, 0, 0), 10**7, 0),
    ],
)
def test_points_fade_by_their_half_life(sums, days, expected):
    points = decay.engagement(sums=sums, rates=RATES, seconds=days * DAY)

    assert points == pytest.approx(expected, abs=1e-9)


def test_weights_stay_inside_a_float():
    assert decay.weight(rate=RATES.fast, seconds=-1e12) == 0.0
    assert decay.weight(rate=RATES.fast, seconds=1e12) < 1e261
    assert decay.factor(rate=RATES.fast, seconds=1e12) > 0.0


@given(st.tuples(amounts, amounts, amounts), st.floats(0.01, 400))
def test_the_instant_of_sinking_is_exact_and_never_late(parts, need):
    seconds = decay.seconds_until(need=need, amounts=parts, rates=astuple(RATES))
    if seconds is None:
        return

    def left(at):
        return decay.unfloored(sums=Sums(0, *parts), rates=RATES, seconds=at)

    if sum(parts) <= need:
        assert seconds == 0
    else:
        assert left(seconds) >= need - 1e-7 * need
        assert left(seconds + 0.1) <= need


@pytest.mark.parametrize(
    ("limit", "sums", "days"),
    [
        (10, Sums(0, 20, 0, 0), 14),
        (10, Sums(5, 0, 20, 0), 60),
        (10, Sums(0, 5, 0, 0), 0),
        (10, Sums(10, 99, 0, 0), None),
        (1e-11, Sums(0, 0, 0, 400), None),
    ],
)
def test_when_points_sink_under_a_limit(limit, sums, days):
    seconds = decay.seconds_until_under(limit=limit, sums=sums, rates=RATES, seconds=0)

    assert seconds == (None if days is None else pytest.approx(days * DAY, abs=0.1))


def test_when_a_fading_penalty_lets_points_rise_over_a_limit():
    sums = Sums(45, 0, -20, 0)

    seconds = decay.seconds_until_over(limit=40, sums=sums, rates=RATES, seconds=0)

    assert seconds == pytest.approx(60 * DAY, abs=0.1)


@given(
    st.builds(Sums, amounts, amounts, *[st.floats(-500, 500)] * 2),
    st.floats(0, 9e7),
    st.floats(-3_600, 9e7),
)
def test_no_lead_is_ever_above_its_ceiling(sums, written, later):
    ceiling = decay.ceiling(sums=sums, rates=RATES, seconds=written)

    points = decay.unfloored(sums=sums, rates=RATES, seconds=written + later)

    assert points <= ceiling + 1e-9 * abs(ceiling)
