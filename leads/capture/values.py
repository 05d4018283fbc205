"""What a cell says: text in, a value out, or the reason why it cannot be taken."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.companies import is_domain
from leads.particulars import tidy_source
from leads.text import domain_key, fold

Parser = Callable[[str], Any]

LONGEST_EMAIL = 254
LONGEST_SHOWN = 60
CENT = Decimal("0.01")
LARGEST_COUNT = 2_147_483_647  # an integer column of both databases
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

_INVISIBLE = " \t\r\n\xa0\u2003\u200b\u200c\u200d\u2060\ufeff"
_ISO_START = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}($|[T ])")
_AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,20})?")
_COUNT = re.compile(r"[0-9]{1,10}")
# Nearly every address is one of these, which the validator takes as well.
_NAME, _LABEL = r"[A-Za-z0-9_+-]+", r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PLAIN_EMAIL = re.compile(rf"{_NAME}(\.{_NAME})*@({_LABEL}\.)+[A-Za-z]{{2,63}}")
_CURRENCY = re.compile(r"[A-Za-z]{3}")
_YES = frozenset(("yes", "y", "true", "t", "1", "x", "on", "ja", "oui", "si"))
_NO = frozenset(("no", "n", "false", "f", "0", "-", "off", "nein", "non"))
# Only what reads back as it was typed: `007` and `1e5` stay text.
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?")


class ValueRefusedError(Exception):
    """A cell cannot be taken; the message says why."""


def plain(cell: str) -> str:
    """The cell as one line of composed text, without blanks around it.

    Raises:
        ValueRefusedError: it holds a control character.
    """
    if cell.isascii() and cell.isprintable():
        return cell.strip()
    text = unicodedata.normalize("NFC", cell).strip(_INVISIBLE)
    text = re.sub(r"[\t\r\n]+", " ", text)
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in text):
        raise ValueRefusedError(_("holds a control character"))
    return text


def text_up_to(limit: int) -> Parser:
    """A parser of text of at most so many characters, also when it is folded."""

    def parse(text: str) -> str:
        if len(text) > limit or (not text.isascii() and len(fold(text)) > limit):
            reason = _("is longer than {limit} characters")
            raise ValueRefusedError(reason.format(limit=limit))
        return text

    return parse


def source_up_to(limit: int) -> Parser:
    """The same for a source, in the form in which sources are stored."""
    bounded = text_up_to(limit)
    return lambda text: bounded(tidy_source(text))


def email(text: str) -> str:
    """An address that no other one looks like."""
    text_up_to(LONGEST_EMAIL)(text)
    if _PLAIN_EMAIL.fullmatch(text):
        return text
    try:
        validate_email(text)
    except ValidationError as error:
        raise _refused(text, _("is no e-mail address")) from error
    if unicodedata.normalize("NFKC", text) != text:
        raise _refused(text, _("is an e-mail address in look-alike letters"))
    return text


def domain(text: str) -> str:
    """The bare domain of a web address."""
    bare = domain_key(text)
    if not is_domain(bare):
        raise _refused(text, _("is no web domain"))
    return bare


def moment(text: str) -> datetime:
    """An ISO date or instant; a date is its start in the zone of the workspace."""
    if not _ISO_START.match(text):
        raise _refused(text, _("is no date such as 2026-03-31 or 2026-03-31T14:00Z"))
    try:
        parsed = datetime.fromisoformat(text)
        if timezone.is_naive(parsed):
            parsed = parsed.replace(tzinfo=timezone.get_default_timezone())
        parsed = parsed.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _refused(text, _("is no date or time that there is")) from error
    if parsed < EARLIEST:
        raise _refused(text, _("lies before 1970"))
    return parsed


def count(text: str) -> int:
    """A whole number from 0."""
    if not _COUNT.fullmatch(text) or int(text) > LARGEST_COUNT:
        raise _refused(text, _("is no whole number from 0 to 2147483647"))
    return int(text)


def amount(text: str) -> Decimal:
    """An amount of money from 0, to the cent, half a cent up."""
    if not _AMOUNT.fullmatch(text):
        raise _refused(text, _("is no amount such as 1250.00"))
    return Decimal(text).quantize(CENT, rounding=ROUND_HALF_UP)


def currency(text: str) -> str:
    """Three letters."""
    if not _CURRENCY.fullmatch(text):
        raise _refused(text, _("is no currency such as EUR"))
    return text.upper()


def one_of(choices: type[TextChoices]) -> Parser:
    """A parser of a key or a label of the choices, without regard to case."""
    by_word = {fold(label): choices(value) for value, label in choices.choices}
    by_word |= {choice.value: choice for choice in choices}

    def parse(text: str) -> TextChoices:
        found = by_word.get(fold(text))
        if found is None:
            wanted = ", ".join(choices.values)
            reason = _("is none of {wanted}").format(wanted=wanted)
            raise _refused(text, reason)
        return found

    return parse


def yes_no(text: str) -> bool:
    """True or False, in the ways in which systems write it."""
    word = fold(text)
    if word not in _YES and word not in _NO:
        raise _refused(text, _("is neither yes nor no"))
    return word in _YES


def words(limit: int) -> Parser:
    """A parser of words set apart by `,`, `;` or `|`, each of so many characters."""
    bounded = text_up_to(limit)

    def parse(text: str) -> list[str]:
        found = (word.strip() for word in re.split(r"[,;|]", text))
        return [bounded(word) for word in found if word]

    return parse


def anything(text: str) -> str | int | float:
    """A number where the text is one in plain digits, else the text."""
    bounded: str = text_up_to(2_000)(text)
    if not _NUMBER.fullmatch(bounded):
        return bounded
    number = float(bounded) if "." in bounded else int(bounded)
    return number if str(number) == bounded else bounded


def _refused(text: str, reason: str) -> ValueRefusedError:
    shown = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return ValueRefusedError(f"“{shown}” {reason}")
