"""The operations page: what the workers gave up on, and trying it again."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from config.htmx import HtmxRequest
from leads import deliveries
from leads.models import NotificationDelivery

PERMISSION = "handoff.manage_handoffs"
SHOWN = 100


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def operations(request: HtmxRequest) -> HttpResponse:
    stuck = deliveries.stuck()
    context = {"deliveries": stuck[:SHOWN], "count": deliveries.count_stuck()}
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
