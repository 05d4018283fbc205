"""The conditions that narrow a report, edited on a page of their own."""

import json

from django import forms
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from config.htmx import HtmxRequest, wants_partial
from leads.conditions import Tree
from leads.nurture.condition_fields import SUBJECT
from reports import narrowing
from reports.catalogue import REPORTS
from scoring import condition_form


@login_required
@permission_required("leads.view_reports", raise_exception=True)
@require_http_methods(["GET", "POST"])
def where(request: HtmxRequest, name: str) -> HttpResponse:
    """The builder; saved, it leads back to the report with the conditions."""
    report = REPORTS.get(name)
    if report is None:
        raise Http404
    query = request.GET.dict()
    if request.method == "GET":
        builder = condition_form.of_tree(_asked(query), SUBJECT)
    else:
        builder = condition_form.of_post(request.POST, SUBJECT)
        if condition_form.BUTTON not in request.POST:
            builder = condition_form.checked(builder, may_be_empty=True)
            if builder.is_valid:
                tree = dict(builder.tree)
                query["where"] = json.dumps(tree) if tree else ""
                return redirect(f"{report.address}?{urlencode(query)}")
    is_changing = condition_form.BUTTON in request.POST and wants_partial(request)
    template = "scoring/_conditions.html" if is_changing else "reports/where.html"
    context = {
        "report": report,
        "builder": builder,
        "action": request.get_full_path(),
        "back": f"{report.address}?{urlencode(query)}",
        "keeps_typing": is_changing,
    }
    is_refused = request.method == "POST" and condition_form.BUTTON not in request.POST
    return render(request, template, context, status=422 if is_refused else 200)


def _asked(query: dict[str, str]) -> Tree:
    """The conditions of the address; none where they cannot be read."""
    try:
        return narrowing.tree_of(query.get("where", ""))
    except forms.ValidationError:
        return {}
