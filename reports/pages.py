"""Reports as their pages show them: each number with the address of its rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from reports import acceptance, cohorts, compared_rows, funnel, words
from reports.answers import Kind
from reports.comparing import Difference
from reports.estimates import Estimate

Query = Mapping[str, str]
MONTH_KEY = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Number:
    """A count that opens what it counts; a rate beside it where there is one."""

    name: str
    label: str
    count: int
    address: str
    estimate: Estimate | None = None
    before: str = ""
    # Of the rate where there is one, else of the count.
    difference: Difference | None = None


@dataclass(frozen=True)
class FunnelRow:
    """One row of the funnel's table, or its total."""

    label: str
    entered: Number
    reached: list[Number]
    matured_percent: int
    is_provisional: bool


@dataclass(frozen=True)
class AcceptanceRow:
    """One row of the acceptance table, or its total."""

    label: str
    routed: Number
    outcomes: list[Number]
    silent: Number
    of_decided: Estimate
    of_all: Estimate
    misroute_rate: Estimate
    deal_of_accepted: Estimate
    # Rate → what it differs by from that of the period before.
    differences: Mapping[str, Difference | None]

    @property
    def addresses(self) -> dict[str, str]:
        """Number → where its hand-offs are listed; empty where there are none."""
        numbers = [self.routed, self.silent, *self.outcomes]
        return {each.name: each.address if each.count else "" for each in numbers}


def funnel_rows(
    report: funnel.Funnel, *, query: Query, before: funnel.Funnel | None = None
) -> list[FunnelRow]:
    """The rows in the order in which people read them; those that only the period
    before had stand last."""
    by, has_window = report.question.by, report.question.window_days is not None
    names = {**(before.names if before else {}), **report.names}
    return [
        _funnel_row(
            row,
            key_label(row.key, by=by, names=names),
            query,
            was,
            has_window=has_window,
        )
        for row, was in compared_rows.funnel_pairs(report, before)[:-1]
    ]


def funnel_total(
    report: funnel.Funnel, *, query: Query, before: funnel.Funnel | None = None
) -> FunnelRow:
    """The total, with the counts of the period before where they are given."""
    was_total = before.total if before else None
    has_window = report.question.window_days is not None
    made = _funnel_row(
        report.total, _("Total"), query, was_total, has_window=has_window
    )
    if before is None:
        return made
    was = _funnel_row(before.total, "", query)
    pairs = zip(made.reached, was.reached, strict=True)
    return replace(
        made,
        entered=replace(made.entered, before=_before(was.entered)),
        reached=[replace(now, before=_before(then)) for now, then in pairs],
    )


def _before(was: Number) -> str:
    told = str(was.count)
    if was.estimate is not None and was.estimate.is_shown:
        told = f"{was.count} · {words.shown(was.estimate, Kind.SHARE)}"
    return _("{value} in the period before").format(value=told)


def acceptance_before(before: acceptance.Acceptance | None) -> dict[str, str]:
    """Figure → what it was in the period before, in words; empty without it."""
    total = acceptance_total(before, query={}) if before else None
    names = ("of_decided", "of_all", "deal_of_accepted", "misroute_rate")
    if total is None:
        return dict.fromkeys(("routed", "silent", *names), "")
    text = _("{value} in the period before")
    told = {name: words.shown(getattr(total, name), Kind.SHARE) for name in names}
    told["silent"] = words.shown(total.silent.estimate, Kind.SHARE)
    told["routed"] = str(total.routed.count)
    return {name: text.format(value=value) for name, value in told.items()}


def _funnel_row(
    row: funnel.Row,
    label: str,
    query: Query,
    was: funnel.Row | None = None,
    *,
    has_window: bool = True,
) -> FunnelRow:
    view = "reports:funnel-leads"
    estimates = row.estimates
    differences = compared_rows.of_funnel(row, was, has_window=has_window)
    return FunnelRow(
        label=label,
        entered=Number(
            name="entered",
            label=_("Entered"),
            count=row.entered,
            address=_address(view, query, row.key),
            difference=differences.get("entered"),
        ),
        reached=[
            Number(
                name=stage.value,
                label=str(stage.label),
                count=count,
                address=_address(view, query, row.key, reached=stage.value),
                estimate=estimates[stage],
                difference=differences.get(f"{stage.value}_share"),
            )
            for stage, count in row.reached.items()
        ],
        matured_percent=row.matured_percent,
        is_provisional=row.is_provisional,
    )


def acceptance_rows(
    report: acceptance.Acceptance,
    *,
    query: Query,
    before: acceptance.Acceptance | None = None,
) -> list[AcceptanceRow]:
    """The rows, most routed first; those that only the period before had stand last."""
    return [
        _acceptance_row(row, key_label(row.label), query, was)
        for row, was in compared_rows.acceptance_pairs(report, before)[:-1]
    ]


def acceptance_total(
    report: acceptance.Acceptance,
    *,
    query: Query,
    before: acceptance.Acceptance | None = None,
) -> AcceptanceRow:
    was = before.total if before else None
    return _acceptance_row(report.total, _("Total"), query, was)


def _acceptance_row(
    row: acceptance.Row, label: str, query: Query, was: acceptance.Row | None
) -> AcceptanceRow:
    view = "reports:acceptance-leads"
    rates = row.rates
    differences = compared_rows.of_acceptance(row, was)
    return AcceptanceRow(
        label=label,
        routed=Number(
            "routed",
            _("Routed"),
            row.routed,
            _address(view, query, row.key),
            difference=differences.get("routed"),
        ),
        outcomes=[
            Number(
                name=outcome.value,
                label=str(outcome.label),
                count=count,
                address=_address(view, query, row.key, outcome=outcome.value),
            )
            for outcome, count in row.outcomes.items()
        ],
        silent=Number(
            name="silent",
            label=_("Silent"),
            count=row.silent,
            address=_address(view, query, row.key, silent="on"),
            estimate=rates["silent_rate"],
        ),
        of_decided=rates["accepted_of_decided"],
        of_all=rates["accepted_of_all"],
        misroute_rate=rates["misroute_rate"],
        deal_of_accepted=rates["deal_of_accepted"],
        differences={name: differences.get(name) for name in rates},
    )


def cell_title(cell: acceptance.Cell) -> str:
    """What the hand-offs behind one number have in common."""
    if cell.category is not None:
        return _("Rejected for {category}").format(category=cell.category.label.lower())
    if cell.is_silent:
        return _("Silent hand-offs")
    if cell.outcome is not None:
        return _("Hand-offs: {outcome}").format(outcome=cell.outcome.label.lower())
    return _("Routed hand-offs")


def key_label(
    key: str, *, by: cohorts.By | None = None, names: Mapping[str, str] | None = None
) -> str:
    """A key as people read it; months by name, what nobody named stays "none".

    names: key → what is told instead of it.
    """
    if names and key in names:
        return names[key]
    if by == cohorts.By.MONTH and MONTH_KEY.fullmatch(key):
        return date_format(date.fromisoformat(f"{key}-01"), "F Y")
    if by == cohorts.By.CHANNEL:
        return words.channel_label(key)
    return words.key_label(key)


def _address(view: str, query: Query, key: str, **more: str) -> str:
    keyed = {"key": key} if key else {}
    return f"{reverse(view)}?{urlencode({**query, **keyed, **more})}"
