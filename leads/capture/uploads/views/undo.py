"""Taking out again what an import made."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from config.htmx import HtmxRequest, render_page
from leads.capture.models import FileImport
from leads.capture.uploads import undoing
from leads.capture.uploads.running import ImportStateError
from leads.capture.uploads.views.imports import PERMISSION


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def import_undo(request: HtmxRequest, pk: int) -> HttpResponse:
    """Ask first, with what would go; a POST owes it to a worker."""
    file_import = get_object_or_404(FileImport, pk=pk)
    if request.method == "POST":
        try:
            undoing.ask(
                file_import=file_import, actor_id=request.user.pk, now=timezone.now()
            )
            messages.success(request, _("What the import made is being taken out."))
        except ImportStateError as error:
            messages.info(request, str(error))
        return redirect(file_import)
    if not undoing.may_undo(file_import):
        messages.info(request, _("This import cannot be undone, or is undone already."))
        return redirect(file_import)
    context = {"import": file_import, "made": undoing.made(file_import=file_import)}
    return render_page(
        request, "uploads/import_undo.html", context, partial="undo-dialog"
    )


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def undo_run_again(request: HtmxRequest, pk: int) -> HttpResponse:
    """Let an undoing that is stuck go on where it stopped."""
    file_import = get_object_or_404(FileImport, pk=pk)
    try:
        undoing.run_again(file_import=file_import, now=timezone.now())
    except ImportStateError as error:
        messages.info(request, str(error))
    return redirect(file_import)
