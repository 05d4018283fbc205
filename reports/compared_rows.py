"""The rows of the funnel and of acceptance beside those of the period before."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from reports import comparable, comparing
from reports.acceptance import Acceptance
from reports.acceptance import Row as AcceptanceRow
from reports.cohorts import By
from reports.comparing import Difference
from reports.funnel import Funnel
from reports.funnel import Row as FunnelRow


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


AnyRow = TypeVar("AnyRow", bound=_Keyed)
Differences = dict[str, Difference]


def of_funnel(
    row: FunnelRow, was: FunnelRow | None, *, has_window: bool
) -> Differences:
    """Number → its difference, by the names of files.

    What has had less time is not sure: without a window all are watched until now, and
    as long as one of both is provisional more may still come.
    """
    if was is None:
        return {}
    found = {"entered": comparing.counts(row.entered, was.entered)}
    is_young = not has_window or row.is_provisional or was.is_provisional
    for stage, estimate in row.estimates.items():
        name = stage.value
        both = {
            name: comparing.counts(row.reached[stage], was.reached[stage]),
            f"{name}_share": comparing.shares(estimate, was.estimates[stage]),
        }
        found |= {
            name: comparing.unsure(each) if is_young else each
            for name, each in both.items()
        }
    return found


def of_acceptance(row: AcceptanceRow, was: AcceptanceRow | None) -> Differences:
    """Number → its difference, by the names of files.

    What became of hand-offs, and silence, grow with the time since the routing.
    """
    if was is None:
        return {}
    found = {"routed": comparing.counts(row.routed, was.routed)}
    grown = {outcome.value: count for outcome, count in row.outcomes.items()}
    before = {outcome.value: count for outcome, count in was.outcomes.items()}
    grown["silent"], before["silent"] = row.silent, was.silent
    for name, count in grown.items():
        found[name] = comparing.unsure(comparing.counts(count, before[name]))
    rates = was.rates
    for name, rate in row.rates.items():
        told = comparing.shares(rate, rates[name])
        is_young = comparable.figure_grows("acceptance", name)
        found[name] = comparing.unsure(told) if is_young else told
    return found


def funnel_document(report: Funnel, before: Funnel) -> dict[str, Any]:
    """The differences of each row, as the command and the API print them."""
    has_window = report.question.window_days is not None
    return _document(
        (row.key, of_funnel(row, was, has_window=has_window))
        for row, was in funnel_pairs(report, before)
    )


def acceptance_document(report: Acceptance, before: Acceptance) -> dict[str, Any]:
    """The differences of each row, as the command and the API print them."""
    return _document(
        (row.key, of_acceptance(row, was))
        for row, was in acceptance_pairs(report, before)
    )


def _document(found: Iterable[tuple[str, Differences]]) -> dict[str, Any]:
    *rows, total = ({"key": key, **comparing.documents(each)} for key, each in found)
    return {"rows": rows, "total": total}


def funnel_pairs(
    report: Funnel, before: Funnel | None
) -> list[tuple[FunnelRow, FunnelRow | None]]:
    """The rows as people read them, each beside itself in the period before, then the
    total. A month has no counterpart."""
    rows = report.rows_to_read
    if before is None or report.question.by == By.MONTH:
        pairs: list[tuple[FunnelRow, FunnelRow | None]] = [(row, None) for row in rows]
    else:
        pairs = [*_pairs(rows, before.rows_to_read, _empty_funnel_row)]
    return [*pairs, (report.total, before.total if before else None)]


def acceptance_pairs(
    report: Acceptance, before: Acceptance | None
) -> list[tuple[AcceptanceRow, AcceptanceRow | None]]:
    """The rows, each beside itself in the period before, then the total."""
    if before is None:
        return [(row, None) for row in (*report.rows, report.total)]
    pairs = _pairs(report.rows, before.rows, _empty_acceptance_row)
    return [*pairs, (report.total, before.total)]


def _pairs(
    rows: Sequence[AnyRow], before: Sequence[AnyRow], empty: Callable[[AnyRow], AnyRow]
) -> list[tuple[AnyRow, AnyRow]]:
    """What only one of both periods has stands beside nothing."""
    was = {row.key: row for row in before}
    now = {row.key for row in rows}
    gone = [(empty(row), row) for row in before if row.key not in now]
    return [*((row, was.get(row.key) or empty(row)) for row in rows), *gone]


def _empty_funnel_row(row: FunnelRow) -> FunnelRow:
    return FunnelRow(key=row.key, reached=dict.fromkeys(row.reached, 0))


def _empty_acceptance_row(row: AcceptanceRow) -> AcceptanceRow:
    return replace(
        row,
        routed=0,
        outcomes=dict.fromkeys(row.outcomes, 0),
        silent=0,
        matured=0,
        matured_accepted=0,
        opportunities=0,
    )
