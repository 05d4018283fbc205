"""What segments and branches may ask about hand-offs."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy

from handoff.models import Handoff
from leads import conditions
from leads.condition_fields import EQUAL, KNOWN, Operator, Text, compare_text
from leads.condition_sql import AsciiLower, ascii_lower
from leads.nurture.condition_fields import SUBJECT

REJECTED_FOR = "rejected_for"


@dataclass(frozen=True)
class RejectedFor(Text):
    """For which reasons, by their words, sales has rejected the lead."""

    operators: ClassVar[tuple[Operator, ...]] = (*EQUAL, *KNOWN)

    def prepared(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.prepared(one) for one in value]
        return ascii_lower(value.strip())

    def compare(self, prefix: str, operator: Operator, value: Any) -> Q:
        rejected = Handoff.objects.rejected().filter(lead=OuterRef(f"{prefix}pk"))
        if operator in KNOWN:
            is_known = Q(Exists(rejected))
            return is_known if operator == Operator.IS_KNOWN else ~is_known
        if operator == Operator.IS_NOT:
            return Q(Exists(rejected)) & ~self.compare(prefix, Operator.IS, value)
        label = AsciiLower(F("reason__label"))
        wanted = compare_text(label, operator, self.prepared(value))
        return Q(Exists(rejected.filter(wanted)))


def register() -> None:
    """Let segments ask for what sales said; again changes nothing."""
    label = gettext_lazy("rejected by sales for")
    conditions.register(SUBJECT, RejectedFor(REJECTED_FOR, label, ""))
