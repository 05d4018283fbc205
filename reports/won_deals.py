"""Won deals with what marketing did before: the facts that revenue is counted of."""

from bisect import bisect_right
from collections import Counter, defaultdict
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
    by source it is at most the first.
    """

    deal_id: int
    lead_id: int
    name: str
    cents: int
    opened_at: datetime
    won_at: datetime
    is_contributed: bool
    qualified_at: datetime | None
    first_at: datetime | None
    touched_at: list[datetime] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)

    @cached_property
    def earning(self) -> list[str]:
        """The channels of the touches before the deal was opened."""
        return self.channels[: bisect_right(self.touched_at, self.opened_at)]

    @cached_property
    def journey(self) -> Journey:
        qualified_at = self.qualified_at
        return Journey(
            touched_at=[at.timestamp() for at in self.touched_at[: len(self.earning)]],
            opened_at=self.opened_at.timestamp(),
            qualified_at=qualified_at.timestamp() if qualified_at else None,
        )

    @property
    def is_sourced(self) -> bool:
        """Whether all began with a touch of marketing's, before the deal."""
        return bool(self.earning) and self.touched_at[0] == self.first_at

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
        first_at=_earliest(Activity.objects.all(), "occurred_at"),
        qualified_at=_earliest(entered, "at"),
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
            "qualified_at",
            "first_at",
        )
    ]
    by_id = {won.deal_id: won for won in found}
    for deal_id, at, channel in _touches(deals, by):
        won = by_id[deal_id]
        won.touched_at.append(at)
        won.channels.append((channel or "").strip() or EMPTY_KEY)
    return found


def _earliest(rows: QuerySet[Any], column: str) -> Subquery:
    """The first instant among those rows that are of the lead."""
    of_lead = rows.filter(lead=OuterRef("lead")).order_by(column)
    return Subquery(of_lead.values(column)[:1])


def _touches(
    deals: QuerySet[Deal], by: Channel
) -> Iterable[tuple[int, datetime, str | None]]:
    """Deal, instant and channel of what its lead did until it was won, oldest first.

    A lead has one source: whichever touches earn the deal, that source does. So of
    these only the first is read, which tells whether there was any, and when.
    """
    if by == Channel.SOURCE:
        until = Activity.objects.filter(
            kind__in=TOUCHES, is_machine=False, occurred_at__lte=OuterRef("won_at")
        )
        first_at = _earliest(until, "occurred_at")
        firsts = deals.order_by().annotate(touched_at=first_at)
        told = firsts.exclude(touched_at=None)
        return told.values_list("pk", "touched_at", "lead__source")
    column = {Channel.CAMPAIGN: "campaign__name", Channel.KIND: "kind"}[by]
    made = deals.filter(
        lead__activities__kind__in=TOUCHES,
        lead__activities__is_machine=False,
        lead__activities__occurred_at__lte=F("won_at"),
    )
    made = made.order_by("lead__activities__occurred_at", "lead__activities__pk")
    return made.values_list(
        "pk", "lead__activities__occurred_at", f"lead__activities__{column}"
    )


def attributed(found: Iterable[Won]) -> dict[Model, Counter[str]]:
    """Model → channel → cents; the sum of each is that of the deals, to the cent."""
    sums: dict[Model, Counter[str]] = {model: Counter() for model in Model}
    for won in found:
        channels = won.earning or [EMPTY_KEY]
        is_of_one = len(set(channels)) == 1
        for model, of_model in sums.items():
            if is_of_one or model == Model.FIRST:
                of_model[channels[0]] += won.cents
            elif model == Model.LAST:
                of_model[channels[-1]] += won.cents
            else:
                for channel, amount in _shared_out(won, model).items():
                    of_model[channel] += amount
    return sums


def _shared_out(won: Won, model: Model) -> dict[str, int]:
    """Channel → cents of this deal."""
    earned: defaultdict[str, float] = defaultdict(float)
    for channel, weight in zip(won.earning, weights(model, won.journey), strict=True):
        earned[channel] += weight
    return shares(total=won.cents, weights=earned)
