"""What the queue page shows: which hand-offs wait, and how deciding goes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q

from handoff.choices import NOT_QUALITY, HandoffStatus
from handoff.models import Handoff
from handoff.querysets import HandoffQuerySet
from leads.models import User
from scoring import engagement

# The figures look back this far.
PERIOD = timedelta(days=30)
DECIDED = (HandoffStatus.ACCEPTED, HandoffStatus.REJECTED)


@dataclass(frozen=True)
class Figures:
    """The tiles over the queue. A figure without any decision in the period is None.

    `accepted_percent` is of accepted and rejected ones, leaving out rejections that
    say nothing of quality; `judged` is how many those are. `top_reason_percent` is of
    all rejections.
    """

    waiting: int
    overdue: int
    decided: int
    median_seconds: float | None
    judged: int
    accepted_percent: int | None
    top_reason: str
    top_reason_percent: int


def mine(*, user: User) -> HandoffQuerySet:
    """What waits for this person's decision, which everybody may see of the own."""
    return Handoff.objects.pending().filter(rep=user)


def everybodys(*, user: User) -> HandoffQuerySet:
    """All that waits, of what this person may see."""
    return Handoff.objects.visible_to(user).pending()


def pool(*, user: User) -> HandoffQuerySet:
    """What waits for anybody: in the pool of a rep's team, for a manager in all."""
    return everybodys(user=user).filter(rep=None)


def decided(*, user: User) -> HandoffQuerySet:
    """What is no longer open, of all that this person may see."""
    return Handoff.objects.visible_to(user).exclude(status=HandoffStatus.PENDING)


def counts(*, user: User, condition: Q) -> dict[str, int]:
    """How many of the chosen ones wait: `mine`, `team` for everybody's, and `pool`."""
    waiting = everybodys(user=user).filter(condition).order_by()
    return waiting.aggregate(
        mine=Count("due_at", filter=Q(rep=user)),
        team=Count("*"),
        pool=Count("due_at", filter=Q(rep=None)),
    )


def with_engagement(*, handoffs: HandoffQuerySet, at: datetime) -> HandoffQuerySet:
    """Annotate hand-offs with their lead's engagement at an instant."""
    expression = engagement.engagement_expression(
        model=engagement.active_model(), now=at, prefix="lead__standing__"
    )
    return handoffs.annotate(engagement=expression)


def figures(*, handoffs: HandoffQuerySet, now: datetime) -> Figures:
    """How deciding these hand-offs goes: what waits now, and the last 30 days."""
    handoffs = handoffs.order_by()
    lately = handoffs.filter(status__in=DECIDED, decided_at__gt=now - PERIOD)
    is_rejected = Q(status=HandoffStatus.REJECTED)
    open_counts = handoffs.pending().aggregate(
        waiting=Count("*"),
        overdue=Count("due_at", filter=Q(due_at__lt=now, paused_at=None)),
    )
    counts = lately.aggregate(
        decided=Count("pk"),
        rejected=Count("pk", filter=is_rejected),
        misjudged=Count("pk", filter=is_rejected & Q(reason__category__in=NOT_QUALITY)),
    )
    accepted = counts["decided"] - counts["rejected"]
    judged = counts["decided"] - counts["misjudged"]
    reasons = lately.filter(is_rejected).values_list("reason__label")
    top = reasons.annotate(times=Count("pk")).order_by("-times", "reason__label")
    reason, times = top.first() or ("", 0)
    return Figures(
        waiting=open_counts["waiting"],
        overdue=open_counts["overdue"],
        decided=counts["decided"],
        median_seconds=_median_seconds(lately, counts["decided"]),
        judged=judged,
        accepted_percent=_percent(accepted, judged) if judged else None,
        top_reason=reason,
        top_reason_percent=_percent(times, counts["rejected"]),
    )


def _median_seconds(handoffs: HandoffQuerySet, count: int) -> float | None:
    """The middle of the times from hand-off to decision, the mean of two middles."""
    if not count:
        return None
    took = ExpressionWrapper(F("decided_at") - F("routed_at"), DurationField())
    spans = handoffs.annotate(took=took).order_by("took").values_list("took", flat=True)
    middle = list(spans[(count - 1) // 2 : count // 2 + 1])
    return float(sum(span.total_seconds() for span in middle)) / len(middle)


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0
