import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.capture.cells import guard, unguard

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    " =1",
    "\uff1d1",
    "'=1",
    "\ufeff=1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_guarded(text):
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "O'Brien", "'tis", "a=1", "00123"])
def test_plain_text_stays_as_it_is(text):
    assert guard(text) == text
    assert unguard(text) == text


@given(st.text(alphabet=st.sampled_from("'=+-@ \t\r\na\ufeff\uff1d")) | st.text())
def test_unguarding_gives_back_what_was_guarded(text):
    assert unguard(guard(text)) == text
