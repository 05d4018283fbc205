"""Won deals with what marketing did before: the facts that revenue is counted of."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, TextChoices
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from handoff.choices import HandoffStatus
from handoff.models import Deal
from leads.choices import OUTBOUND_KINDS, ActivityKind, Stage
from leads.instants import Microseconds
from leads.models import Activity, StageChange
from reports.attribution import Journey, Model, shares, weights
from reports.keys import EMPTY_KEY
from reports.money import cents
from reports.periods import Period
from reports.scope import Scope

NOT_TOUCHES = (
    *OUTBOUND_KINDS,
    ActivityKind.EMAIL_BOUNCED,
    ActivityKind.UNSUBSCRIBED,
)
SECOND = 1_000_000  # microseconds
TOUCHES = [kind for kind in ActivityKind if kind not in NOT_TOUCHES]


class Channel(TextChoices):
    """What the rows of attributed revenue stand for."""

    CAMPAIGN = "campaign", gettext_lazy("Campaign of the touch")
    KIND = "kind", gettext_lazy("Kind of touch")
    SOURCE = "source", gettext_lazy("Source of the lead")


@dataclass
class Won:
    """One won deal, and when the lead touched which channel before its end.

    A touch is what the lead did with what marketing offers; oldest first. Of the split
    by source it is at most the first. Beside the two days of the deal instants are in
    microseconds since 1970: of very many that is read much faster.
    """

    deal_id: int
    lead_id: int
    name: str
    cents: int
    opened_at: datetime
    won_at: datetime
    is_contributed: bool
    opened: int
    qualified: int | None
    first: int | None
    touched: list[int] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)

    @cached_property
    def earning(self) -> list[str]:
        """The channels of the touches before the deal was opened."""
        return self.channels[: bisect_right(self.touched, self.opened)]

    @property
    def journey(self) -> Journey:
        channels = self.earning
        return Journey(
            channels=channels,
            touched_at=[at / SECOND for at in self.touched[: len(channels)]],
            qualified_at=None if self.qualified is None else self.qualified / SECOND,
        )

    @property
    def is_sourced(self) -> bool:
        """Whether all began with a touch of marketing's, before the deal."""
        return bool(self.earning) and self.touched[0] == self.first

    @property
    def is_influenced(self) -> bool:
        return bool(self.channels)


def won_deals(*, scope: Scope, period: Period, by: Channel) -> list[Won]:
    """The deals won in the period with their touches, latest first: two queries."""
    deals = scope.narrowed(Deal.objects.all()).filter(
        won_at__gte=period.start_at, won_at__lt=period.end_at
    )
    entered = StageChange.objects.filter(to_stage=Stage.SQL, is_undone=False)
    rows = deals.order_by("-won_at", "-pk").annotate(
        opened=Microseconds("opened_at"),
        qualified=Microseconds(_earliest(entered, "at")),
        first=Microseconds(_earliest(Activity.objects.all(), "occurred_at")),
    )
    found = [
        Won(deal_id, lead_id, name, cents(amount, rate), *told)
        for deal_id, lead_id, name, amount, rate, *told in rows.values_list(
            "pk",
            "lead",
            "name",
            "amount",
            "close_rate",
            "opened_at",
            "won_at",
            Coalesce(Q(handoff__status=HandoffStatus.ACCEPTED), False),
            "opened",
            "qualified",
            "first",
        )
    ]
    by_id = {won.deal_id: won for won in found}
    for deal_id, at, channel in _touches(deals, by):
        won = by_id[deal_id]
        won.touched.append(at)
        won.channels.append((channel or "").strip() or EMPTY_KEY)
    return found


def _earliest(rows: QuerySet[Any], column: str) -> Subquery:
    """The first instant among those rows that are of the lead."""
    of_lead = rows.filter(lead=OuterRef("lead")).order_by(column)
    return Subquery(of_lead.values(column)[:1])


def _touches(
    deals: QuerySet[Deal], by: Channel
) -> Iterable[tuple[int, int, str | None]]:
    """Deal, instant and channel of what its lead did until it was won, oldest first.

    A lead has one source: whichever touches earn the deal, that source does. So of
    these only the first is read, which tells whether there was any, and when.
    """
    if by == Channel.SOURCE:
        until = Activity.objects.filter(
            kind__in=TOUCHES, is_machine=False, occurred_at__lte=OuterRef("won_at")
        )
        first = Microseconds(_earliest(until, "occurred_at"))
        told = deals.order_by().annotate(touched=first)
        return told.filter(touched__isnull=False).values_list(
            "pk", "touched", "lead__source"
        )
    column = {Channel.CAMPAIGN: "campaign__name", Channel.KIND: "kind"}[by]
    made = deals.filter(
        lead__activities__kind__in=TOUCHES,
        lead__activities__is_machine=False,
        lead__activities__occurred_at__lte=F("won_at"),
    )
    made = made.order_by("lead__activities__occurred_at", "lead__activities__pk")
    touched = Microseconds("lead__activities__occurred_at")
    return made.values_list("pk", touched, f"lead__activities__{column}")


def attributed(found: Iterable[Won]) -> dict[Model, Counter[str]]:
    """Model → channel → cents; the sum of each is that of the deals, to the cent."""
    sums: dict[Model, Counter[str]] = {model: Counter() for model in Model}
    for won in found:
        journey = won.journey
        is_of_one = len(journey.counts) < 2
        channel = journey.channels[0] if journey.channels else EMPTY_KEY
        for model, of_model in sums.items():
            if is_of_one:
                of_model[channel] += won.cents
                continue
            earned = shares(total=won.cents, weights=weights(model, journey))
            for channel, amount in earned.items():
                of_model[channel] += amount
    return sums
