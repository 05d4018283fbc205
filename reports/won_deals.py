"""Won deals with what marketing did before: the facts that revenue is counted of."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import OuterRef, Q, QuerySet, Subquery, TextChoices
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


class Channel(TextChoices):
    """What the rows of attributed revenue stand for."""

    CAMPAIGN = "campaign", gettext_lazy("Campaign of the touch")
    KIND = "kind", gettext_lazy("Kind of touch")
    SOURCE = "source", gettext_lazy("Source of the lead")


class Touch(NamedTuple):
    """One thing that the lead did with what marketing offers."""

    at: datetime
    channel: str


@dataclass
class Won:
    """One won deal; `touches` are those before its end, oldest first.

    Of the split by source they are at most the first.
    """

    lead_id: int
    name: str
    cents: int
    opened_at: datetime
    won_at: datetime
    is_contributed: bool
    qualified_at: datetime | None
    first_at: datetime | None
    touches: list[Touch] = field(default_factory=list)

    @cached_property
    def earning(self) -> list[Touch]:
        """Those before the deal was opened."""
        return [touch for touch in self.touches if touch.at <= self.opened_at]

    @cached_property
    def journey(self) -> Journey:
        qualified_at = self.qualified_at
        return Journey(
            touched_at=[touch.at.timestamp() for touch in self.earning],
            opened_at=self.opened_at.timestamp(),
            qualified_at=qualified_at.timestamp() if qualified_at else None,
        )

    @property
    def is_sourced(self) -> bool:
        """Whether all began with a touch of marketing's, before the deal."""
        earning = self.earning
        return bool(earning) and earning[0].at == self.first_at

    @property
    def is_influenced(self) -> bool:
        return bool(self.touches)


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
        Won(lead_id, name, cents(amount, rate), opened_at, won_at, *told)
        for lead_id, name, amount, rate, opened_at, won_at, *told in rows.values_list(
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
    by_lead = _touches(deals, by)
    for won in found:
        touches = by_lead.get(won.lead_id, [])
        won.touches = [touch for touch in touches if touch.at <= won.won_at]
    return found


def _earliest(rows: QuerySet[Any], column: str) -> Subquery:
    """The first instant among those rows that are of the lead."""
    of_lead = rows.filter(lead=OuterRef("lead")).order_by(column)
    return Subquery(of_lead.values(column)[:1])


def _touches(deals: QuerySet[Deal], by: Channel) -> dict[int, list[Touch]]:
    """Lead → what it did, oldest first, in one query.

    A lead has one source: whichever touches earn the deal, that source does. So of
    these only the first is read, which tells whether there was any, and when.
    """
    made = Activity.objects.filter(~Q(kind__in=NOT_TOUCHES), is_machine=False)
    if by == Channel.SOURCE:
        first_at = _earliest(made, "occurred_at")
        firsts = deals.order_by().annotate(touched_at=first_at)
        told = firsts.values_list("lead", "touched_at", "lead__source")
        return {lead: [_touch(at, source)] for lead, at, source in told if at}
    column = {Channel.CAMPAIGN: "campaign__name", Channel.KIND: "kind"}[by]
    ordered = made.filter(lead__in=deals.order_by().values("lead"))
    ordered = ordered.order_by("occurred_at", "pk")
    found: defaultdict[int, list[Touch]] = defaultdict(list)
    for lead, at, channel in ordered.values_list("lead", "occurred_at", column):
        found[lead].append(_touch(at, channel))
    return found


def _touch(at: datetime, channel: str | None) -> Touch:
    return Touch(at, (channel or "").strip() or EMPTY_KEY)


def attributed(found: Iterable[Won], model: Model) -> Counter[str]:
    """Channel → cents; the sum is that of the deals, to the cent."""
    sums: Counter[str] = Counter()
    for won in found:
        channels = {touch.channel for touch in won.earning} or {EMPTY_KEY}
        if len(channels) == 1:
            # By every model the deal is all its own.
            sums[channels.pop()] += won.cents
            continue
        by_channel: defaultdict[str, float] = defaultdict(float)
        earned = weights(model, won.journey)
        for touch, weight in zip(won.earning, earned, strict=True):
            by_channel[touch.channel] += weight
        sums.update(shares(total=won.cents, weights=by_channel))
    return sums
