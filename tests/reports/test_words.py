from dataclasses import replace

import pytest

from reports import words
from reports.answers import Kind
from reports.estimates import wilson


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.118, "11.8 %"),
        (0, "0.0 %"),
        (-0.231, "\N{MINUS SIGN}23.1 %"),
        (12.333, "1,233.3 %"),
    ],
)
def test_a_share_is_read_in_percent(share, text):
    assert words.percent(share) == text


@pytest.mark.parametrize(
    ("cents", "text"),
    [(0, "0"), (1, "0.01"), (99_999, "999.99"), (100_000, "1,000"), (-500, "-5.00")],
)
def test_cents_are_told_of_small_amounts_that_are_some(cents, text):
    assert words.money(cents) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(-3.0, "\N{MINUS SIGN}3.00"), (-7, "\N{MINUS SIGN}7"), (1.054, "1.05")],
)
def test_a_number_below_nothing_has_a_minus_sign(number, text):
    assert words.shown(number, Kind.NUMBER) == text


def test_a_provisional_rate_is_marked_wherever_it_is_told():
    rate = wilson(hits=5, n=20)

    young = words.shown(replace(rate, is_provisional=True), Kind.SHARE)

    assert (words.shown(rate, Kind.SHARE), young) == ("25.0 %", "≈ 25.0 %")
