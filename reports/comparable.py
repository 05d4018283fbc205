"""Which numbers of a report can stand beside those of the period before, and how."""

from reports.answers import Row
from reports.estimates import Estimate

# Report → tables that can be compared → columns that cannot, since they tell of now,
# whatever the period. Left out are tables of months, which have no counterpart, and the
# speed of deals: its cohort ends 90 days ago, so that of the younger period is shorter.
COMPARED: dict[str, dict[str, frozenset[str]]] = {
    "funnel": {"stages": frozenset()},
    "throughput": {"ratios": frozenset()},
    "acceptance": {
        "outcomes": frozenset(),
        "reasons": frozenset({"so_far"}),
        "categories": frozenset(),
    },
    "follow-up": {
        "response": frozenset(),
        "prospect": frozenset(),
        "latency": frozenset(),
        "decision": frozenset({"overdue", "ahead"}),
        "follow_up": frozenset({"overdue", "ahead"}),
        "causes": frozenset(),
    },
    "flows": {"flows": frozenset()},
    "velocity": {"stages": frozenset({"open", "age"})},
    "revenue": {
        "parts": frozenset(),
        "attributed": frozenset(),
        "influenced": frozenset(),
    },
    "sources": {"sources": frozenset(), "mql_to_won": frozenset()},
    "health": {"bands": frozenset()},
}
# Report and table → rows that tell of now, whatever the period.
ROWS_OF_NOW = {("acceptance", "outcomes"): frozenset({"waiting"})}
# Report → figures that tell of now, or of fixed days up to now, whatever the period.
FIGURES_OF_NOW: dict[str, frozenset[str]] = {
    "throughput": frozenset({"mql_now", "sql_now"}),
    "follow-up": frozenset({"overdue"}),
    "velocity": frozenset({"velocity"}),
    "revenue": frozenset({"expected"}),
    "health": frozenset({"silent", "negative"}),
    "agreement": frozenset({"owed"}),
}

_WAITS = frozenset({"over", "open"})
_PROMISES = frozenset({"due", "met"})
# Report and table → columns that grow, or shrink, with the time that leads have had.
_GROWING: dict[tuple[str, str], frozenset[str]] = {
    ("funnel", "stages"): frozenset({"count"}),
    ("acceptance", "outcomes"): frozenset({"count"}),
    ("acceptance", "reasons"): frozenset({"rejected"}),
    ("acceptance", "categories"): frozenset({"rejected"}),
    # Who waits in the pool has no wait for a rep's response yet.
    ("follow-up", "response"): _WAITS | {"n"},
    ("follow-up", "prospect"): _WAITS,
    ("follow-up", "latency"): _WAITS,
    ("follow-up", "decision"): _PROMISES,
    ("follow-up", "follow_up"): _PROMISES,
    ("sources", "sources"): frozenset(
        {"mql", "sql", "accepted", "customer", "sql_share", "customer_share"}
    ),
    ("health", "bands"): frozenset(
        {"accepted", "rejected", "opportunity", "won", "win_rate"}
    ),
}
# The same of figures: deals come after acceptances, and silence and misroutes after the
# routing.
_GROWING_FIGURES: dict[str, frozenset[str]] = {
    "acceptance": frozenset({"deal_of_accepted", "silent_rate", "misroute_rate"}),
    "sources": frozenset({"sql_share"}),
}


def grows(report: str, section: str, column: str, rows: tuple[Row | None, ...]) -> bool:
    """Whether the younger of both rows has had less time for this number.

    What reached a stage of the funnel within its window does not grow any more once the
    window of all is over; who entered it never does. Nor do promises of which none is
    ahead any more.
    """
    columns = _GROWING.get((report, section), frozenset())
    if column not in columns:
        return False
    both = [row.values for row in rows if row is not None]
    if columns is _PROMISES:
        return any(values.get("ahead") for values in both)
    if report != "funnel":
        return True
    rates = [values.get("share") for values in both]
    return any(isinstance(rate, Estimate) and rate.is_provisional for rate in rates)


def figure_grows(report: str, name: str) -> bool:
    """The same of a figure on top of a report, and of a rate of acceptance."""
    return name in _GROWING_FIGURES.get(report, ())
