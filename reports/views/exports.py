"""Files of the reports, and who took them."""

from collections.abc import Mapping
from tempfile import TemporaryFile
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from config.htmx import HtmxRequest, render_page
from reports import exporting, exports
from reports.catalogue import REPORTS
from reports.models import Export, Shape
from reports.reading import NotAskedError
from reports.tables import Table

PAGE_SIZE = 50
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
may_export = permission_required(
    ["leads.view_reports", "reports.export_reports"], raise_exception=True
)


@login_required
@may_export
@require_GET
def export_report(request: HtmxRequest, name: str) -> HttpResponseBase:
    """A table of the report, or the rows behind one number, as a file.

    A long one is written by the worker, and the page of files tells of it.
    """
    if name not in REPORTS:
        raise Http404
    query = request.GET.dict()
    query.pop("format", None)
    shape = request.GET.get("format", Shape.CSV.value)
    if shape not in Shape.values:
        raise BadRequest(_("Files are csv or xlsx."))
    return download(request, name=name, query=query, shape=Shape(shape))


def download(
    request: HtmxRequest, *, name: str, query: Mapping[str, Any], shape: Shape
) -> HttpResponseBase:
    """The file, or the page that tells when it is ready."""
    now = timezone.now()
    try:
        table = exporting.table_of(name=name, query=query, reader=request.user, now=now)
    except NotAskedError as error:
        raise BadRequest(str(error)) from error
    made = exporting.note(
        name=name,
        query=query,
        shape=shape,
        table=table,
        actor=request.user,
        now=now,
    )
    if made.is_on_its_way:
        messages.info(request, _("The file is long. You are told when it is ready."))
        return redirect("reports:exports")
    return _sent(table, str(made), shape)


def _sent(table: Table, filename: str, shape: Shape) -> HttpResponseBase:
    if shape == Shape.XLSX:
        stream = TemporaryFile()  # noqa: SIM115 - the response closes it
        exports.write_xlsx(table=table, stream=stream)
        stream.seek(0)
        return FileResponse(
            stream, as_attachment=True, filename=filename, content_type=XLSX
        )
    return StreamingHttpResponse(
        exports.csv_bytes(table),
        content_type=CSV,
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


@login_required
@may_export
@require_GET
def export_list(request: HtmxRequest) -> HttpResponse:
    """The person's own files; whoever manages hand-offs sees who took what."""
    sees_all = request.user.has_perm("handoff.manage_handoffs")
    found = Export.objects.order_by("-asked_at", "-pk").select_related("asked_by")
    if not sees_all:
        found = found.filter(asked_by=request.user)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    is_writing = any(each.is_on_its_way for each in page)
    context = {"page": page, "is_writing": is_writing, "sees_all": sees_all}
    return render_page(request, "reports/exports.html", context, partial="export-table")


@login_required
@may_export
@require_GET
def export_file(request: HtmxRequest, pk: int) -> HttpResponseBase:
    """A file that the worker wrote, for whoever asked for it."""
    export = get_object_or_404(Export, pk=pk, asked_by=request.user)
    path = exporting.path_of(export)
    if not export.is_ready or not path.is_file():
        raise Http404
    kind = XLSX if export.shape == Shape.XLSX else CSV
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=str(export), content_type=kind
    )
