"""The nurture board."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from config.htmx import HtmxRequest, render_page, wants_partial
from handoff.choices import HandoffStatus
from handoff.models import Handoff
from leads.choices import Stage
from leads.clock import frozen_instant
from leads.filters import BoardFilter
from leads.models import Lead, SavedView
from leads.nurture import board as lanes
from leads.nurture.signs import signs_of
from leads.nurture.views.bulk import bulk_context


@permission_required("leads.move_lead", raise_exception=True)
@require_GET
def board(request: HtmxRequest) -> HttpResponse:
    at = frozen_instant(None, now=timezone.now())
    leads = Lead.objects.visible_to(request.user)
    board_filter = BoardFilter(request.GET, queryset=leads)
    shown = [
        lanes.lane(leads=board_filter.qs, stage=stage, at=at) for stage in lanes.LANES
    ]
    context = {
        **bulk_context(request.user),
        "filter": board_filter,
        "lanes": shown,
        "matching": lanes.sum_in_words(shown),
        "now": at,
        "action": reverse("nurture:board"),
        "is_partial": wants_partial(request),
        "saved_views": SavedView.objects.visible_to(request.user).select_related(
            "person"
        ),
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


@permission_required("leads.move_lead", raise_exception=True)
@require_GET
def signs(request: HtmxRequest) -> HttpResponse:
    """What moved the leads of some cards, sent after the cards (`?lead=1&lead=2`).

    It reads every activity of these leads, for which the board does not wait.
    """
    asked = request.GET.getlist("lead")[: lanes.CARDS]
    if not all(value.isdecimal() and len(value) < 19 for value in asked):
        return HttpResponseBadRequest(_("This names no lead."))
    at = timezone.now()
    visible = Lead.objects.visible_to(request.user).filter(pk__in=asked)
    leads = list(lanes.with_engagement(visible.with_standing(), at=at))
    rejected = _latest_rejections([lead.pk for lead in leads])
    told = [(one, rejected.get(one.lead.pk)) for one in signs_of(leads=leads, at=at)]
    return render(request, "nurture/_signs.html", {"told": told, "now": at})


def _latest_rejections(lead_ids: list[int]) -> dict[int, Handoff]:
    """Why sales said no the last time, by lead."""
    rejected = Handoff.objects.filter(
        lead__in=lead_ids, status=HandoffStatus.REJECTED
    ).select_related("reason")
    return {one.lead_id: one for one in rejected.order_by("decided_at", "pk")}
