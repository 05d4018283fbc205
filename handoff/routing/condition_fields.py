"""What rules of routing may ask: all of a lead, and in which segments it is.

Whatever a segment asks is asked when the lead is routed; nobody has to notice a change.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext_lazy

from leads import conditions
from leads.condition_fields import EQUAL, LEAD_FIELDS, Field, Operator, check_text
from leads.nurture import segments
from leads.nurture.models import Segment
from leads.text import name_key

SUBJECT = "routed"


@dataclass(frozen=True)
class SegmentField(Field):
    """In which segments in use the lead is, by their names.

    A name that no segment in use has any more fits nobody, said of either side: a rule
    whose segment was renamed or archived must not take everybody.
    """

    operators: ClassVar[tuple[Operator, ...]] = EQUAL

    def check_one(self, operator: Operator, value: Any) -> None:
        check_text(value)

    def compare(self, prefix: str, operator: Operator, value: Any) -> Q:
        wanted = value if operator == Operator.ONE_OF else [value]
        names = [name_key(one) for one in wanted]
        known = list(Segment.objects.filter(name_key__in=names, archived_at=None))
        is_in = Q(**{f"{prefix}pk__in": []})
        for segment in known:
            is_in |= segments.membership(segment, prefix)
        is_negated = operator == Operator.IS_NOT and bool(known)
        return ~is_in if is_negated else is_in


def register() -> None:
    """Let rules ask for segments; again changes nothing."""
    for field in (*LEAD_FIELDS, SegmentField("segment", gettext_lazy("segment"), "")):
        conditions.register(SUBJECT, field)
