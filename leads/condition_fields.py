"""What conditions may ask about, and how each question becomes SQL.

Both databases must answer alike. Text is compared on folded columns, or in lower case
of A to Z, the one folding that SQLite and PostgreSQL share; numbers inside JSON only
where they are numbers.
"""

import math
import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from django.db.models import (
    Case,
    CharField,
    Exists,
    Expression,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    Q,
    TextChoices,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, StrIndex, Substr
from django.db.models.lookups import (
    Contains,
    Exact,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThanOrEqual,
    StartsWith,
)
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.condition_sql import AsciiLower, JsonNumber, JsonText, ascii_lower
from leads.models import Lead
from leads.text import fold

LONGEST_TEXT = 200
MOST_VALUES = 200
# Control characters, and halves of a character: PostgreSQL stores neither in JSON.
UNSTORABLE = ("Cc", "Cs")
# No quotes or backslashes, which a JSON path would need to escape; no bare number,
# which would be the index of a list.
KEY = re.compile(r"(?!\d+$)[^\"'\\%\x00-\x1f\ud800-\udfff]{1,64}")

FREE_MAIL_DOMAINS = (
    "aol.com", "gmail.com", "gmx.com", "gmx.de", "gmx.net", "googlemail.com",
    "hotmail.com", "hotmail.co.uk", "hotmail.fr", "icloud.com", "libero.it",
    "live.com", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com", "naver.com",
    "orange.fr", "outlook.com", "proton.me", "protonmail.com", "qq.com", "seznam.cz",
    "t-online.de", "web.de", "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.fr",
    "yandex.ru", "zoho.com", "126.com", "163.com",
)  # fmt: skip


class Operator(TextChoices):
    """How a condition compares."""

    IS = "is", gettext_lazy("is")
    IS_NOT = "is_not", gettext_lazy("is not")
    CONTAINS = "contains", gettext_lazy("contains")
    STARTS_WITH = "starts_with", gettext_lazy("starts with")
    ONE_OF = "one_of", gettext_lazy("is one of")
    AT_LEAST = "at_least", gettext_lazy("at least")
    AT_MOST = "at_most", gettext_lazy("at most")
    IS_KNOWN = "is_known", gettext_lazy("is known")
    IS_UNKNOWN = "is_unknown", gettext_lazy("is unknown")


EQUAL = (Operator.IS, Operator.IS_NOT, Operator.ONE_OF)
WITHIN = (Operator.CONTAINS, Operator.STARTS_WITH)
COMPARED = (Operator.AT_LEAST, Operator.AT_MOST)
KNOWN = (Operator.IS_KNOWN, Operator.IS_UNKNOWN)


class InvalidValueError(Exception):
    """The value does not suit the operator; the message says what would."""


def is_key(key: str) -> bool:
    """Whether conditions can ask for this key of a JSON column."""
    return KEY.fullmatch(key) is not None


@dataclass(frozen=True)
class Field(ABC):
    """One thing to ask about; `path` leads from the subject to its column."""

    name: str
    label: str | Promise
    path: str
    operators: ClassVar[tuple[Operator, ...]] = ()
    # The only values there are, with their labels; empty where there may be others.
    choices: ClassVar[Mapping[str, str | Promise]] = {}

    def check(self, operator: Operator, value: Any) -> None:
        """Refuse a value that the operator cannot use.

        Raises:
            InvalidValueError: with the reason.
        """
        if operator in KNOWN:
            if value not in (None, ""):
                raise InvalidValueError(_("This comparison takes no value."))
        elif operator == Operator.ONE_OF:
            if not isinstance(value, list) or not 1 <= len(value) <= MOST_VALUES:
                message = _("Expected a list of 1 to {most} values.")
                raise InvalidValueError(message.format(most=MOST_VALUES))
            for one in value:
                self.check_one(operator, one)
        else:
            self.check_one(operator, value)

    @abstractmethod
    def check_one(self, operator: Operator, value: Any) -> None:
        """Refuse a single value. Raises: InvalidValueError."""

    @abstractmethod
    def compare(self, prefix: str, operator: Operator, value: Any) -> Q:
        """The question as SQL that is never NULL."""

    def described(self, value: Any) -> str:
        """The value in words."""
        if isinstance(value, list):
            return ", ".join(self.described(one) for one in value)
        return f"{value:g}" if isinstance(value, float) else str(value)

    def with_key(self, key: str) -> Self:
        """The member of a family of fields (its name ends with a dot)."""
        return replace(self, name=f"{self.name}{key}")


def check_text(value: Any) -> None:
    """Refuse what is no text to compare with. Raises: InvalidValueError."""
    if not isinstance(value, str) or not value.strip():
        raise InvalidValueError(_("Expected a text."))
    if len(value) > LONGEST_TEXT:
        message = _("Expected at most {most} characters.")
        raise InvalidValueError(message.format(most=LONGEST_TEXT))
    if any(unicodedata.category(letter) in UNSTORABLE for letter in value):
        raise InvalidValueError(_("This holds characters that cannot be shown."))


def check_number(value: Any) -> None:
    """Refuse what is no finite number. Raises: InvalidValueError."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or abs(value) > 1e15:
        raise InvalidValueError(_("Expected a number."))


def compare_text(text: Expression, operator: Operator, value: Any) -> Q:
    """Compare an expression that is '' where the text is missing, and never NULL."""
    match operator:
        case Operator.IS:
            return Q(Exact(text, value))
        case Operator.IS_NOT:
            return ~Q(In(text, ["", value]))
        case Operator.ONE_OF:
            return Q(In(text, value))
        case Operator.CONTAINS:
            return Q(Contains(text, value))
        case Operator.STARTS_WITH:
            return Q(StartsWith(text, value))
        case Operator.IS_UNKNOWN:
            return Q(Exact(text, ""))
    return ~Q(Exact(text, ""))


def compare_number(number: Expression, operator: Operator, value: Any) -> Q:
    """Compare an expression that is NULL where the number is missing."""
    is_known = Q(IsNull(number, False))
    match operator:
        case Operator.IS:
            return is_known & Q(Exact(number, value))
        case Operator.IS_NOT:
            return is_known & ~Q(Exact(number, value))
        case Operator.AT_LEAST:
            return is_known & Q(GreaterThanOrEqual(number, value))
        case Operator.AT_MOST:
            return is_known & Q(LessThanOrEqual(number, value))
        case Operator.IS_UNKNOWN:
            return Q(IsNull(number, True))
    return is_known


@dataclass(frozen=True)
class Text(Field):
    """A text; `is_folded` where the column holds `leads.text.fold` of it."""

    is_folded: bool = False
    operators: ClassVar[tuple[Operator, ...]] = (*EQUAL, *WITHIN, *KNOWN)

    def check_one(self, operator: Operator, value: Any) -> None:
        check_text(value)

    def expression(self, prefix: str) -> Expression:
        column = Coalesce(F(prefix + self.path), Value(""), output_field=TextField())
        return column if self.is_folded else AsciiLower(column)

    def prepared(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.prepared(one) for one in value]
        return fold(value) if self.is_folded else ascii_lower(value.strip())

    def compare(self, prefix: str, operator: Operator, value: Any) -> Q:
        wanted = None if operator in KNOWN else self.prepared(value)
        return compare_text(self.expression(prefix), operator, wanted)


@dataclass(frozen=True)
class EmailDomain(Text):
    """What stands behind the @ of the e-mail address."""

    def expression(self, prefix: str) -> Expression:
        address = Coalesce(F(prefix + self.path), Value(""))
        at = StrIndex(address, Value("@"))
        domain = Substr(address, at + 1)
        return Case(
            When(Contains(address, "@"), then=domain),
            default=Value(""),
            output_field=CharField(),
        )


@dataclass(frozen=True)
class EmailDomainType(EmailDomain):
    """Whether the address is at a free provider or at a company."""

    operators: ClassVar[tuple[Operator, ...]] = (*EQUAL, *KNOWN)
    choices: ClassVar[Mapping[str, str | Promise]] = {
        "free": gettext_lazy("free provider"),
        "company": gettext_lazy("company"),
    }

    def check_one(self, operator: Operator, value: Any) -> None:
        if value not in self.choices:
            expected = ", ".join(self.choices)
            raise InvalidValueError(_("Expected one of {}.").format(expected))

    def described(self, value: Any) -> str:
        return str(self.choices.get(value) or super().described(value))

    def expression(self, prefix: str) -> Expression:
        domain = super().expression(prefix)
        return Case(
            When(Exact(domain, ""), then=Value("")),
            When(In(domain, list(FREE_MAIL_DOMAINS)), then=Value("free")),
            default=Value("company"),
            output_field=CharField(),
        )


@dataclass(frozen=True)
class Number(Field):
    """A number."""

    operators: ClassVar[tuple[Operator, ...]] = (
        *COMPARED, Operator.IS, Operator.IS_NOT, *KNOWN,
    )  # fmt: skip

    def check_one(self, operator: Operator, value: Any) -> None:
        check_number(value)

    def expression(self, prefix: str) -> Expression:
        return ExpressionWrapper(F(prefix + self.path), output_field=FloatField())

    def compare(self, prefix: str, operator: Operator, value: Any) -> Q:
        return compare_number(self.expression(prefix), operator, value)


@dataclass(frozen=True)
class Tags(Text):
    """The lead's tags: a comparison holds where it holds for one of them."""

    def compare(self, prefix: str, operator: Operator, value: Any) -> Q:
        tagged = Lead.tags.through.objects.filter(lead=OuterRef(f"{prefix}pk"))
        if operator in KNOWN:
            is_tagged = Q(Exists(tagged))
            return is_tagged if operator == Operator.IS_KNOWN else ~is_tagged
        if operator == Operator.IS_NOT:
            has_it = self.compare(prefix, Operator.IS, value)
            return Q(Exists(tagged)) & ~has_it
        name = AsciiLower(F("tag__name"))
        return Q(
            Exists(tagged.filter(compare_text(name, operator, self.prepared(value))))
        )


@dataclass(frozen=True)
class Properties(Field):
    """Keys of a JSON column: a family of fields, or with a key one of them."""

    operators: ClassVar[tuple[Operator, ...]] = (*EQUAL, *WITHIN, *COMPARED, *KNOWN)
    key: str = ""

    def with_key(self, key: str) -> Self:
        return replace(self, name=f"{self.name}{key}", key=key, label=f"“{key}”")

    def check_one(self, operator: Operator, value: Any) -> None:
        if operator in COMPARED:
            check_number(value)
        elif isinstance(value, str) or operator in WITHIN:
            check_text(value)
        elif not isinstance(value, bool):
            check_number(value)

    def described(self, value: Any) -> str:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return super().described(value)

    def compare(self, prefix: str, operator: Operator, value: Any) -> Q:
        column = F(prefix + self.path)
        number = JsonNumber(column, self.key)
        text = AsciiLower(Coalesce(JsonText(column, self.key), Value("")))
        if operator in COMPARED:
            return compare_number(number, operator, value)
        if operator in WITHIN:
            return compare_text(text, operator, ascii_lower(value.strip()))
        is_known = ~Q(Exact(text, "")) | Q(IsNull(number, False))
        if operator in KNOWN:
            return is_known if operator == Operator.IS_KNOWN else ~is_known
        wanted = value if operator == Operator.ONE_OF else [value]
        is_equal = _equals_one(text, number, wanted)
        return is_known & ~is_equal if operator == Operator.IS_NOT else is_equal


def _equals_one(text: Expression, number: Expression, values: list[Any]) -> Q:
    """Whether a property is one of the values; “100” is also the number 100."""
    numbers = [found for found in map(_as_number, values) if found is not None]
    is_equal = Q(In(text, [ascii_lower(str(value).strip()) for value in values]))
    if numbers:
        is_equal |= Q(IsNull(number, False)) & Q(In(number, numbers))
    return is_equal


def _as_number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


LEAD_FIELDS: tuple[Field, ...] = (
    Text("title", gettext_lazy("job title"), "title"),
    Text("country", gettext_lazy("country"), "country"),
    Text("source", gettext_lazy("source"), "source"),
    Text("campaign", gettext_lazy("campaign"), "campaign__name_key", is_folded=True),
    EmailDomain("email_domain", gettext_lazy("e-mail domain"), "email_key"),
    EmailDomainType("email_domain_type", gettext_lazy("e-mail address"), "email_key"),
    Text("company", gettext_lazy("company"), "account__name_key", is_folded=True),
    Text("industry", gettext_lazy("industry"), "account__industry"),
    Number("employees", gettext_lazy("employees"), "account__employees"),
    Text("account_country", gettext_lazy("country of the company"), "account__country"),
    Tags("tags", gettext_lazy("tag"), "tags"),
    Properties("custom.", gettext_lazy("custom field"), "custom"),
)

ACTIVITY_FIELDS: tuple[Field, ...] = (
    Text("url", gettext_lazy("page address"), "url_key", is_folded=True),
    Text("subject", gettext_lazy("subject"), "subject_key", is_folded=True),
    Text("campaign", gettext_lazy("campaign"), "campaign__name_key", is_folded=True),
    Text("source_system", gettext_lazy("source system"), "source_system"),
    Properties("properties.", gettext_lazy("property"), "properties"),
)
