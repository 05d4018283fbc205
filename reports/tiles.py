"""The parts of reports that a dashboard can show, drawn as plain values.

A page, a frozen link and the weekly mail show the same drawing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.choices import Role
from leads.models import User
from reports import acceptance, charts, comparing, funnel, words
from reports.answers import Amount, Answer, Column, Figure, Kind, Row, Section, Text
from reports.catalogue import REPORTS
from reports.comparing import Compared, Difference
from reports.definitions import Definition
from reports.estimates import Estimate
from reports.reading import Form, Report
from reports.tile_links import Links

Drawn = dict[str, Any]
Query = Mapping[str, str]
FIGURES = "figures"
# More rows than these are read in the report itself.
MOST_ROWS = 12


@dataclass(frozen=True)
class Tile:
    """One part of a report: its figures, or one of its tables with the chart."""

    report: str
    part: str
    title: Text

    @property
    def key(self) -> str:
        return f"{self.report}:{self.part}"

    @property
    def label(self) -> str:
        """How the tile is chosen: the report and the part."""
        return f"{REPORTS[self.report].title} · {self.title}"


_PARTS: dict[str, dict[str, Text]] = {
    "funnel": {"stages": gettext_lazy("How far MQLs came")},
    "throughput": {
        "ratios": gettext_lazy("Entries and period ratio"),
        "stock": gettext_lazy("Stage snapshot"),
    },
    "acceptance": {
        "outcomes": gettext_lazy("What became of the hand-offs"),
        "months": gettext_lazy("Acceptance by month"),
        "reasons": gettext_lazy("Rejections by reason"),
        "categories": gettext_lazy("Rejections by category"),
    },
    "follow-up": {
        "response": gettext_lazy("Rep response"),
        "prospect": gettext_lazy("Prospect wait"),
        "latency": gettext_lazy("System latency"),
        "spread": gettext_lazy("How the waits are spread"),
        "decision": gettext_lazy("Decided in time"),
        "follow_up": gettext_lazy("Followed up in time"),
        "causes": gettext_lazy("Why promises were missed"),
    },
    "flows": {
        "triangle": gettext_lazy("Cohort triangle"),
        "flows": gettext_lazy("Moves between stages"),
    },
    "velocity": {
        "stages": gettext_lazy("Time in each stage"),
        "spread": gettext_lazy("How the stays are spread"),
        "months": gettext_lazy("Qualified leads by month"),
        "deals": gettext_lazy("Pipeline velocity"),
    },
    "revenue": {
        "parts": gettext_lazy("Revenue of the period"),
        "attributed": gettext_lazy("Attributed revenue"),
        "influenced": gettext_lazy("Influenced revenue"),
        "expected": gettext_lazy("Expected value of open SQLs"),
    },
    "sources": {
        "sources": gettext_lazy("Sources side by side"),
        "mql_to_won": gettext_lazy("From MQL to won"),
        "mql_to_won_months": gettext_lazy("From MQL to won, by month of contact"),
    },
    "health": {
        "bands": gettext_lazy("Acceptance by score"),
        "heat": gettext_lazy("Acceptance by grade and score"),
        "months": gettext_lazy("Drift by month"),
        "rules": gettext_lazy("Rules of the active model"),
    },
    "agreement": {
        "months": gettext_lazy("Promised and kept"),
        "owed": gettext_lazy("What each side owes now"),
    },
}
TILES: dict[str, Tile] = {
    tile.key: tile
    for report, parts in _PARTS.items()
    for tile in (
        Tile(report, FIGURES, gettext_lazy("Figures")),
        *(Tile(report, part, title) for part, title in parts.items()),
    )
}
# What a role sees before anybody arranges anything.
OF_ROLE: dict[Role, tuple[str, ...]] = {
    Role.MARKETER: (
        "acceptance:figures",
        "funnel:stages",
        "agreement:months",
        "sources:sources",
        "velocity:months",
        "health:bands",
    ),
    Role.REP: ("follow-up:figures", "acceptance:outcomes", "agreement:owed"),
    Role.MANAGER: (
        "agreement:figures",
        "acceptance:outcomes",
        "follow-up:decision",
        "follow-up:causes",
        "funnel:stages",
        "revenue:parts",
        "agreement:owed",
    ),
    Role.ADMINISTRATOR: (
        "agreement:figures",
        "funnel:stages",
        "revenue:figures",
        "velocity:stages",
    ),
}


def draw(
    keys: Iterable[str], *, query: Query, reader: User | None, now: datetime
) -> list[Drawn]:
    """The tiles in this order; each report is asked once.

    query: the period, and whose leads are counted, as in an address that is valid.
    """
    wanted = [TILES[key] for key in keys if key in TILES]
    parts: dict[str, set[str]] = {}
    for tile in wanted:
        parts.setdefault(tile.report, set()).add(tile.part)
    answers = {
        name: _answers(REPORTS[name], query, reader, now, of_report)
        for name, of_report in parts.items()
    }
    return [
        _drawn(tile, *answers[tile.report], Links(REPORTS[tile.report], query, reader))
        for tile in wanted
    ]


def definitions(keys: Iterable[str]) -> list[Definition]:
    """What the numbers of the tiles mean, each once."""
    reports = dict.fromkeys(TILES[key].report for key in keys if key in TILES)
    found = {each.slug: each for name in reports for each in REPORTS[name].definitions}
    return list(found.values())


def _answers(
    report: Report, query: Query, reader: User | None, now: datetime, parts: set[str]
) -> tuple[Answer | None, Answer | None]:
    """What the report answers, and of the period before where the query compares."""
    form = report.make_form(query, now=now)
    if not form.is_valid():
        return None, None
    before = None
    if form.compared is not None:
        before = _answer(report, form.compared, reader, now, parts)
    return _answer(report, form, reader, now, parts), before


def _answer(
    report: Report, form: Form, reader: User | None, now: datetime, parts: set[str]
) -> Answer:
    """What the report answers, with no more tables than the parts that are shown."""
    if report.answer is not None:
        return report.answer(form, reader, now)
    question = form.question(reader=reader)
    if report.name == "funnel":
        return _of_funnel(funnel.funnel(question=question, now=now))
    found = _of_acceptance(acceptance.acceptance(question=question, now=now))
    if parts <= {FIGURES, *(each.name for each in found.sections)}:
        return found
    further = report.further(form, reader=reader, now=now)
    return replace(found, sections=[*found.sections, *further])


def _of_funnel(found: funnel.Funnel) -> Answer:
    """The total of the cohort as figures, and as steps."""
    cohort, total = found.question.cohort, found.total
    columns = (
        Column("count", _("Leads"), Kind.COUNT),
        Column("share", _("Of all who entered"), Kind.SHARE),
    )
    rows = [Row(cohort.value, cohort.label, {"count": total.entered, "share": None})]
    figures = [
        Figure("entered", _("Entered MQL"), Kind.COUNT, total.entered, None, "entered")
    ]
    for stage, estimate in total.estimates.items():
        values: dict[str, Amount] = {"count": total.reached[stage], "share": estimate}
        rows.append(Row(stage.value, stage.label, values))
        figures.append(
            Figure(
                stage.value, stage.label, Kind.SHARE, estimate, estimate.n, "conversion"
            )
        )
    chart = {"kind": "steps", "title": "", **charts.funnel_steps(found)}
    note = _("A rate with ≈ is provisional: not every entry has had the whole window.")
    section = Section(
        name="stages",
        title=_("How far they came"),
        first=_("Stage"),
        columns=columns,
        rows=rows,
        chart=chart,
        note=note if total.is_provisional else "",
        definition="conversion",
    )
    return Answer(figures, [section], is_empty=not total.entered)


def _of_acceptance(found: acceptance.Acceptance) -> Answer:
    """The rates as figures, and the outcomes of all hand-offs."""
    total = found.total
    labels = {
        "accepted_of_decided": _("Acceptance (decided)"),
        "accepted_of_all": _("Acceptance (all)"),
        "deal_of_accepted": _("Deal of accepted"),
        "silent_rate": _("Silent rate"),
        "misroute_rate": _("Misroute rate"),
    }
    figures = [
        Figure(
            name,
            label,
            Kind.SHARE,
            total.rates[name],
            total.rates[name].n,
            name.replace("_", "-"),
        )
        for name, label in labels.items()
    ]
    columns = (Column("count", _("Hand-offs"), Kind.COUNT),)
    rows = [
        Row(outcome.value, outcome.label, {"count": count})
        for outcome, count in total.outcomes.items()
    ]
    chart = {"kind": "steps", "title": "", **charts.acceptance_steps(found)}
    title = _("What became of them")
    section = Section("outcomes", title, _("Outcome"), columns, rows, chart=chart)
    return Answer(figures, [section], is_empty=not total.routed)


def _drawn(
    tile: Tile, answer: Answer | None, before: Answer | None, links: Links
) -> Drawn:
    """The tile as values that can be kept as JSON."""
    drawn: Drawn = {
        "key": tile.key,
        "title": tile.label,
        "address": links.address,
        "figures": [],
        "section": None,
    }
    if answer is None or answer.is_empty:
        return drawn
    if tile.part == FIGURES:
        differences = {}
        if before is not None:
            differences = comparing.figures(answer, before, report=tile.report)
        drawn["figures"] = [
            _figure(each, differences.get(each.name), links.of_figure(each, answer))
            for each in answer.figures
        ]
    elif (section := answer.section(tile.part)) is not None:
        sections = before.sections if before else ()
        compared = comparing.beside([section], sections, report=tile.report)
        drawn["section"] = _section(compared.get(tile.part, Compared(section)), links)
    return drawn


def _figure(figure: Figure, difference: Difference | None, address: str) -> Drawn:
    return {
        "address": address,
        "definition": figure.definition,
        "difference": difference.plain if difference else None,
        "label": str(figure.label),
        "text": words.shown(figure.value, figure.kind),
        "n": figure.n,
        "note": str(figure.note),
    }


def _section(compared: Compared, links: Links) -> Drawn:
    section = compared.section
    total = [section.total] if section.total else []
    return {
        "chart": section.chart,
        "head": [str(section.first), *(str(each.label) for each in section.columns)],
        "definition": section.definition,
        "defined": _defined(section.columns),
        "rows": [_row(compared, row, links) for row in section.rows[:MOST_ROWS]],
        "total": [_row(compared, row, links) for row in total],
        "note": str(section.note),
        "left_out": max(0, len(section.rows) - MOST_ROWS),
    }


def _defined(columns: Sequence[Column]) -> dict[str, str]:
    """Head of a column → the slug of its definition."""
    return {str(each.label): each.definition for each in columns if each.definition}


def _row(compared: Compared, row: Row, links: Links) -> Drawn:
    """Each cell is the head of its column, its text, its difference and address.

    A frozen one has no more than there was then.
    """
    section, cells = compared.section, []
    for each in section.columns:
        text = _cell(row.values.get(each.name), each)
        if each.name in row.missed:
            text = _("{value}, missed").format(value=text)
        difference = compared.differences.get((row.key, each.name))
        plain = difference.plain if difference else None
        cell: list[Any] = [str(each.label), text, plain]
        cells.append([*cell, links.of_cell(section, row, each)])
    return {"label": str(row.label), "cells": cells}


def _cell(amount: Any, column: Column) -> str:
    text = words.shown(amount, column.kind)
    if isinstance(amount, Estimate) and amount.is_shown:
        return f"{text} (n {amount.n})"
    return text
