import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rounding import rounded_to_sum

POINTS = st.floats(-1_000, 1_000)


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([], []),
        ([1.004, 1.004, 1.004], [1.01, 1.0, 1.0]),
        ([0.333, 0.333, 0.334], [0.33, 0.33, 0.34]),
        ([-0.125, 0.5], [-0.12, 0.5]),
        ([10.0, -2.5], [10.0, -2.5]),
    ],
)
def test_shown_values_add_up_to_the_shown_sum(values, shown):
    assert rounded_to_sum(values) == shown


@given(values=st.lists(POINTS, max_size=60))
def test_no_value_is_off_by_a_whole_unit(values):
    shown = rounded_to_sum(values)

    assert sum(shown) == pytest.approx(round(sum(values), 2), abs=0.006)
    assert all(
        abs(rounded - value) < 0.0101
        for rounded, value in zip(shown, values, strict=True)
    )
