"""How times are spread: how many were how long, beside the median that hides it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.choices import Stage
from reports.answers import Amount, Column, Kind, Row, Section, Text, total_of
from reports.charts import bars, heat
from reports.estimates import wilson
from reports.waits import Waits

MINUTE, HOUR, DAY = 60, 3_600, 86_400
NAME, OPEN, LONGER = "spread", "open", "longer"
# Up to and with so many seconds.
WAITS: dict[str, tuple[int, Text]] = {
    "15min": (15 * MINUTE, gettext_lazy("up to 15 min")),
    "1h": (HOUR, gettext_lazy("up to 1 h")),
    "4h": (4 * HOUR, gettext_lazy("up to 4 h")),
    "8h": (8 * HOUR, gettext_lazy("up to 8 h")),
    "24h": (DAY, gettext_lazy("up to 24 h")),
    "3d": (3 * DAY, gettext_lazy("up to 3 days")),
    "7d": (7 * DAY, gettext_lazy("up to 7 days")),
}
WAITED = (
    Column("response", gettext_lazy("Rep response"), opens=True),
    Column("prospect", gettext_lazy("Prospect wait"), opens=True),
    Column("latency", gettext_lazy("System latency"), opens=True),
)
STAYS: dict[str, tuple[int, Text]] = {
    "1d": (DAY, gettext_lazy("up to 1 day")),
    "7d": (7 * DAY, gettext_lazy("up to 7 days")),
    "14d": (14 * DAY, gettext_lazy("up to 14 days")),
    "30d": (30 * DAY, gettext_lazy("up to 30 days")),
    "60d": (60 * DAY, gettext_lazy("up to 60 days")),
    "90d": (90 * DAY, gettext_lazy("up to 90 days")),
}
TOLD = gettext_lazy("longer")
LABELS: dict[str, Text] = {
    **{key: label for key, (_end, label) in WAITS.items()},
    LONGER: TOLD,
    OPEN: gettext_lazy("no contact, or no rep"),
}


def key_of(seconds: float, limits: Mapping[str, tuple[int, Text]]) -> str:
    """The key of the first limit that the time is not above, or `LONGER`."""
    for key, (end, _label) in limits.items():
        if seconds <= end:
            return key
    return LONGER


def wait_key(seconds: float, *, is_over: bool) -> str:
    """In which row a wait counts; one that nothing ended has a row of its own."""
    return key_of(seconds, WAITS) if is_over else OPEN


def of_waits(waits: Mapping[str, Waits]) -> Section:
    """Measure → its waits, as a row a span of time."""
    limits = {key: end for key, (end, _label) in WAITS.items()}
    counts = {}
    for name, of_measure in waits.items():
        within = of_measure.up_to(limits)
        longer = len(of_measure.over) - sum(within.values())
        counts[name] = within | {LONGER: longer, OPEN: len(of_measure.going)}
    rows = [
        Row(key, label, {name: each[key] for name, each in counts.items()})
        for key, label in LABELS.items()
    ]
    sums: dict[str, Amount] = {name: total_of(rows, name) for name in counts}
    return Section(
        name=NAME,
        title=_("How the waits are spread"),
        first=_("Waited"),
        columns=WAITED,
        rows=rows,
        total=Row("", _("Total"), sums),
        chart=bars(
            title=_("Rep response, hand-offs"),
            rows=[(row.label, row.values["response"]) for row in rows],
            kind=Kind.COUNT,
        ),
        note=_("Drawn is the rep response, in working time."),
        definition="spread",
    )


def of_stays(
    left: Mapping[Stage, Mapping[int, int]], stages: Sequence[Stage]
) -> Section:
    """Stage → seconds of a stay → how many, as shares of the stays of each stage."""
    columns = [
        *(Column(key, label, Kind.SHARE) for key, (_end, label) in STAYS.items()),
        Column(LONGER, TOLD, Kind.SHARE),
    ]
    rows = []
    for stage in stages:
        counts: Counter[str] = Counter()
        for seconds, count in left.get(stage, {}).items():
            counts[key_of(seconds, STAYS)] += count
        n = sum(counts.values())
        values = {each.name: wilson(hits=counts[each.name], n=n) for each in columns}
        rows.append(Row(stage.value, stage.label, {**values}))
    title = _("How the stays are spread")
    return Section(
        name=NAME,
        title=title,
        first=_("Stage"),
        columns=columns,
        rows=rows,
        chart=heat(title=title, rows=rows, columns=columns),
        note=_("Of the stays of each stage that ended in the period."),
        definition="spread",
    )
