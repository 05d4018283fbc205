"""The brief of a hand-off: beside the queue, or on a page to print."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from config.htmx import VARY_HEADERS, HtmxRequest, wants_partial
from handoff import queue as queues
from handoff.models import Handoff
from handoff.sla import calendars
from handoff.views.queue import chosen_tab, panel


@require_GET
def brief(request: HtmxRequest, pk: int) -> HttpResponse:
    """What the rep was told, as it was frozen at the offer."""
    now = timezone.now()
    handoffs = Handoff.objects.offered_to(request.user).with_names()
    handoff = get_object_or_404(
        queues.with_engagement(handoffs=handoffs, at=now), pk=pk
    )
    context = {
        "handoff": handoff,
        **panel(request, handoff),
        "now": now,
        "calendars": calendars.load(),
        "tab": chosen_tab(request),
        "manages": request.user.has_perm("handoff.manage_handoffs"),
        "my_team_id": request.user.team_id,
    }
    name = "_queue_panel" if wants_partial(request) else "brief"
    response = render(request, f"handoff/{name}.html", context)
    patch_vary_headers(response, VARY_HEADERS)
    return response
