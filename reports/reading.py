"""One report: what may be asked of it, and how it answers pages, files and programs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from leads.models import User
from reports import comparing, tables
from reports.answers import (
    Answer,
    Cell,
    NoSuchNumberError,
    Records,
    Section,
    Text,
    document,
    tables_of,
)
from reports.definitions import Definition
from reports.forms import PeriodForm
from reports.tables import Table

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
    written and tabled: the document and the table of a report with its own page, with
    those of the period before where the form compares;
    listed: the file of what one of its numbers counts; more: the tables that stand
    below that one.
    records: what a number of the answer, or of these tables, counts.
    """

    name: str
    title: Text
    summary: Text
    icon: str
    make_form: type[PeriodForm]
    definitions: tuple[Definition, ...]
    answer: Callable[[Form, User | None, datetime], Answer] | None = None
    records: Callable[[Form, User | None, Cell, datetime], Records] | None = None
    written: Callable[[Form, User | None, datetime], Document] | None = None
    tabled: Callable[[Form, User | None, datetime], Table] | None = None
    listed: Callable[[Mapping[str, str], User | None, datetime], Table] | None = None
    more: Callable[[Form, User | None, datetime], Sequence[Section]] | None = None

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
        if self.listed is not None and not query.get("section"):
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
        """The report as the command and the API print it.

        Where the form compares, `before` is that of the period before, and `changes`
        has the differences as the page tells them.
        """
        earlier = form.compared
        if self.written is not None:
            made = self.written(form, reader, now)
            self._add_further(made, form, reader, now)
        else:
            answer = self._answer(form, reader, now)
            made = self._document(form, answer)
            if earlier is not None:
                before = self._answer(earlier, reader, now)
                made["before"] = self._document(earlier, before)
                made["changes"] = self._changes(answer, before)
        if earlier is not None:
            end_at = earlier.cleaned_period().end_at
            made["before"]["until"] = end_at.isoformat(timespec="seconds")
        return made

    def _add_further(
        self, made: Document, form: Form, reader: User | None, now: datetime
    ) -> None:
        """The tables below the first one, and how they changed."""
        if self.more is None:
            return
        sections = self.further(form, reader=reader, now=now)
        made["tables"] = tables_of(sections)
        if form.compared is not None:
            before = self.further_before(form, reader=reader, now=now)
            made["before"]["tables"] = tables_of(before)
            made["changes"]["tables"] = self._changed(sections, before)

    def _changes(self, answer: Answer, before: Answer) -> Document:
        figures = comparing.figures(answer, before, report=self.name)
        return {
            "figures": comparing.documents(figures),
            "tables": self._changed(answer.sections, before.sections),
        }

    def _changed(
        self, sections: Sequence[Section], before: Sequence[Section]
    ) -> Document:
        compared = comparing.beside(sections, before, report=self.name)
        return {name: each.document for name, each in compared.items()}

    def _document(self, form: Form, answer: Answer) -> Document:
        period = form.cleaned_period()
        said = form.cleaned_data
        asked = {name: said[name] for name in form.usual if said[name]}
        del asked["period"]
        return {
            "report": self.name,
            "from": period.start.isoformat(),
            "to": period.end.isoformat(),
            **asked,
            **document(answer),
        }

    def table(
        self, form: Form, *, section: str = "", reader: User | None, now: datetime
    ) -> Table | None:
        """One table of it, the first for an empty name; None where there is none."""
        if self.tabled is not None and not section:
            return self.tabled(form, reader, now)
        sections = self._sections(form, reader, now)
        if (earlier := form.compared) is not None:
            before = self._sections(earlier, reader, now)
            sections = comparing.widened(sections, before, report=self.name)
        for each in sections:
            if section in ("", each.name):
                return tables.section_table(each)
        return None

    def _sections(
        self, form: Form, reader: User | None, now: datetime
    ) -> Sequence[Section]:
        if self.written is not None:
            return self.further(form, reader=reader, now=now)
        return self._answer(form, reader, now).sections

    def further(
        self, form: Form, *, reader: User | None, now: datetime
    ) -> Sequence[Section]:
        """The tables below the first one of a report with a page of its own."""
        return self.more(form, reader, now) if self.more is not None else ()

    def further_before(
        self, form: Form, *, reader: User | None, now: datetime
    ) -> Sequence[Section]:
        """The same tables of the period before, where that is asked for."""
        if form.compared is None:
            return ()
        return self.further(form.compared, reader=reader, now=now)

    def _answer(self, form: Form, reader: User | None, now: datetime) -> Answer:
        if self.answer is None:
            raise TypeError(self.name)
        return self.answer(form, reader, now)
