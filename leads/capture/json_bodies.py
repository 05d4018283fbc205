"""JSON from strangers: what is not plain, small and unambiguous is refused."""

import json
import math
import re
from typing import Any

from django.utils.translation import gettext as _

DEEPEST = 20
MOST_NAMES = 200
LONGEST_NAME = 100
LONGEST_NUMBER = 30
# Escapes of what no text may hold: NUL, and one half of a pair of surrogates.
_ODD_ESCAPE = re.compile(rb"\\u(0000|[dD][89abcdefABCDEF][0-9a-fA-F]{2})")


class BodyError(Exception):
    """The body is not JSON that is taken here; the message says why."""


def parsed(body: bytes, *, checks_text: bool = True) -> Any:
    """The value that the bytes write, in UTF-8 and by RFC 8259 to the letter.

    checks_text: False where each text is looked at on its own later, as in a batch, of
    which one bad record must not take the others along.

    Raises:
        BodyError: it is none, names a member twice, holds a number or a text that not
            both databases can keep, or is deeper or wider than a record ever is.
    """
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except UnicodeDecodeError as error:
        raise BodyError(_("The body is not UTF-8.")) from error
    except RecursionError as error:
        raise BodyError(_("The body is nested too deep.")) from error
    except json.JSONDecodeError as error:
        where = _("The body is not JSON: line {line}, column {column}.")
        raise BodyError(where.format(line=error.lineno, column=error.colno)) from error
    has_odd = checks_text and _ODD_ESCAPE.search(body) is not None
    _check(value, 1, checks_text=has_odd)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BodyError(_("An object names a member twice."))
    if len(found) > MOST_NAMES:
        text = _("An object has more than {count} members.")
        raise BodyError(text.format(count=MOST_NAMES))
    return found


def _no_constant(name: str) -> None:
    raise BodyError(_("{name} is not JSON.").format(name=name))


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise BodyError(_("A number has too many digits."))
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if len(digits) > LONGEST_NUMBER or not math.isfinite(number):
        raise BodyError(_("A number is too large."))
    return number


def _check(value: Any, depth: int, *, checks_text: bool) -> None:
    """Look through all that is nested; texts only where an escape gives reason to."""
    if isinstance(value, str):
        if checks_text:
            _check_text(value)
        return
    if not isinstance(value, dict | list):
        return
    _check_depth(depth)
    members = value
    if isinstance(value, dict):
        members = list(value.values())
        for name in value:
            _check_name(name, checks_text=checks_text)
    for member in members:
        _check(member, depth + 1, checks_text=checks_text)


def _check_name(name: str, *, checks_text: bool) -> None:
    if len(name) > LONGEST_NAME:
        raise BodyError(_("A member has too long a name."))
    if checks_text:
        _check_text(name)


def _check_depth(depth: int) -> None:
    if depth > DEEPEST:
        raise BodyError(_("The body is nested too deep."))


def _check_text(text: str) -> None:
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text):
        raise BodyError(_("A text holds a character that cannot be kept."))
