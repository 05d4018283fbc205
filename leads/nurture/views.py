"""The nurture board."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from config.htmx import HtmxRequest, render_page
from leads.choices import Stage
from leads.clock import frozen_instant
from leads.filters import BoardFilter
from leads.models import Lead
from leads.nurture import board as lanes


@permission_required("leads.move_lead", raise_exception=True)
@require_GET
def board(request: HtmxRequest) -> HttpResponse:
    at = frozen_instant(None, now=timezone.now())
    leads = Lead.objects.visible_to(request.user)
    board_filter = BoardFilter(request.GET, queryset=leads)
    context = {
        "filter": board_filter,
        "lanes": [
            lanes.lane(leads=board_filter.qs, stage=stage, at=at)
            for stage in lanes.LANES
        ],
        "now": at,
    }
    return render_page(request, "nurture/board.html", context, partial="board")


@permission_required("leads.move_lead", raise_exception=True)
@require_GET
def lane(request: HtmxRequest, stage: str) -> HttpResponse:
    """The next cards of one lane, for "more"."""
    if stage not in lanes.LANES:
        raise Http404
    at = frozen_instant(request.GET.get("at"), now=timezone.now())
    leads = Lead.objects.visible_to(request.user)
    found = lanes.lane(
        leads=BoardFilter(request.GET, queryset=leads).qs,
        stage=Stage(stage),
        at=at,
        cursor=request.GET.get("after", ""),
    )
    template = "nurture/_cards.html" if request.htmx else "nurture/lane.html"
    return render(request, template, {"lane": found, "now": at})
