"""The acceptance report: its page, its files, and the hand-offs behind each number."""

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from config.htmx import HtmxRequest, render_page
from reports import acceptance, charts, definitions, pages, sheets
from reports.catalogue import REPORTS, acceptance_of
from reports.forms import AcceptanceCellForm, AcceptanceForm
from reports.models import Shape
from reports.views.exports import download, may_export
from reports.views.report import status_of

PAGE_SIZE = 50
may_read = permission_required("leads.view_reports", raise_exception=True)


@login_required
@may_read
@require_GET
def acceptance_page(request: HtmxRequest) -> HttpResponse:
    """The report that the address asks for, or what is wrong with the question."""
    form = AcceptanceForm(request.GET.dict(), now=timezone.now())
    context = {"form": form, "definitions": definitions.ACCEPTANCE, "report": None}
    if form.is_valid():
        question = form.question(reader=request.user)
        described = REPORTS["acceptance"]
        report = acceptance.acceptance(question=question, now=form.now)
        query = form.frozen_query()
        before = None
        if form.compared is not None:
            before = acceptance_of(form.compared, request.user, form.now)
        context |= {
            "report": report,
            "period": question.period,
            "rows": pages.acceptance_rows(report, query=query, before=before),
            "total": pages.acceptance_total(report, query=query, before=before),
            "was": pages.acceptance_before(before),
            "steps": charts.acceptance_steps(report),
            "rates": charts.acceptance_rates(report),
            "described": described,
            "sheets": sheets.sheets(
                described.further(form, reader=request.user, now=form.now),
                name="acceptance",
                query=query,
                before=described.further_before(
                    form, reader=request.user, now=form.now
                ),
            ),
            "frozen_query": urlencode(query),
            "shared_query": urlencode(form.shared_query()),
        }
    return render_page(
        request,
        "reports/acceptance.html",
        context,
        partial="acceptance-report",
        status=status_of(form, request),
    )


@login_required
@may_export
@require_GET
def acceptance_csv(request: HtmxRequest) -> HttpResponseBase:
    return download(
        request, name="acceptance", query=request.GET.dict(), shape=Shape.CSV
    )


@login_required
@may_read
@require_GET
def acceptance_leads(request: HtmxRequest) -> HttpResponse:
    """The hand-offs that one number of the report counts, fifty at a time."""
    form, cell = _asked_cell(request)
    handoffs = acceptance.handoffs(cell=cell, now=form.now)
    page = Paginator(handoffs, PAGE_SIZE).get_page(request.GET.get("page"))
    labels = [each.label for each in page]  # type: ignore[attr-defined]
    context = {
        "cell": cell,
        "label": pages.key_label(labels[0] if labels else cell.key or ""),
        "period": cell.question.period,
        "page": page,
        "title": pages.cell_title(cell),
        "report_query": urlencode(form.frozen_query()),
    }
    return render_page(
        request, "reports/acceptance_leads.html", context, partial="handoff-table"
    )


@login_required
@may_export
@require_GET
def acceptance_leads_csv(request: HtmxRequest) -> HttpResponseBase:
    query = {**request.GET.dict(), "column": "all"}
    return download(request, name="acceptance", query=query, shape=Shape.CSV)


def _asked_cell(
    request: HtmxRequest,
) -> tuple[AcceptanceCellForm, acceptance.Cell]:
    form = AcceptanceCellForm(request.GET.dict(), now=timezone.now())
    if not form.is_valid():
        raise BadRequest(form.errors.as_text())
    return form, form.cell(reader=request.user)
