"""What the charts of a report draw; `static/js/charts.js` draws it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from leads.choices import Stage
from reports.acceptance import Acceptance
from reports.annotations import Mark, in_words
from reports.answers import NOT_REACHED, Amount, Column, Kind, Row, Text
from reports.cohorts import By
from reports.estimates import Estimate
from reports.funnel import Funnel
from reports.pages import key_label
from reports.words import shown

# More rows than these cannot be told apart in a chart; the table has them all.
MOST_ROWS = 12


def funnel_steps(report: Funnel) -> dict[str, Any]:
    """One bar a stage: how many of the cohort came there."""
    total = report.total
    cohort = report.question.cohort
    steps = [_step(cohort, total.entered, total.entered)]
    steps += [
        _step(each, count, total.entered) for each, count in total.reached.items()
    ]
    description = _("Of {entered} that entered {stage}: {reached}.").format(
        entered=total.entered,
        stage=cohort.label,
        reached=", ".join(
            f"{count} {stage.label}" for stage, count in total.reached.items()
        ),
    )
    return {"description": description, "steps": steps}


def _step(stage: Stage, count: int, of: int) -> dict[str, Any]:
    return {
        "stage": stage.value,
        "label": str(stage.label),
        "count": count,
        "share": count / of if of else 0,
    }


def funnel_rates(report: Funnel, *, shown: Stage) -> dict[str, Any]:
    """For each later stage the rate of each row with its interval.

    shown: the stage that is drawn first.
    """
    by = report.question.by
    rows = report.rows_to_read
    rows = rows[-MOST_ROWS:] if by == By.MONTH else rows[:MOST_ROWS]
    estimates = [
        (key_label(row.key, by=by, names=report.names), row.estimates) for row in rows
    ]
    return {
        "description": _("Conversion of each row with its interval, as in the table."),
        "shown": shown.value,
        "series": [
            {
                "name": stage.value,
                "points": [_point(label, of[stage]) for label, of in estimates],
            }
            for stage in report.question.later_stages
        ],
    }


def acceptance_rates(report: Acceptance) -> dict[str, Any]:
    """The acceptance of decided hand-offs of each row with its interval."""
    return {
        "description": _("Acceptance of each row with its interval, as in the table."),
        "series": [
            {
                "name": "accepted",
                "points": [
                    _point(key_label(row.label), row.accepted_of_decided)
                    for row in report.rows[:MOST_ROWS]
                ],
            }
        ],
    }


def acceptance_steps(report: Acceptance) -> dict[str, Any]:
    """One bar an outcome: what became of the routed hand-offs."""
    total = report.total
    steps = [
        {
            "stage": outcome.value,
            "label": str(outcome.label),
            "count": count,
            "share": count / total.routed if total.routed else 0,
        }
        for outcome, count in total.outcomes.items()
    ]
    description = _("Of {routed} hand-offs: {outcomes}.").format(
        routed=total.routed,
        outcomes=", ".join(f"{step['count']} {step['label']}" for step in steps),
    )
    return {"description": description, "steps": steps}


def _point(label: str, estimate: Estimate) -> dict[str, Any]:
    """A share that is not shown in the table is no point of the chart either."""
    if not estimate.is_shown:
        return {"label": label, "n": estimate.n, "share": None}
    return {
        "label": label,
        "n": estimate.n,
        "share": estimate.share,
        "low": estimate.low,
        "high": estimate.high,
        "isProvisional": estimate.is_provisional,
    }


def bars(
    *, title: Text, rows: Sequence[tuple[Text, Amount]], kind: Kind
) -> dict[str, Any] | None:
    """A bar a row with its value in words; what is not known has none.

    None where no bar has a length: the table says that all is nothing.
    """
    drawn = rows[:MOST_ROWS]
    if not any(_length(amount) for _label, amount in drawn):
        return None
    texts = [shown(amount, kind) for _label, amount in drawn]
    spoken = [f"{label} {text}" for (label, _a), text in zip(drawn, texts, strict=True)]
    return {
        "kind": "bars",
        "title": str(title),
        "description": f"{title}: {', '.join(spoken)}.",
        "rows": [
            {
                "label": str(label),
                "value": _length(amount),
                "text": text,
                "n": amount.n if isinstance(amount, Estimate) else None,
            }
            for (label, amount), text in zip(drawn, texts, strict=True)
        ],
    }


def pareto(*, title: Text, rows: Sequence[Row]) -> dict[str, Any]:
    """A bar a row, the longest first, and what they are with those above.

    The rows have `rejected`, `share` and `so_far`.
    """
    drawn = [
        {
            "label": str(row.label),
            "value": row.values["rejected"],
            "soFar": row.values["so_far"],
            "text": _pareto_words(row),
        }
        for row in rows[:MOST_ROWS]
    ]
    spoken = "; ".join(str(each["text"]) for each in drawn)
    return {
        "kind": "pareto",
        "title": str(title),
        "description": f"{title}: {spoken}.",
        "rows": drawn,
    }


def _pareto_words(row: Row) -> str:
    text = _("{label} {count}, with those above {so_far}")
    return text.format(
        label=row.label,
        count=row.values["rejected"],
        so_far=shown(row.values["so_far"], Kind.SHARE),
    )


def lines(
    *,
    title: Text,
    labels: Sequence[str],
    series: Mapping[str, Sequence[Amount]],
    kind: Kind,
    marks: Sequence[Mark] = (),
) -> dict[str, Any]:
    """A line a series over months; a gap where nothing is known.

    marks: what happened at which of the labels.
    """
    ends = (
        f"{name} {shown(values[-1], kind)}" for name, values in series.items() if values
    )
    return {
        "kind": "lines",
        "title": str(title),
        "description": f"{title}: {', '.join(ends)}.{in_words(marks)}",
        "isShare": kind == Kind.SHARE,
        "marks": [{"place": mark.place, "text": mark.text} for mark in marks],
        "labels": list(labels),
        "series": [
            {
                "name": name,
                "values": [_length(value) for value in values],
                "texts": [shown(value, kind) for value in values],
            }
            for name, values in series.items()
        ],
    }


def _length(amount: Amount) -> int | float | None:
    if isinstance(amount, Estimate):
        return amount.share if amount.is_shown else None
    if isinstance(amount, int | float) and amount != NOT_REACHED:
        return amount
    return None


def heat(
    *, title: Text, rows: Sequence[Row], columns: Sequence[Column]
) -> dict[str, Any] | None:
    """A field a row and column, the darker the greater its share; few have none.

    None where no share is known: the table says why.
    """
    cells: list[list[Any]] = [
        [x, y, _length(row.values.get(column.name)), _told(row.values.get(column.name))]
        for y, row in enumerate(rows)
        for x, column in enumerate(columns)
    ]
    known = [cell for cell in cells if cell[2] is not None]
    if not known:
        return None
    spoken = [
        f"{rows[y].label}, {columns[x].label}: {text}" for x, y, _share, text in known
    ]
    return {
        "kind": "heat",
        "title": str(title),
        "description": f"{title}: {'; '.join(spoken[:MOST_ROWS])}.",
        "columns": [str(column.label) for column in columns],
        "rows": [str(row.label) for row in rows],
        "cells": cells,
    }


def _told(amount: Amount) -> str:
    text = shown(amount, Kind.SHARE)
    return f"{text}, n {amount.n}" if isinstance(amount, Estimate) else text


def sankey(*, title: Text, flows: Sequence[tuple[Stage, Stage, int]]) -> dict[str, Any]:
    """A band a flow from the stage that was left to the one entered.

    Each stage stands on both sides, so that what comes back from recycling is drawn.
    """
    most = sorted(flows, key=lambda flow: -flow[2])[:MOST_ROWS]
    spoken = [f"{one.label} → {two.label} {count}" for one, two, count in most]
    sides = {("from", one) for one, _two, _n in flows}
    sides |= {("to", two) for _one, two, _n in flows}
    order = list(Stage)
    nodes = sorted(sides, key=lambda node: (node[0], order.index(node[1])))
    return {
        "kind": "flows",
        "title": str(title),
        "description": f"{title}: {', '.join(spoken)}.",
        "nodes": [
            {
                "name": f"{side}:{stage.value}",
                "stage": stage.value,
                "label": str(stage.label),
            }
            for side, stage in nodes
        ],
        "links": [
            {"source": f"from:{one.value}", "target": f"to:{two.value}", "value": count}
            for one, two, count in flows
        ],
    }
