"""The operations page: what the workers gave up on, and trying it again."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from config.htmx import HtmxRequest
from handoff.views import stuck_work
from handoff.views.stuck_work import SORTS
from leads import deliveries
from leads.capture.uploads.running import ImportStateError
from leads.models import NotificationDelivery

PERMISSION = "handoff.manage_handoffs"
SHOWN = 100


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def operations(request: HtmxRequest) -> HttpResponse:
    stuck = deliveries.stuck()
    context = {
        "deliveries": stuck[:SHOWN],
        "count": deliveries.count_stuck(),
        "work": stuck_work.stuck(),
    }
    return render(request, "operations.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def run_again(request: HtmxRequest, pk: int | None = None) -> HttpResponse:
    """Try one message again, or all of them; what is no longer stuck stays as it is."""
    chosen = NotificationDelivery.objects.all()
    chosen = chosen if pk is None else chosen.filter(pk=pk)
    count = deliveries.run_again(deliveries=chosen, now=timezone.now())
    done = ngettext(
        "{count} message will be tried again.",
        "{count} messages will be tried again.",
        count,
    )
    messages.success(request, done.format(count=count))
    return redirect("operations")


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def run_work_again(request: HtmxRequest, sort: str, pk: int) -> HttpResponse:
    """Let one import or mail that is stuck have all its tries again."""
    if sort not in SORTS:
        raise Http404
    row = get_object_or_404(SORTS[sort].model._default_manager, pk=pk)
    try:
        SORTS[sort].run_again(row, timezone.now())
        messages.success(request, _("It will be tried again."))
    except ImportStateError as error:
        messages.info(request, str(error))
    return redirect("operations")
