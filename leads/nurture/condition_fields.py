"""What segments and branches may ask beside the particulars of a lead.

They ask about the subject `nurtured`: everything that is asked of a `lead`, and what
scoring must not ask, since it would not notice a change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads import conditions
from leads.choices import GRADES, ActivityKind, Stage
from leads.condition_fields import (
    EQUAL,
    KNOWN,
    LEAD_FIELDS,
    Field,
    InvalidValueError,
    Operator,
    check_text,
)
from leads.models import Activity
from leads.nurture.models import SegmentMember
from leads.text import name_key

SUBJECT = "nurtured"
IS_OR_NOT = (Operator.IS, Operator.IS_NOT)


@dataclass(frozen=True)
class Word(Field):
    """A column that holds one of few words."""

    operators: ClassVar[tuple[Operator, ...]] = IS_OR_NOT

    def check_one(self, operator: Operator, value: Any) -> None:
        if not isinstance(value, str) or value not in self.choices:
            expected = ", ".join(self.choices)
            raise InvalidValueError(_("Expected one of {}.").format(expected))

    def described(self, value: Any) -> str:
        known = isinstance(value, str) and value in self.choices
        return str(self.choices[value]) if known else super().described(value)

    def compare(self, prefix: str, operator: Operator, value: Any) -> Q:
        is_one = self.holds(prefix, [value])
        return ~is_one if operator == Operator.IS_NOT else is_one

    def holds(self, prefix: str, values: list[str]) -> Q:
        """The question whether it is one of these."""
        return Q(**{f"{prefix}{self.path}__in": values})


@dataclass(frozen=True)
class StageField(Word):
    """Where the lead stands."""

    choices: ClassVar[Mapping[str, str | Promise]] = dict(Stage.choices)


@dataclass(frozen=True)
class GradeField(Word):
    """The letter of the fit."""

    choices: ClassVar[Mapping[str, str | Promise]] = {
        letter: letter for letter in GRADES
    }
    operators: ClassVar[tuple[Operator, ...]] = (
        Operator.AT_LEAST,
        Operator.AT_MOST,
        *IS_OR_NOT,
    )

    def compare(self, prefix: str, operator: Operator, value: Any) -> Q:
        column = f"{prefix}{self.path}"
        if operator == Operator.AT_LEAST:
            return Q(**{f"{column}__gte": GRADES.index(value)})
        if operator == Operator.AT_MOST:
            return Q(**{f"{column}__lte": GRADES.index(value)})
        return super().compare(prefix, operator, value)

    def holds(self, prefix: str, values: list[str]) -> Q:
        indexes = [GRADES.index(one) for one in values]
        return Q(**{f"{prefix}{self.path}__in": indexes})


@dataclass(frozen=True)
class DoneField(Word):
    """What the lead itself has done at some time; machines do not count."""

    choices: ClassVar[Mapping[str, str | Promise]] = dict(ActivityKind.choices)

    def holds(self, prefix: str, values: list[str]) -> Q:
        done = Activity.objects.filter(
            lead=OuterRef(f"{prefix}pk"), kind__in=values, is_machine=False
        )
        return Q(Exists(done))


@dataclass(frozen=True)
class ListField(Field):
    """In which segments chosen by hand the lead is, by their names."""

    operators: ClassVar[tuple[Operator, ...]] = (*EQUAL, *KNOWN)

    def check_one(self, operator: Operator, value: Any) -> None:
        check_text(value)

    def compare(self, prefix: str, operator: Operator, value: Any) -> Q:
        members = SegmentMember.objects.filter(lead=OuterRef(f"{prefix}pk"))
        if operator in KNOWN:
            is_known = Q(Exists(members))
            return is_known if operator == Operator.IS_KNOWN else ~is_known
        wanted = value if operator == Operator.ONE_OF else [value]
        names = [name_key(one) for one in wanted]
        is_in = Q(Exists(members.filter(segment__name_key__in=names)))
        return ~is_in if operator == Operator.IS_NOT else is_in


@dataclass(frozen=True)
class MailAllowed(Word):
    """Whether the lead may be written to."""

    choices: ClassVar[Mapping[str, str | Promise]] = {
        "yes": gettext_lazy("yes"),
        "no": gettext_lazy("no"),
    }

    def holds(self, prefix: str, values: list[str]) -> Q:
        has_address = ~Q(**{f"{prefix}email_key": ""})
        is_free = Q(**{f"{prefix}do_not_mail_since": None}) & has_address
        found = Q(pk__in=[])
        if "yes" in values:
            found |= is_free
        return found | ~is_free if "no" in values else found


FIELDS: tuple[Field, ...] = (
    StageField("stage", gettext_lazy("stage"), "standing__stage"),
    GradeField("grade", gettext_lazy("grade of the fit"), "standing__grade"),
    DoneField("done", gettext_lazy("has done"), ""),
    ListField("list", gettext_lazy("segment chosen by hand"), ""),
    MailAllowed("may_mail", gettext_lazy("may be mailed"), ""),
)


def register() -> None:
    """Let conditions ask about nurtured leads; again changes nothing."""
    for field in (*FIELDS, *LEAD_FIELDS):
        conditions.register(SUBJECT, field)
