"""What won deals brought in, and what marketing had to do with it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.choices import ActivityKind
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
from reports.attribution import Model
from reports.charts import bars
from reports.periods import Period
from reports.scope import Scope
from reports.won_deals import Channel, Won, attributed, won_deals
from reports.words import key_label, money

MODEL_LABELS = {
    Model.FIRST: gettext_lazy("First touch"),
    Model.LAST: gettext_lazy("Last touch"),
    Model.LINEAR: gettext_lazy("Linear"),
    Model.U: gettext_lazy("U-shaped"),
    Model.W: gettext_lazy("W-shaped"),
    Model.DECAY: gettext_lazy("Time decay"),
}


@dataclass(frozen=True)
class Question(Scope):
    """Deals won in `period`, shared out among the channels of their touches."""

    period: Period
    by: Channel = Channel.SOURCE


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
# By what the models differ.
_COMPARING = [
    (channel.label, {"by": channel.value})
    for channel in (Channel.KIND, Channel.CAMPAIGN)
]
INFLUENCED = (
    Column("deals", gettext_lazy("Influenced deals"), opens=True),
    Column("amount", gettext_lazy("Their revenue"), Kind.MONEY),
)


def answer(*, question: Question, now: datetime) -> Answer:
    """The parts of revenue, the six models and what is expected."""
    found = _won(question)
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
            return cell.key in won.channels

    else:
        raise NoSuchNumberError
    rows = [
        Record(won.lead_id, (won.name, won.opened_at, won.won_at, won.cents))
        for won in _won(question)
        if is_meant(won)
    ]
    columns = (
        Column("deal", _("Deal"), Kind.TEXT),
        Column("opened_at", _("Opened"), Kind.INSTANT),
        Column("won_at", _("Won"), Kind.INSTANT),
        Column("amount", _("Amount"), Kind.MONEY),
    )
    return Records(title, columns, rows)


def _won(question: Question) -> list[Won]:
    return won_deals(scope=question, period=question.period, by=question.by)


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
    by_model = attributed(found)
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
    note = _("Every column sums to all won revenue. “none” had no touch or no name.")
    is_alike = bool(rows) and question.by == Channel.SOURCE
    if is_alike:
        note += " " + _(
            "A lead has one source, so every model gives it the whole deal: compare the"
            " models by the kind of touch, or by campaign."
        )
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
        note=note,
        definition="attributed-revenue",
        instead=_COMPARING if is_alike else (),
    )


def _influenced(found: Sequence[Won], question: Question) -> Section:
    deals: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    for won in found:
        for channel in set(won.channels):
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
    if not values["revenue"]["deals"]:
        return _("No deal was won in the period.")
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
