from dataclasses import replace

import pytest
from django.template.loader import render_to_string

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
    assert words.money(cents) == f"{text}\N{NO-BREAK SPACE}EUR"


def test_an_amount_is_told_in_the_currency_of_the_workspace(settings):
    settings.CURRENCY = "CHF"

    assert words.money(99_999) == "999.99\N{NO-BREAK SPACE}CHF"


@pytest.mark.parametrize(
    ("number", "text"),
    [(-3.0, "\N{MINUS SIGN}3.00"), (-7, "\N{MINUS SIGN}7"), (1.054, "1.05")],
)
def test_a_number_below_nothing_has_a_minus_sign(number, text):
    assert words.shown(number, Kind.NUMBER) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (42, "42 s"),
        (30 * 60, "30 min"),
        (90 * 60, "1 h 30 min"),
        (3 * 86_400, "3.0 days"),
    ],
)
def test_no_line_breaks_inside_a_span_of_time(seconds, text):
    assert words.duration(seconds) == text.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(("n", "text"), [(0, "–"), (1, "n too small"), (20, "0.0 %")])
def test_of_none_there_is_no_rate_and_of_few_too_small_a_number(n, text):
    rate = wilson(hits=0, n=n)
    cell = render_to_string("reports/_rate.html", {"estimate": rate, "n": False})

    assert words.shown(rate, Kind.SHARE) == text
    assert text in cell


def test_a_provisional_rate_is_marked_wherever_it_is_told():
    rate = wilson(hits=5, n=20)

    young = words.shown(replace(rate, is_provisional=True), Kind.SHARE)

    assert (words.shown(rate, Kind.SHARE), young) == ("25.0 %", "≈ 25.0 %")
