"""What sales did with the leads it was given, by the day they were routed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from handoff.choices import NOT_QUALITY, HandoffStatus, ReasonCategory
from handoff.models import Deal, Handoff
from reports import splits
from reports.estimates import Estimate, wilson
from reports.periods import Period
from reports.scope import Scope

By = splits.Split


class Outcome(TextChoices):
    """What became of a hand-off; each has exactly one, so the columns add up."""

    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    MISROUTED = "misrouted", _("Misrouted")
    DUPLICATE = "duplicate", _("Duplicate")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    WAITING = "waiting", _("Waiting")


REJECTED = Q(status=HandoffStatus.REJECTED)
OUTCOMES = {
    Outcome.ACCEPTED: Q(status=HandoffStatus.ACCEPTED),
    Outcome.REJECTED: REJECTED & ~Q(reason__category__in=NOT_QUALITY),
    Outcome.MISROUTED: REJECTED & Q(reason__category=ReasonCategory.ROUTING),
    Outcome.DUPLICATE: REJECTED & Q(reason__category=ReasonCategory.DUPLICATE),
    Outcome.EXPIRED: Q(status=HandoffStatus.EXPIRED),
    Outcome.WITHDRAWN: Q(status=HandoffStatus.WITHDRAWN),
    Outcome.WAITING: Q(status=HandoffStatus.PENDING),
}


@dataclass(frozen=True)
class Question(Scope):
    """Hand-offs routed in `period`."""

    period: Period
    by: By = By.SOURCE
    # Of each person only the hand-offs of the first cycle that was routed in it.
    first_only: bool = False


@dataclass(frozen=True)
class Row:
    """One key of the report, or the total, whose key is empty.

    outcomes add up to `routed`. silent: expired, or undecided past the time to decide.
    matured: routed so long ago that the time to decide is over.
    """

    key: str
    label: str
    routed: int
    outcomes: dict[Outcome, int]
    silent: int
    matured: int
    matured_accepted: int
    # Accepted ones that a deal was opened for.
    opportunities: int

    @property
    def accepted_of_decided(self) -> Estimate:
        """Accepted of the accepted and those rejected for their quality."""
        accepted = self.outcomes[Outcome.ACCEPTED]
        decided = accepted + self.outcomes[Outcome.REJECTED]
        waiting = self.outcomes[Outcome.WAITING]
        return wilson(hits=accepted, n=decided, undecided=waiting)

    @property
    def accepted_of_all(self) -> Estimate:
        """Accepted of all whose time to decide is over, expired ones included."""
        return wilson(hits=self.matured_accepted, n=self.matured)

    @property
    def deal_of_accepted(self) -> Estimate:
        """What became of the accepted: whoever accepts everything shows here."""
        accepted = self.outcomes[Outcome.ACCEPTED]
        return wilson(hits=self.opportunities, n=accepted)

    @property
    def rates(self) -> dict[str, Estimate]:
        """Every rate of the report by its name in files."""
        misrouted = self.outcomes[Outcome.MISROUTED]
        return {
            "accepted_of_decided": self.accepted_of_decided,
            "accepted_of_all": self.accepted_of_all,
            "misroute_rate": wilson(hits=misrouted, n=self.routed),
            "silent_rate": wilson(hits=self.silent, n=self.routed),
            "deal_of_accepted": self.deal_of_accepted,
        }


@dataclass(frozen=True)
class Rejections:
    """How many hand-offs were rejected for the reasons of one category."""

    category: ReasonCategory
    count: int
    of_all_rejections: Estimate

    @property
    def is_about_quality(self) -> bool:
        return self.category not in NOT_QUALITY


@dataclass(frozen=True)
class Acceptance:
    """The answer: most routed first, then by key; `total` is over all rows."""

    question: Question
    rows: list[Row]
    total: Row
    rejections: list[Rejections]


@dataclass(frozen=True)
class Cell:
    """One number of the report: which row, which outcome; None and "" stand for all."""

    question: Question
    key: str | None = None
    outcome: Outcome | None = None
    is_silent: bool = False
    category: ReasonCategory | None = None


def acceptance(*, question: Question, now: datetime) -> Acceptance:
    """Count the hand-offs by what became of them: two queries."""
    groups = (
        keyed(question)
        .annotate(has_deal=Exists(Deal.objects.filter(handoff=OuterRef("pk"))))
        .values("key", "label")
        .annotate(
            routed=Count("pk"),
            silent=Count("pk", filter=_silent(now)),
            matured=Count("pk", filter=Q(due_at__lte=now)),
            matured_accepted=Count(
                "pk", filter=Q(due_at__lte=now) & OUTCOMES[Outcome.ACCEPTED]
            ),
            opportunities=Count(
                "pk", filter=OUTCOMES[Outcome.ACCEPTED] & Q(has_deal=True)
            ),
            **{each: Count("pk", filter=which) for each, which in OUTCOMES.items()},
        )
        .order_by("-routed", "key")
    )
    rows = [_row(group) for group in groups]
    return Acceptance(
        question=question,
        rows=rows,
        total=_total(rows),
        rejections=_rejections(question),
    )


def decided_by_month(
    *, question: Question, months: Sequence[Period]
) -> dict[str, Estimate]:
    """Month of routing → accepted of the decided hand-offs: one query."""
    counts = (
        keyed(question)
        .annotate(month=splits.month_of("routed_at", months))
        .order_by()
        .values("month")
        .annotate(
            accepted=Count("pk", filter=OUTCOMES[Outcome.ACCEPTED]),
            rejected=Count("pk", filter=OUTCOMES[Outcome.REJECTED]),
            waiting=Count("pk", filter=OUTCOMES[Outcome.WAITING]),
        )
    )
    return {
        row["month"]: wilson(
            hits=row["accepted"],
            n=row["accepted"] + row["rejected"],
            undecided=row["waiting"],
        )
        for row in counts
    }


def handoffs(*, cell: Cell, now: datetime) -> QuerySet[Handoff]:
    """The hand-offs that a number counts, latest first."""
    found = keyed(cell.question).select_related(
        "lead__account", "lead__campaign", "rep", "reason"
    )
    if cell.key is not None:
        found = found.filter(key=cell.key)
    if cell.outcome is not None:
        found = found.filter(OUTCOMES[cell.outcome])
    if cell.is_silent:
        found = found.filter(_silent(now))
    if cell.category is not None:
        found = found.filter(REJECTED, reason__category=cell.category)
    return found.order_by("-routed_at", "-pk")


def as_json(report: Acceptance) -> dict[str, Any]:
    """The report as the command and the API print it; a share below n = 20 is null.

    `rates` has the shares of the rows, in their order, with their interval and n.
    """
    question = report.question
    return {
        "report": "acceptance",
        "from": question.period.start.isoformat(),
        "to": question.period.end.isoformat(),
        "by": question.by.value,
        "rows": [{"key": row.key, **_figures(row)} for row in report.rows],
        "total": _figures(report.total),
        "rejections": [
            {"category": each.category.value, "count": each.count}
            for each in report.rejections
        ],
        "rates": {
            "rows": [{"key": row.key, **_rates(row)} for row in report.rows],
            "total": _rates(report.total),
        },
    }


def _figures(row: Row) -> dict[str, Any]:
    rates = row.rates.items()
    return {
        "routed": row.routed,
        **{outcome.value: count for outcome, count in row.outcomes.items()},
        "silent": row.silent,
        "matured": row.matured,
        **{name: rate.share if rate.is_shown else None for name, rate in rates},
    }


def _rates(row: Row) -> dict[str, Any]:
    return {name: rate.document for name, rate in row.rates.items()}


def _silent(now: datetime) -> Q:
    late = OUTCOMES[Outcome.WAITING] & Q(due_at__lte=now)
    return OUTCOMES[Outcome.EXPIRED] | late


def keyed(question: Question) -> QuerySet[Any]:
    """The hand-offs of the period with `key`, and `label` as people read it."""
    period = question.period
    inside = Q(routed_at__gte=period.start_at, routed_at__lt=period.end_at)
    found = question.handoffs().filter(inside)
    if question.first_only:
        earlier = Handoff.objects.filter(
            inside, lead=OuterRef("lead"), cycle__lt=OuterRef("cycle")
        )
        found = found.exclude(Exists(earlier))
    key, label = splits.key_and_label(question.by)
    return found.annotate(key=key, label=label)


def _row(group: dict[str, Any]) -> Row:
    return Row(
        key=group["key"],
        label=group["label"],
        routed=group["routed"],
        outcomes={outcome: group[outcome.value] for outcome in Outcome},
        silent=group["silent"],
        matured=group["matured"],
        matured_accepted=group["matured_accepted"],
        opportunities=group["opportunities"],
    )


def _total(rows: list[Row]) -> Row:
    return Row(
        key="",
        label="",
        routed=sum(row.routed for row in rows),
        outcomes={
            outcome: sum(row.outcomes[outcome] for row in rows) for outcome in Outcome
        },
        silent=sum(row.silent for row in rows),
        matured=sum(row.matured for row in rows),
        matured_accepted=sum(row.matured_accepted for row in rows),
        opportunities=sum(row.opportunities for row in rows),
    )


def _rejections(question: Question) -> list[Rejections]:
    counts = (
        keyed(question)
        .filter(REJECTED)
        .values_list("reason__category")
        .annotate(count=Count("pk"))
        .order_by("-count", "reason__category")
    )
    found = [(ReasonCategory(category), count) for category, count in counts]
    n = sum(count for _, count in found)
    return [
        Rejections(category, count, wilson(hits=count, n=n))
        for category, count in found
    ]
