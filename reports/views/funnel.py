"""The funnel: its page, its files, and the leads behind each number."""

from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from config.htmx import HtmxRequest, render_page
from reports import bottleneck, charts, entries, funnel, pages, reference
from reports.catalogue import REPORTS, funnel_of
from reports.funnel_forms import FunnelCellForm, FunnelForm
from reports.models import Shape
from reports.views.exports import download, may_export
from reports.views.report import status_of

PAGE_SIZE = 50
may_read = permission_required("leads.view_reports", raise_exception=True)


@login_required
@may_read
@require_GET
def funnel_page(request: HtmxRequest) -> HttpResponse:
    """The report that the address asks for, or what is wrong with the question."""
    form = FunnelForm(request.GET.dict(), now=timezone.now())
    context = {
        "form": form,
        "definitions": REPORTS["funnel"].definitions,
        "report": None,
    }
    if form.is_valid():
        question = form.question(reader=request.user)
        report = funnel.funnel(question=question, now=form.now)
        query = form.frozen_query()
        before = None
        if form.compared is not None:
            before = funnel_of(form.compared, request.user, form.now)
        context |= {
            "report": report,
            "period": question.period,
            "rows": pages.funnel_rows(report, query=query, before=before),
            "total": pages.funnel_total(report, query=query, before=before),
            "steps": charts.funnel_steps(report),
            **_rates(report, is_banded=form.cleaned_data["reference"]),
            "sentences": bottleneck.sentences(report),
            "frozen_query": urlencode(query),
            "shared_query": urlencode(form.shared_query()),
        }
    return render_page(
        request,
        "reports/funnel.html",
        context,
        partial="funnel-report",
        status=status_of(form, request),
    )


def _rates(report: funnel.Funnel, *, is_banded: bool) -> dict[str, Any]:
    """The chart of the rates, with the band of other people's figures if asked."""
    last = report.question.later_stages[-1]
    if not is_banded:
        return {"rates": charts.funnel_rates(report, shown=last)}
    words = reference.sentence(report)
    if not reference.applies(report):
        return {"rates": charts.funnel_rates(report, shown=last), "reference": words}
    rates = charts.funnel_rates(report, shown=reference.STAGE)
    described = {"description": f"{rates['description']} {words}"}
    return {
        "rates": {**rates, **described, "band": reference.band()},
        "reference": words,
    }


@login_required
@may_export
@require_GET
def funnel_csv(request: HtmxRequest) -> HttpResponseBase:
    return download(request, name="funnel", query=request.GET.dict(), shape=Shape.CSV)


@login_required
@may_read
@require_GET
def funnel_leads(request: HtmxRequest) -> HttpResponse:
    """The leads that one number of the funnel counts, fifty at a time."""
    form, cell = _asked_cell(request)
    key, by = cell.key or "", cell.question.by
    found: Paginator[entries.Entry] = Paginator(entries.Entries(cell), PAGE_SIZE)
    context = {
        "cell": cell,
        "label": pages.key_label(key, by=by, names=funnel.names_of(by, [key])),
        "period": cell.question.period,
        "page": found.get_page(request.GET.get("page")),
        "report_query": urlencode(form.frozen_query()),
    }
    return render_page(
        request, "reports/funnel_leads.html", context, partial="entry-table"
    )


@login_required
@may_export
@require_GET
def funnel_leads_csv(request: HtmxRequest) -> HttpResponseBase:
    query = {**request.GET.dict(), "column": "all"}
    return download(request, name="funnel", query=query, shape=Shape.CSV)


def _asked_cell(request: HtmxRequest) -> tuple[FunnelCellForm, entries.Cell]:
    form = FunnelCellForm(request.GET.dict(), now=timezone.now())
    if not form.is_valid():
        raise BadRequest(form.errors.as_text())
    return form, form.cell(reader=request.user)
