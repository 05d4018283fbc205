"""Deals by stage, and how much money they are."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Sum

from handoff.choices import DealStage
from handoff.models import Deal
from handoff.querysets import DealQuerySet

CARDS = 15


@dataclass(frozen=True)
class Money:
    """The sum of some deals in one currency; `count` of them, amount known or not."""

    currency: str
    amount: Decimal
    count: int


@dataclass(frozen=True)
class Lane:
    """One stage of the board: its sums, and the deals expected soonest."""

    stage: DealStage
    sums: list[Money]
    deals: list[Deal]

    @property
    def count(self) -> int:
        return sum(money.count for money in self.sums)

    @property
    def left_out(self) -> int:
        """How many more there are than the cards shown."""
        return self.count - len(self.deals)


def sums(*, deals: DealQuerySet) -> list[Money]:
    """What the deals are worth, one line a currency, the largest count first."""
    by_currency = deals.order_by().values("currency")
    lines = by_currency.annotate(total=Sum("amount"), count=Count("pk"))
    return [
        Money(line["currency"], line["total"] or Decimal(0), line["count"])
        for line in lines.order_by("-count", "currency")
    ]


def board(*, deals: DealQuerySet) -> list[Lane]:
    """The open ones of these deals by stage, in two queries a stage.

    A lane shows those expected to close first, then those without a date.
    """
    lanes = []
    for stage in DealStage:
        in_stage = deals.open().filter(stage=stage)
        soonest = F("expected_close_on").asc(nulls_last=True)
        cards = in_stage.with_names().order_by(soonest, "pk")[:CARDS]
        lanes.append(Lane(stage, sums(deals=in_stage), list(cards)))
    return lanes
