"""The list of reports."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from config.htmx import HtmxRequest
from reports.catalogue import REPORTS


@login_required
@permission_required("leads.view_reports", raise_exception=True)
@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """What each report answers."""
    return render(request, "reports/index.html", {"reports": REPORTS.values()})
