"""Bringing a file, mapping its columns, and watching it being taken in."""

from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from config.htmx import HtmxRequest, render_page
from leads import paging
from leads.capture.models import FileImport, ImportTrial, ImportUndo
from leads.capture.rows import FileError
from leads.capture.uploads import refusals, running, storing, trying, undoing
from leads.capture.uploads.forms import MappingForm, ReadForm, UploadForm
from leads.capture.uploads.running import ImportStateError

PERMISSION = "leads.import_leads"
PAGE_SIZE = 50
PREVIEWED_ROWS = 5
SHOWN_KEPT = 20
SHOWN_REFUSED = 20
ORDER = ("-uploaded_at", "-pk")


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def import_list(request: HtmxRequest) -> HttpResponse:
    is_post = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_post else UploadForm()
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = storing.store(
                name=said["file"].name,
                content=said["file"].chunks(),
                kind=said["kind"],
                system=said["system"],
                actor=request.user,
                now=timezone.now(),
            )
            return redirect(made)
        except FileError as error:
            form.add_error("file", str(error))
    cursor = request.GET.get("after", "")
    imports = FileImport.objects.select_related("uploaded_by")
    page = paging.page_of(imports, order=ORDER, cursor=cursor, size=PAGE_SIZE)
    context = {"form": form, "page": page, "is_first": not cursor}
    status = 422 if form.is_bound else 200
    return render(request, "uploads/import_list.html", context, status=status)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def import_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    file_import = _import_of(pk)
    context: dict[str, Any] = {"import": file_import}
    if not file_import.is_draft:
        context |= _ended(file_import)
        if request.GET.get("part") == "undo" and "undo" in context:
            return render(request, "uploads/_undo.html", context)
        if request.method == "POST":
            messages.info(request, _("The import was started before."))
            return redirect(file_import)
        template = "uploads/import_detail.html"
        return render_page(request, template, context, partial="import-progress")
    if request.GET.get("part") == "trial":
        return render(request, "uploads/_trial.html", context | _trial(file_import))
    posted = request.POST if request.method == "POST" else None
    form = MappingForm(posted, file_import=file_import)
    if form.is_valid():
        try:
            _save(form, file_import, is_start="start" in request.POST)
            to = file_import.get_absolute_url()
            return redirect(to if "start" in request.POST else f"{to}#import-trial")
        except ImportStateError as error:
            form.add_error(None, str(error))
    context |= {"form": form, "read_form": ReadForm(file_import=file_import)}
    context |= _trial(file_import) | {"rows": _preview(file_import)}
    status = 422 if form.errors else 200
    return render(request, "uploads/import_form.html", context, status=status)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def import_reread(request: HtmxRequest, pk: int) -> HttpResponse:
    """Read a draft as another kind, or another sheet of its workbook."""
    file_import = _import_of(pk)
    form = ReadForm(request.POST, file_import=file_import)
    if form.is_valid():
        said = {"sheet": ""} | form.cleaned_data
        try:
            storing.reread(file_import=file_import, **said)
        except FileError as error:
            messages.error(request, str(error))
    else:
        messages.error(
            request, _("Choose one of the sheets and kinds that are listed.")
        )
    return redirect(file_import)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def import_cancel(request: HtmxRequest, pk: int) -> HttpResponse:
    file_import = _import_of(pk)
    try:
        running.cancel(file_import=file_import, now=timezone.now())
        messages.success(request, _("Cancelled; what was taken in already stays."))
    except ImportStateError as error:
        messages.info(request, str(error))
    return redirect(file_import)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def import_run_again(request: HtmxRequest, pk: int) -> HttpResponse:
    file_import = _import_of(pk)
    try:
        running.run_again(file_import=file_import, now=timezone.now())
    except ImportStateError as error:
        messages.info(request, str(error))
    return redirect(file_import)


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def import_refused(request: HtmxRequest, pk: int) -> StreamingHttpResponse:
    lines = refusals.lines(_import_of(pk))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-{pk}.csv"'
    return response


def _import_of(pk: int) -> FileImport:
    return get_object_or_404(FileImport.objects.select_related("uploaded_by"), pk=pk)


def _ended(file_import: FileImport) -> dict[str, Any]:
    """How fast it goes, and what became of undoing it."""
    pace = running.pace(file_import=file_import, now=timezone.now())
    context = {"pace": pace, "may_undo": undoing.may_undo(file_import)}
    context |= _refused(file_import)
    undo = ImportUndo.objects.filter(file_import=file_import).first()
    if undo is None:
        return context
    return context | {
        "undo": undo,
        "kept": undoing.kept(file_import=file_import),
        "kept_leads": undoing.kept_leads(file_import=file_import)[:SHOWN_KEPT],
    }


def _save(form: MappingForm, file_import: FileImport, *, is_start: bool) -> None:
    """Keep the mapping, and start the import or a trial of it."""
    now = timezone.now()
    with transaction.atomic():
        running.save_mapping(file_import=file_import, **form.cleaned_data)
        if is_start:
            running.start(file_import=file_import, now=now)
            return
        trial = trying.ask(file_import=file_import, now=now)
    trying.try_at_once(trial=trial, now=now)


def _trial(file_import: FileImport) -> dict[str, Any]:
    """What a trial of the draft found so far; nothing where nobody tried it."""
    trial = ImportTrial.objects.filter(file_import=file_import).first()
    if trial is None:
        return {}
    return {"trial": trial, **_refused(file_import)}


def _refused(file_import: FileImport) -> dict[str, Any]:
    """Which columns rows were refused for, and the first of these rows."""
    return {
        "at_fault": trying.at_fault(file_import=file_import),
        "refused": file_import.refused_rows.all()[:SHOWN_REFUSED],
    }


def _preview(file_import: FileImport) -> list[list[str]]:
    """The first rows; none where the file cannot be read any more."""
    try:
        rows = storing.table_of(file_import).rows()
    except FileError:
        return []
    return [row.cells for row in islice(rows, PREVIEWED_ROWS)]
