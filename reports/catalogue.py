"""Every report, described once: pages, files, the command and the API read it here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leads.models import User
from reports import (
    acceptance,
    agreement,
    definitions,
    entries,
    flows,
    follow_up,
    funnel,
    health,
    money_definitions,
    revenue,
    sources,
    tables,
    velocity,
)
from reports.answers import Answer, Cell, NoSuchNumberError, Records, Text, document
from reports.definitions import Definition
from reports.forms import (
    AcceptanceCellForm,
    AcceptanceForm,
    AgreementForm,
    FlowsForm,
    FollowUpForm,
    FunnelCellForm,
    FunnelForm,
    HealthForm,
    PeriodForm,
    RevenueForm,
    SourcesForm,
    VelocityForm,
)
from reports.tables import BATCH, Table

Form = Any  # one that `make_form` made, and that is valid
Document = dict[str, Any]


class NotAskedError(Exception):
    """An address asks a report for nothing sensible; the message says why."""


def valid(form: PeriodForm) -> PeriodForm:
    """The form itself.

    Raises:
        NotAskedError: it is not valid.
    """
    if not form.is_valid():
        raise NotAskedError(form.errors.as_text())
    return form


def cell_of(query: Mapping[str, str]) -> Cell:
    """The number that an address names."""
    section, column = query.get("section", ""), query.get("column", "")
    # PostgreSQL takes no NUL in a text.
    return Cell(section, column, query.get("key", "").replace("\0", ""))


@dataclass(frozen=True)
class Report:
    """One report.

    answer: what the generic page shows; a report without it has a page of its own.
    records: what a number of the answer counts. written: the document and the table of
    a report with its own page; listed: the file of what one of its numbers counts.
    """

    name: str
    title: Text
    summary: Text
    icon: str
    make_form: type[PeriodForm]
    definitions: tuple[Definition, ...]
    answer: Callable[[Form, User | None, datetime], Answer] | None = None
    records: Callable[[Form, User | None, Cell, datetime], Records] | None = None
    written: Callable[[Form, User | None, datetime], tuple[Document, Table]] | None = (
        None
    )
    listed: Callable[[Mapping[str, str], User | None, datetime], Table] | None = None

    @property
    def address(self) -> str:
        """Where its page is."""
        if self.written is not None:
            return reverse(f"reports:{self.name}")
        return reverse("reports:report", args=[self.name])

    @property
    def export_address(self) -> str:
        """Where its files come from."""
        return reverse("reports:export", args=[self.name])

    def file(
        self, query: Mapping[str, str], *, reader: User | None, now: datetime
    ) -> Table:
        """The table that an address asks for.

        Raises:
            NotAskedError: it asks for nothing sensible.
        """
        form = valid(self.make_form(query, now=now))
        section = query.get("section", "")
        table = self.table(form, section=section, reader=reader, now=now)
        if table is None:
            raise NotAskedError(_("There is no such table."))
        return table

    def file_of_records(
        self, query: Mapping[str, str], *, reader: User | None, now: datetime
    ) -> Table:
        """The rows behind the number that an address names.

        Raises:
            NotAskedError: it names none.
        """
        if self.listed is not None:
            return self.listed(query, reader, now)
        form = valid(self.make_form(query, now=now))
        return tables.records_table(
            self.records_of(form, query=query, reader=reader, now=now)
        )

    def records_of(
        self,
        form: Form,
        *,
        query: Mapping[str, str],
        reader: User | None,
        now: datetime,
    ) -> Records:
        """What one number of the answer to a valid form counts.

        Raises:
            NotAskedError: the query names none that opens.
        """
        if self.records is None:
            raise NotAskedError(_("There is no such number."))
        try:
            return self.records(form, reader, cell_of(query), now)
        except NoSuchNumberError as error:
            raise NotAskedError(_("There is no such number.")) from error

    def document(self, form: Form, *, reader: User | None, now: datetime) -> Document:
        """The report as the command and the API print it."""
        if self.written is not None:
            return self.written(form, reader, now)[0]
        period = form.cleaned_period()
        said = form.cleaned_data
        asked = {name: said[name] for name in form.usual if said[name]}
        del asked["period"]
        return {
            "report": self.name,
            "from": period.start.isoformat(),
            "to": period.end.isoformat(),
            **asked,
            **document(self._answer(form, reader, now)),
        }

    def table(
        self, form: Form, *, section: str = "", reader: User | None, now: datetime
    ) -> Table | None:
        """One table of it, the first for an empty name; None where there is none."""
        if self.written is not None:
            return self.written(form, reader, now)[1] if not section else None
        found = self._answer(form, reader, now).section(section)
        return tables.section_table(found) if found else None

    def _answer(self, form: Form, reader: User | None, now: datetime) -> Answer:
        if self.answer is None:
            raise TypeError(self.name)
        return self.answer(form, reader, now)


def _funnel(
    form: FunnelForm, reader: User | None, now: datetime
) -> tuple[Document, Table]:
    report = funnel.funnel(question=form.question(reader=reader), now=now)
    return funnel.as_json(report), tables.funnel_table(report)


def _acceptance(
    form: AcceptanceForm, reader: User | None, now: datetime
) -> tuple[Document, Table]:
    question = form.question(reader=reader)
    report = acceptance.acceptance(question=question, now=now)
    return acceptance.as_json(report), tables.acceptance_table(report)


def _funnel_entries(
    query: Mapping[str, str], reader: User | None, now: datetime
) -> Table:
    form = FunnelCellForm(query, now=now)
    valid(form)
    cell = form.cell(reader=reader)
    count = len(entries.Entries(cell))
    return tables.entries_table(entries.every(cell=cell), count=count)


def _acceptance_handoffs(
    query: Mapping[str, str], reader: User | None, now: datetime
) -> Table:
    form = AcceptanceCellForm(query, now=now)
    valid(form)
    found = acceptance.handoffs(cell=form.cell(reader=reader), now=now)
    rows = found.iterator(chunk_size=BATCH)
    return tables.handoffs_table(rows, count=found.count())


def asking(
    answer: Callable[..., Answer],
) -> Callable[[Form, User | None, datetime], Answer]:
    """The answer to the question of a form."""
    return lambda form, reader, now: answer(
        question=form.question(reader=reader), now=now
    )


def listing(
    records: Callable[..., Records],
) -> Callable[[Form, User | None, Cell, datetime], Records]:
    """The records behind one number of the answer to the question of a form."""
    return lambda form, reader, cell, now: records(
        question=form.question(reader=reader), cell=cell, now=now
    )


REPORTS = {
    report.name: report
    for report in (
        Report(
            name="funnel",
            title=_("Funnel"),
            summary=_(
                "Of the leads that entered a stage in a period, how many became SQLs,"
                " were accepted, and bought? By source, campaign, country, industry or"
                " month."
            ),
            icon="chart-column",
            make_form=FunnelForm,
            definitions=definitions.FUNNEL,
            written=_funnel,
            listed=_funnel_entries,
        ),
        Report(
            name="acceptance",
            title=_("Acceptance"),
            summary=_(
                "What did sales do with the leads it was given: accept, reject and why,"
                " or nothing? By source, campaign, rep or team."
            ),
            icon="handshake",
            make_form=AcceptanceForm,
            definitions=definitions.ACCEPTANCE,
            written=_acceptance,
            listed=_acceptance_handoffs,
        ),
        Report(
            name="follow-up",
            title=_("Follow-up"),
            summary=_(
                "How long did leads wait for sales, who kept the time promised, and why"
                " was it missed? Whoever still waits counts."
            ),
            icon="clock",
            make_form=FollowUpForm,
            definitions=definitions.FOLLOW_UP,
            answer=asking(follow_up.answer),
            records=listing(follow_up.records),
        ),
        Report(
            name="flows",
            title=_("Cohorts and flows"),
            summary=_(
                "How fast does each month's cohort come on, and which way do leads go,"
                " recycling included?"
            ),
            icon="arrow-up-down",
            make_form=FlowsForm,
            definitions=definitions.FLOWS,
            answer=asking(flows.answer),
            records=listing(flows.records),
        ),
        Report(
            name="velocity",
            title=_("Velocity"),
            summary=_(
                "How long do leads stay in each stage, how old are those still there,"
                " and how much money do deals bring a day?"
            ),
            icon="zap",
            make_form=VelocityForm,
            definitions=definitions.VELOCITY,
            answer=asking(velocity.answer),
            records=listing(velocity.records),
        ),
        Report(
            name="revenue",
            title=_("Revenue"),
            summary=_(
                "What did won deals bring, what of it came from marketing, and what may"
                " the open SQLs bring? Six models of attribution, each to the cent."
            ),
            icon="banknote",
            make_form=RevenueForm,
            definitions=money_definitions.REVENUE,
            answer=asking(revenue.answer),
            records=listing(revenue.records),
        ),
        Report(
            name="sources",
            title=_("Sources and campaigns"),
            summary=_(
                "Which sources, campaigns, countries or industries bring leads that"
                " become SQLs and customers?"
            ),
            icon="globe",
            make_form=SourcesForm,
            definitions=money_definitions.SOURCES,
            answer=asking(sources.answer),
            records=listing(sources.records),
        ),
        Report(
            name="health",
            title=_("Score health"),
            summary=_(
                "Does the score tell what sales says? By score band, grade and month,"
                " and rule by rule."
            ),
            icon="sliders-horizontal",
            make_form=HealthForm,
            definitions=definitions.HEALTH,
            answer=asking(health.answer),
            records=listing(health.records),
        ),
        Report(
            name="agreement",
            title=_("Agreement"),
            summary=_(
                "What marketing and sales promised each other for each month, what they"
                " kept, and the leads that each side owes now."
            ),
            icon="presentation",
            make_form=AgreementForm,
            definitions=definitions.AGREEMENT,
            answer=asking(agreement.answer),
            records=listing(agreement.records),
        ),
    )
}
