"""In which programmes leads are, and what comes next: for cards and pages of leads."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from leads.nurture.models import Enrolment, Programme
from leads.nurture.programmes import wording


@dataclass(frozen=True)
class Enrolled:
    """One programme that a lead is in: the next step in words, and when it is due.

    waits_for: why the step waits, where it is not its own time.
    """

    programme: Programme
    next_step: str
    next_at: datetime | None
    waits_for: str


def of_leads(*, lead_ids: Sequence[int]) -> dict[int, list[Enrolled]]:
    """By lead the programmes that it is in now, the next step first; one query."""
    active = Enrolment.objects.active().filter(lead__in=lead_ids)
    rows = active.select_related("programme", "step__template", "step__otherwise")
    found: defaultdict[int, list[Enrolled]] = defaultdict(list)
    for row in rows.order_by("next_at", "pk"):
        words = wording.of_step(row.step) if row.step else ""
        found[row.lead_id].append(
            Enrolled(row.programme, words, row.next_at, row.waits_for)
        )
    return dict(found)
