"""Every report, described once: pages, files, the command and the API read it here."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from leads.models import User
from reports import (
    acceptance,
    acceptance_parts,
    agreement,
    compared_rows,
    definitions,
    entries,
    flows,
    follow_up,
    funnel,
    health,
    money_definitions,
    revenue,
    sources,
    stage_definitions,
    tables,
    throughput,
    velocity,
)
from reports.answers import Answer, Cell, Records, Section
from reports.forms import (
    AcceptanceCellForm,
    AcceptanceForm,
    AgreementForm,
    FlowsForm,
    FollowUpForm,
    HealthForm,
    RevenueForm,
    SourcesForm,
    VelocityForm,
)
from reports.funnel_forms import FunnelCellForm, FunnelForm, ThroughputForm
from reports.reading import Document, Form, Report, valid
from reports.tables import BATCH, Table


def funnel_of(form: FunnelForm, reader: User | None, now: datetime) -> funnel.Funnel:
    """The funnel that a form asks for."""
    return funnel.funnel(question=form.question(reader=reader), now=now)


def acceptance_of(
    form: AcceptanceForm, reader: User | None, now: datetime
) -> acceptance.Acceptance:
    """The acceptance that a form asks for."""
    return acceptance.acceptance(question=form.question(reader=reader), now=now)


def _funnel(form: FunnelForm, reader: User | None, now: datetime) -> Document:
    found = funnel_of(form, reader, now)
    made = funnel.as_json(found)
    if form.compared is not None:
        before = funnel_of(form.compared, reader, now)
        made["before"] = funnel.as_json(before)
        made["changes"] = compared_rows.funnel_document(found, before)
    return made


def _funnel_table(form: FunnelForm, reader: User | None, now: datetime) -> Table:
    before = funnel_of(form.compared, reader, now) if form.compared else None
    return tables.funnel_table(funnel_of(form, reader, now), before=before)


def _acceptance(form: AcceptanceForm, reader: User | None, now: datetime) -> Document:
    found = acceptance_of(form, reader, now)
    made = acceptance.as_json(found)
    if form.compared is not None:
        before = acceptance_of(form.compared, reader, now)
        made["before"] = acceptance.as_json(before)
        made["changes"] = compared_rows.acceptance_document(found, before)
    return made


def _acceptance_table(
    form: AcceptanceForm, reader: User | None, now: datetime
) -> Table:
    before = acceptance_of(form.compared, reader, now) if form.compared else None
    return tables.acceptance_table(acceptance_of(form, reader, now), before=before)


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


def telling(
    sections: Callable[..., Sequence[Section]],
) -> Callable[[Form, User | None, datetime], Sequence[Section]]:
    """The further tables to the question of a form."""
    return lambda form, reader, now: sections(
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
            definitions=(*definitions.FUNNEL, stage_definitions.REFERENCE_BAND),
            written=_funnel,
            tabled=_funnel_table,
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
            tabled=_acceptance_table,
            listed=_acceptance_handoffs,
            more=telling(acceptance_parts.sections),
            records=listing(acceptance_parts.records),
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
            name="throughput",
            title=_("Throughput"),
            summary=_(
                "How many entries had each stage in a period, how do they compare with"
                " those of the stage before, and who stands where now? No conversion."
            ),
            icon="layers",
            make_form=ThroughputForm,
            definitions=stage_definitions.THROUGHPUT,
            answer=asking(throughput.answer),
            records=listing(throughput.records),
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
