"""Cells that no spreadsheet takes for a formula, and back again."""

import re

# What spreadsheets skip before they look whether a cell is a formula.
_SKIPPED = r"[\s\x00-\x1f\x7f-\x9f\xa0\u200b-\u200f\u2060\ufeff]*"
# Leading apostrophes are part of it, so that `unguard` undoes `guard` exactly.
_FORMULA = re.compile(rf"'*{_SKIPPED}[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001


def guard(text: str) -> str:
    """The text with a leading `'` where a spreadsheet would read a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """The text as it was before `guard`."""
    is_guarded = text.startswith("'") and _FORMULA.match(text[1:])
    return text[1:] if is_guarded else text
