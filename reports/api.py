"""The reports in the API: the figures of the pages and of `manage.py report`."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router

from config.problems import ProblemError
from leads.capture.api_requests import ApiRequest, KeyAuth, require
from leads.capture.choices import Scope
from reports.catalogue import REPORTS

router = Router(tags=["Reports"])

QUERY = [
    {
        "in": "query",
        "name": name,
        "required": False,
        "schema": {"type": "string"},
        "description": description,
    }
    for name, description in (
        ("from", "first day, as 2026-01-31; 12 months ago"),
        ("to", "day after the last; tomorrow"),
        ("by", "what a row stands for: source, campaign, rep …"),
        (
            "compare",
            "before: adds the period before as “before”, and “changes”",
        ),
    )
]


@router.get(
    "reports/{name}",
    auth=KeyAuth(Scope.REPORTS_READ),
    openapi_extra={"parameters": QUERY},
    summary="Read a report",
)
def read_report(request: ApiRequest, name: str) -> dict[str, Any]:
    """Each takes what its page asks for by the same names. Both dates or none.

    Beside a share stand `…_low`, `…_high` and `…_n`. The funnel has them under
    `conversions`, with `matured` and `is_provisional`, acceptance under `rates`.
    """
    require(request.user, "leads.view_reports")
    if name not in REPORTS:
        raise Http404
    report = REPORTS[name]
    now = timezone.now()
    form = report.make_form(request.GET.dict(), now=now)
    errors = [
        {"field": "" if field == "__all__" else field, "reason": str(reason)}
        for field, reasons in form.errors.items()
        for reason in reasons
    ]
    unknown = [field for field in request.GET if field not in form.fields]
    errors += [{"field": field, "reason": _("is no field")} for field in unknown]
    if errors:
        raise ProblemError(400, _("The report cannot be made so."), errors=errors)
    return report.document(form, reader=request.user, now=now)
