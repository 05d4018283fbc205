"""What won deals brought in, and what marketing had to do with it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Min, OuterRef, Q, Subquery, TextChoices
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.choices import HandoffStatus
from handoff.models import Deal
from leads.choices import OUTBOUND_KINDS, ActivityKind, Stage
from leads.models import Activity, StageChange
from reports import expected
from reports.answers import (
    Amount,
    Answer,
    Cell,
    Column,
    Figure,
    Kind,
    NoSuchNumberError,
    Record,
    Records,
    Row,
    Section,
    check_opens,
)
from reports.attribution import Journey, Model, shares, weights
from reports.charts import bars
from reports.keys import EMPTY_KEY
from reports.money import cents
from reports.periods import Period
from reports.scope import Scope
from reports.words import key_label, money

NOT_TOUCHES = (
    *OUTBOUND_KINDS,
    ActivityKind.EMAIL_BOUNCED,
    ActivityKind.UNSUBSCRIBED,
)
MODEL_LABELS = {
    Model.FIRST: gettext_lazy("First touch"),
    Model.LAST: gettext_lazy("Last touch"),
    Model.LINEAR: gettext_lazy("Linear"),
    Model.U: gettext_lazy("U-shaped"),
    Model.W: gettext_lazy("W-shaped"),
    Model.DECAY: gettext_lazy("Time decay"),
}


class Channel(TextChoices):
    """What the rows of attributed revenue stand for."""

    CAMPAIGN = "campaign", gettext_lazy("Campaign of the touch")
    KIND = "kind", gettext_lazy("Kind of touch")
    SOURCE = "source", gettext_lazy("Source of the lead")


@dataclass(frozen=True)
class Question(Scope):
    """Deals won in `period`, shared out among the channels of their touches."""

    period: Period
    by: Channel = Channel.SOURCE


class Touch(NamedTuple):
    """One thing that the lead did with what marketing offers."""

    at: datetime
    channel: str


@dataclass
class Won:
    """One won deal; `touches` are those before its end, oldest first."""

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


WHICH: dict[str, Callable[[Won], bool]] = {
    "revenue": lambda won: True,
    "sourced": lambda won: won.is_sourced,
    "contributed": lambda won: won.is_contributed,
    "influenced": lambda won: won.is_influenced,
}
TITLES = {
    "revenue": gettext_lazy("Won revenue"),
    "sourced": gettext_lazy("Marketing sourced"),
    "contributed": gettext_lazy("From accepted SQLs"),
    "influenced": gettext_lazy("Influenced by marketing"),
}
PARTS = (
    Column("deals", gettext_lazy("Won deals"), opens=True),
    Column("amount", gettext_lazy("Revenue"), Kind.MONEY),
    Column("share", gettext_lazy("Of all revenue"), Kind.SHARE),
)
ATTRIBUTED = tuple(
    Column(model.value, label, Kind.MONEY, definition="attributed-revenue")
    for model, label in MODEL_LABELS.items()
)
INFLUENCED = (
    Column("deals", gettext_lazy("Influenced deals"), opens=True),
    Column("amount", gettext_lazy("Their revenue"), Kind.MONEY),
)


def answer(*, question: Question, now: datetime) -> Answer:
    """The parts of revenue, the six models and what is expected."""
    found = won_deals(question)
    total = sum(won.cents for won in found)
    parts = _parts(found, total)
    awaited = expected.section(scope=question, now=now)
    return Answer(
        figures=[
            *(
                Figure(
                    row.key,
                    row.label,
                    Kind.MONEY,
                    row.values["amount"],
                    int(row.values["deals"]),  # type: ignore[arg-type]
                    _DEFINED[row.key],
                    opens=row.key,
                )
                for row in parts.rows
            ),
            expected.figure(awaited),
        ],
        sections=[
            parts,
            _attributed(found, question),
            _influenced(found, question),
            awaited,
        ],
        sentences=[_sentence(parts)],
        is_empty=not found and not awaited.rows,
    )


_DEFINED = {
    "revenue": "won-revenue",
    "sourced": "sourced-revenue",
    "contributed": "contributed-revenue",
    "influenced": "influenced-revenue",
}


def records(*, question: Question, cell: Cell, now: datetime) -> Records:
    """The deals, or the leads, behind one number."""
    if cell.section == "expected":
        return expected.records(scope=question, cell=cell, now=now)
    if cell.section == "parts":
        check_opens(cell, PARTS)
        if cell.key not in WHICH:
            raise NoSuchNumberError
        is_meant, title = WHICH[cell.key], TITLES[cell.key]
    elif cell.section == "influenced":
        check_opens(cell, INFLUENCED)
        title = TITLES["influenced"]

        def is_meant(won: Won) -> bool:
            return any(touch.channel == cell.key for touch in won.touches)

    else:
        raise NoSuchNumberError
    rows = [
        Record(won.lead_id, (won.name, won.opened_at, won.won_at, won.cents))
        for won in won_deals(question)
        if is_meant(won)
    ]
    columns = (
        Column("deal", _("Deal"), Kind.TEXT),
        Column("opened_at", _("Opened"), Kind.INSTANT),
        Column("won_at", _("Won"), Kind.INSTANT),
        Column("amount", _("Amount"), Kind.MONEY),
    )
    return Records(title, columns, rows)


def won_deals(question: Question) -> list[Won]:
    """The deals won in the period with their touches, latest first: two queries."""
    period = question.period
    deals = question.narrowed(Deal.objects.all()).filter(
        won_at__gte=period.start_at, won_at__lt=period.end_at
    )
    first = _earliest(Activity.objects.filter(lead=OuterRef("lead")), "occurred_at")
    entered = StageChange.objects.filter(
        lead=OuterRef("lead"), to_stage=Stage.SQL, is_undone=False
    )
    rows = deals.order_by("-won_at", "-pk").annotate(
        first_at=first, qualified_at=_earliest(entered, "at")
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
    by_lead = _touches(deals, question.by)
    for won in found:
        touches = by_lead.get(won.lead_id, [])
        won.touches = [touch for touch in touches if touch.at <= won.won_at]
    return found


def _earliest(rows: Any, column: str) -> Subquery:
    grouped = rows.order_by().values("lead").annotate(first=Min(column))
    return Subquery(grouped.values("first"))


def _touches(deals: Any, by: Channel) -> dict[int, list[Touch]]:
    column = {
        Channel.CAMPAIGN: "campaign__name",
        Channel.KIND: "kind",
        Channel.SOURCE: "lead__source",
    }[by]
    rows = (
        Activity.objects.filter(
            ~Q(kind__in=NOT_TOUCHES),
            lead__in=deals.order_by().values("lead"),
            is_machine=False,
        )
        .order_by("occurred_at", "pk")
        .values_list("lead", "occurred_at", column)
    )
    found: defaultdict[int, list[Touch]] = defaultdict(list)
    for lead_id, at, channel in rows:
        found[lead_id].append(Touch(at, (channel or "").strip() or EMPTY_KEY))
    return found


def _parts(found: Sequence[Won], total: int) -> Section:
    rows = []
    for key, is_meant in WHICH.items():
        meant = [won for won in found if is_meant(won)]
        amount = sum(won.cents for won in meant)
        values: dict[str, Amount] = {
            "deals": len(meant),
            "amount": amount,
            "share": amount / total if total else None,
        }
        rows.append(Row(key, TITLES[key], values))
    return Section(
        name="parts",
        title=_("Revenue of the period"),
        first=_("Revenue"),
        columns=PARTS,
        rows=rows,
        chart=bars(
            title=_("Revenue of the period"),
            rows=[(row.label, row.values["amount"]) for row in rows],
            kind=Kind.MONEY,
        ),
        note=_("These overlap: a deal can be sourced, contributed and influenced."),
        definition="won-revenue",
    )


def _attributed(found: Sequence[Won], question: Question) -> Section:
    by_model = {model: attributed(found, model) for model in Model}
    channels = {channel for sums in by_model.values() for channel in sums}
    linear = by_model[Model.LINEAR]
    ordered = sorted(channels, key=lambda key: (-linear.get(key, 0), key))
    rows = [
        Row(
            channel,
            channel_label(channel, question.by),
            {model.value: by_model[model].get(channel, 0) for model in Model},
        )
        for channel in ordered
    ]
    totals: dict[str, Amount] = {
        model.value: sum(sums.values()) for model, sums in by_model.items()
    }
    return Section(
        name="attributed",
        title=_("Revenue by model of attribution"),
        first=question.by.label,
        columns=ATTRIBUTED,
        rows=rows,
        total=Row("", _("Total"), totals),
        chart=bars(
            title=_("Linear model"),
            rows=[(row.label, row.values[Model.LINEAR.value]) for row in rows],
            kind=Kind.MONEY,
        ),
        note=_("Every column sums to all won revenue. “none” had no touch or no name."),
        definition="attributed-revenue",
    )


def attributed(found: Iterable[Won], model: Model) -> Counter[str]:
    """Channel → cents; the sum is that of the deals, to the cent."""
    sums: Counter[str] = Counter()
    for won in found:
        by_channel: defaultdict[str, float] = defaultdict(float)
        earned = weights(model, won.journey)
        for touch, weight in zip(won.earning, earned, strict=True):
            by_channel[touch.channel] += weight
        sums.update(shares(total=won.cents, weights=by_channel or {EMPTY_KEY: 1.0}))
    return sums


def _influenced(found: Sequence[Won], question: Question) -> Section:
    deals: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    for won in found:
        for channel in {touch.channel for touch in won.touches}:
            deals[channel] += 1
            amounts[channel] += won.cents
    ordered = sorted(deals, key=lambda key: (-amounts[key], key))
    rows = [
        Row(
            key,
            channel_label(key, question.by),
            {"deals": deals[key], "amount": amounts[key]},
        )
        for key in ordered
    ]
    return Section(
        name="influenced",
        title=_("Influenced revenue, which must not be added up"),
        first=question.by.label,
        columns=INFLUENCED,
        rows=rows,
        note=_(
            "A deal counts whole in each channel that touched its lead before it was"
            " won. So there is no total."
        ),
        definition="influenced-revenue",
    )


def channel_label(channel: str, by: Channel) -> str:
    if by == Channel.KIND and channel in ActivityKind.values:
        return str(ActivityKind(channel).label)
    return key_label(channel)


def _sentence(parts: Section) -> str:
    values = {row.key: row.values for row in parts.rows}
    text = _(
        "{deals} deals brought {revenue}; {contributed} of it came from accepted SQLs"
        " and {sourced} began with marketing."
    )
    return text.format(
        deals=values["revenue"]["deals"],
        revenue=money(int(values["revenue"]["amount"])),  # type: ignore[arg-type]
        contributed=money(int(values["contributed"]["amount"])),  # type: ignore[arg-type]
        sourced=money(int(values["sourced"]["amount"])),  # type: ignore[arg-type]
    )
