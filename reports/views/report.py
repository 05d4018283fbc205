"""The page of any report of the catalogue, and the records behind its numbers."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from config.htmx import HtmxRequest, render_page, wants_partial
from leads.models import Lead
from reports import labels, sheets
from reports.answers import Answer, Cell, Records
from reports.catalogue import REPORTS
from reports.forms import PeriodForm
from reports.reading import NotAskedError, Report, cell_of, valid
from reports.splits import Split

PAGE_SIZE = 50
may_read = permission_required("leads.view_reports", raise_exception=True)


@dataclass(frozen=True)
class Asked:
    """One number of a report that an address names."""

    report: Report
    form: PeriodForm
    cell: Cell
    records: Records
    query: dict[str, str]


@login_required
@may_read
@require_GET
def report_page(request: HtmxRequest, name: str) -> HttpResponse:
    """The report that the address asks for, or what is wrong with the question."""
    report = _report(name)
    form = report.make_form(request.GET.dict(), now=timezone.now())
    context: dict[str, Any] = {"form": form, "report": report, "answer": None}
    if form.is_valid() and report.answer is not None:
        answer = report.answer(form, request.user, form.now)
        query = form.frozen_query()
        before = _before(report, form, request)
        context |= {
            "answer": answer,
            "period": form.cleaned_period(),
            "tiles": sheets.tiles(answer, name=name, query=query, before=before),
            "sheets": sheets.sheets(
                answer.sections,
                name=name,
                query=query,
                before=before.sections if before else (),
            ),
            "frozen_query": urlencode(query),
        }
    return render_page(
        request,
        "reports/report.html",
        context,
        partial="report",
        status=status_of(form, request),
    )


@login_required
@may_read
@require_GET
def report_records(request: HtmxRequest, name: str) -> HttpResponse:
    """What one number of the report counts, fifty at a time."""
    asked = asked_records(request, name)
    found = Paginator(asked.records.rows, PAGE_SIZE)
    page = found.get_page(request.GET.get("page"))
    leads = Lead.objects.with_standing().in_bulk([each.lead_id for each in page])
    context = {
        "report": asked.report,
        "records": asked.records,
        "cell": asked.cell,
        "label": labels.row_label(
            cell=asked.cell, by=asked.form.cleaned_data.get("by", "")
        ),
        "period": asked.form.cleaned_period(),
        "page": page,
        # Split by the source, the records tell it themselves.
        "tells_source": Split.SOURCE.label
        not in [column.label for column in asked.records.columns],
        "rows": [
            (leads[each.lead_id], sheets.record_values(asked.records, each))
            for each in page
            if each.lead_id in leads
        ],
        "query": urlencode(asked.query),
        "report_query": urlencode(asked.form.frozen_query()),
    }
    return render_page(request, "reports/records.html", context, partial="record-table")


def asked_records(request: HtmxRequest, name: str) -> Asked:
    """The records that the address names, as many as the reader may see.

    Raises:
        BadRequest: the address names no number that opens.
    """
    report, query = _report(name), request.GET.dict()
    cell = cell_of(query)
    try:
        form = valid(report.make_form(query, now=timezone.now()))
        records = report.records_of(
            form, query=query, reader=request.user, now=form.now
        )
    except NotAskedError as error:
        raise BadRequest(str(error)) from error
    asked = {
        **form.frozen_query(),
        "section": cell.section,
        "column": cell.column,
        "key": cell.key,
    }
    return Asked(report, form, cell, records, asked)


def _before(report: Report, form: PeriodForm, request: HtmxRequest) -> Answer | None:
    """The answer for the period before, where the address asks for it."""
    if form.compared is None or report.answer is None:
        return None
    return report.answer(form.compared, request.user, form.now)


def status_of(form: PeriodForm, request: HtmxRequest) -> int:
    """422 to the form of a page, 400 to an address that asks for nothing sensible."""
    if form.is_valid():
        return 200
    return 422 if wants_partial(request) else 400


def _report(name: str) -> Report:
    report = REPORTS.get(name)
    if report is None:
        raise Http404
    return report
