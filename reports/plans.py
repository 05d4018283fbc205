"""The plans of months: the one writer of what both sides promise."""

from dataclasses import dataclass
from datetime import date, datetime

from leads.models import User
from reports.models import MonthPlan


@dataclass(frozen=True)
class Promise:
    """What is promised for a month; money in cents, shares in percent."""

    revenue_goal: int
    average_deal: int
    win_percent: int
    acceptance_percent: int
    decide_percent: int
    follow_up_percent: int


def set_plan(
    *, month: date, promise: Promise, actor: User | None, now: datetime
) -> MonthPlan:
    """Promise it for the month, in place of what was promised before."""
    made, _is_new = MonthPlan.objects.update_or_create(
        month=month.replace(day=1),
        defaults={**vars(promise), "set_by": actor, "set_at": now},
    )
    return made
