"""How long it took from MQL to a won deal: by key, and by month of contact."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.answers import (
    Amount,
    Cell,
    Column,
    Kind,
    Record,
    Records,
    Row,
    Section,
    check_opens,
)
from reports.charts import bars
from reports.estimates import quantiles
from reports.splits import Split
from reports.words import channel_label, key_label

if TYPE_CHECKING:
    from reports.sources import Sale

BY_KEY, BY_MONTH = "mql_to_won", "mql_to_won_months"
COLUMNS = (
    Column("deals", gettext_lazy("Won deals"), opens=True),
    Column("median", gettext_lazy("Median"), Kind.TIME),
    Column("p90", gettext_lazy("90 % within"), Kind.TIME),
)


@dataclass(frozen=True)
class Way:
    """The way of one lead from its first entry into MQL to a won deal."""

    lead_id: int
    key: str
    deal: str
    mql_at: datetime
    won_at: datetime

    @property
    def seconds(self) -> int:
        """0 where an import dated the deal before the entry."""
        return max(0, int((self.won_at - self.mql_at).total_seconds()))

    @property
    def month(self) -> str:
        zone = timezone.get_default_timezone()
        return f"{self.mql_at.astimezone(zone):%Y-%m}"


def sections(by: Split, sales: Sequence["Sale"]) -> list[Section]:
    """A row a key, and a row a month in which the leads became MQLs."""
    found = ways(sales)
    if not found:
        return []
    is_channel = by == Split.CHANNEL
    by_key = _rows(
        found, lambda way: way.key, channel_label if is_channel else key_label
    )
    by_key.sort(key=lambda row: (-_count(row), row.key))
    by_month = _rows(found, lambda way: way.month, _month_label)
    return [
        _section(BY_KEY, _("From MQL to won"), str(by.label), by_key, found),
        _section(
            BY_MONTH,
            _("From MQL to won, by month of contact"),
            _("Became MQLs in"),
            by_month,
            found,
        ),
    ]


def records(sales: Sequence["Sale"], cell: Cell) -> Records:
    """The deals behind one number, latest first."""
    check_opens(cell, COLUMNS)
    rows = [
        Record(way.lead_id, (way.deal, way.mql_at, way.won_at, way.seconds))
        for way in ways(sales)
        if cell.key in ("", way.month if cell.section == BY_MONTH else way.key)
    ]
    columns = (
        Column("deal", _("Deal"), Kind.TEXT),
        Column("mql_at", _("Became MQL"), Kind.INSTANT),
        Column("won_at", _("Won"), Kind.INSTANT),
        Column("seconds", _("Took"), Kind.TIME),
    )
    return Records(_("Won deals"), columns, rows)


def ways(sales: Sequence["Sale"]) -> list[Way]:
    """Those of the deals won in the period whose leads ever were MQLs."""
    return [
        Way(sale.lead_id, sale.key, sale.name, sale.mql_at, sale.won_at)
        for sale in sales
        if sale.mql_at is not None
    ]


def _rows(
    found: Sequence[Way], key_of: Callable[[Way], str], label: Callable[[str], str]
) -> list[Row]:
    by_key: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for way in found:
        by_key[key_of(way)][way.seconds] += 1
    return [Row(key, label(key), _values(by_key[key])) for key in sorted(by_key)]


def _values(times: Counter[int]) -> dict[str, Amount]:
    median, p90 = quantiles(counts=times, shares=(0.5, 0.9))
    return {"deals": times.total(), "median": median, "p90": p90}


def _count(row: Row) -> int:
    count = row.values["deals"]
    return count if isinstance(count, int) else 0


def _month_label(key: str) -> str:
    year, month = key.split("-")
    first = datetime(int(year), int(month), 1)  # noqa: DTZ001 - a month, no instant
    return str(date_format(first, "M Y"))


def _section(
    name: str, title: str, first: str, rows: list[Row], found: Sequence[Way]
) -> Section:
    everything = Counter(way.seconds for way in found)
    return Section(
        name=name,
        title=title,
        first=first,
        columns=COLUMNS,
        rows=rows,
        total=Row("", _("Total"), {**_values(everything)}),
        chart=bars(
            title=_("Median from MQL to won"),
            rows=[(row.label, row.values["median"]) for row in rows],
            kind=Kind.TIME,
        ),
        note=_("Deals won in the period. Leads still under way are not among them."),
        definition="mql-to-won",
    )
