"""A band of other people's figures beside our own, which is never a target."""

from typing import Any

from django.utils.translation import gettext as _

from leads.choices import Stage
from reports.funnel import Funnel
from reports.pages import key_label
from reports.words import percent

# Of MQLs that become SQLs, often called healthy. Source: KPIS 8, all weak.
LOW, HIGH = 0.35, 0.45
COHORT, STAGE = Stage.MQL, Stage.SQL


def applies(report: Funnel) -> bool:
    """Whether the funnel has the step that the band is of."""
    return report.question.cohort == COHORT


def band() -> dict[str, Any]:
    """What the chart draws beside the rates of the stage."""
    return {"series": STAGE.value, "low": LOW, "high": HIGH, "label": in_percent()}


def in_percent() -> str:
    """ "35–45 %"."""
    return _("{low}–{high} %").format(low=round(100 * LOW), high=round(100 * HIGH))


def sentence(report: Funnel) -> str:
    """Which rows lie below, within and above the band, for whoever sees no chart."""
    if not applies(report):
        return _(
            "The band is of MQLs that become SQLs: choose MQL under “Who entered”."
        )
    by = report.question.by
    told: dict[str, list[str]] = {_("below"): [], _("within"): [], _("above"): []}
    below, within, above = told
    for row in report.rows_to_read:
        rate = row.estimates[STAGE]
        if not rate.is_shown:
            continue
        place = below if rate.share < LOW else above if rate.share > HIGH else within
        label = key_label(row.key, by=by, names=report.names)
        told[place].append(f"{label} {percent(rate.share)}")
    rows = "; ".join(
        f"{place} {', '.join(rows)}" for place, rows in told.items() if rows
    )
    text = _(
        "Often called healthy, by weak sources: {band} of MQLs become SQLs. {rows}."
    )
    nothing = _("No row has an n of 20")
    return text.format(band=in_percent(), rows=rows[:1].upper() + rows[1:] or nothing)
