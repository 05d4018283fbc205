"""Where the numbers of a dashboard lead: to what they count, as far as one may go."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode

from leads.choices import PATH, Stage
from leads.models import User
from reports import acceptance, sheets
from reports.answers import Amount, Answer, Cell, Column, Figure, Row, Section
from reports.estimates import Estimate
from reports.reading import Report

# Figure or row of a report with a page of its own → how its list is asked for.
_LISTED: dict[str, dict[str, dict[str, str]]] = {
    "funnel": {
        "entered": {},
        Stage.MQL.value: {},
        **{
            stage.value: {"reached": stage.value}
            for stage in PATH[PATH.index(Stage.MQL) + 1 :]
        },
    },
    "acceptance": {
        "accepted_of_decided": {"outcome": "accepted"},
        "accepted_of_all": {"outcome": "accepted"},
        "deal_of_accepted": {"outcome": "accepted"},
        "silent_rate": {"silent": "on"},
        "misroute_rate": {"outcome": "misrouted"},
        **{outcome.value: {"outcome": outcome.value} for outcome in acceptance.Outcome},
    },
}
_LISTS = {"funnel": "reports:funnel-leads", "acceptance": "reports:acceptance-leads"}
# What waits for the decision of somebody who reads no reports.
_IN_THE_QUEUE = {
    ("follow-up", "overdue"),
    ("agreement", "decision"),
    ("acceptance", "waiting"),
}


@dataclass(frozen=True)
class Links:
    """The addresses behind the numbers of one report, for one reader.

    query: of the dashboard; reader: None may read everything.
    """

    report: Report
    query: Mapping[str, str]
    reader: User | None

    @property
    def address(self) -> str:
        """Where the report is."""
        return f"{self.report.address}?{urlencode(self.query)}"

    def of_figure(self, figure: Figure, answer: Answer) -> str:
        """The rows behind a figure, or the table that has its parts."""
        if not self._reads:
            return self._queue(figure.name) if figure.value else ""
        name = self.report.name
        if name in _LISTS:
            return self._list(figure.name) if _has_hits(figure.value) else ""
        behind = sheets.behind(figure, answer, name, self.query)
        return f"{self.address}{behind}" if behind.startswith("#") else behind

    def of_cell(self, section: Section, row: Row, column: Column) -> str:
        """The rows that a number of a table counts; empty where it opens none."""
        amount, name = row.values.get(column.name), self.report.name
        if not sheets.is_some(amount):
            return ""
        if not self._reads:
            return self._queue(row.key) if column.name == "count" else ""
        if column.opens:
            cell = Cell(section.name, column.name, row.key)
            return sheets.address(cell, name, self.query)
        if name in _LISTS and column.name == "count":
            return self._list(row.key)
        return ""

    @property
    def _reads(self) -> bool:
        return self.reader is None or self.reader.has_perm("leads.view_reports")

    def _list(self, name: str) -> str:
        parts = _LISTED[self.report.name].get(name)
        if parts is None:
            return ""
        view = reverse(_LISTS[self.report.name])
        return f"{view}?{urlencode({**self.query, **parts})}"

    def _queue(self, name: str) -> str:
        if (self.report.name, name) not in _IN_THE_QUEUE or self.reader is None:
            return ""
        may_decide = self.reader.has_perm("handoff.decide_handoff")
        return reverse("handoff:queue") if may_decide else ""


def _has_hits(amount: Amount) -> bool:
    """Whether a list has anything: of a share it has the hits, not all it is of."""
    return bool(amount.share if isinstance(amount, Estimate) else amount)
