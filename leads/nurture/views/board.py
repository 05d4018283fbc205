"""The nurture board."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django_htmx.http import trigger_client_event

from config.htmx import HtmxRequest, render_page, wants_partial
from handoff.choices import HandoffStatus
from handoff.models import Handoff
from leads.clock import frozen_instant
from leads.filters import BoardFilter
from leads.models import Lead, SavedView
from leads.nurture import board as lanes
from leads.nurture import live
from leads.nurture.columns import column_named, columns
from leads.nurture.programmes import limits, overview
from leads.nurture.signs import signs_of
from leads.nurture.views.bulk import bulk_context
from leads.nurture.views.look import look_context
from leads.nurture.views.moved import moved_context, query_of
from leads.nurture.views.worths import with_worth


@permission_required("leads.move_lead", raise_exception=True)
@require_GET
def board(request: HtmxRequest) -> HttpResponse:
    at = frozen_instant(None, now=timezone.now())
    leads = Lead.objects.visible_to(request.user)
    board_filter = BoardFilter(request.GET, queryset=leads)
    by_band = bool(request.GET.get("bands"))
    shown, since = lanes.lanes_and_latest(
        chosen=board_filter.chosen, shown=columns(by_band=by_band), at=at
    )
    context = {
        **bulk_context(request.user),
        "now": at,
        **look_context(request.user, request.GET.get("look", "")),
        "filter": board_filter,
        "lanes": with_worth(shown),
        "since": since,
        "told": [],
        "by_band": by_band,
        "matching": lanes.sum_in_words(shown),
        "action": reverse("nurture:board"),
        "is_partial": wants_partial(request),
        "saved_views": SavedView.objects.visible_to(request.user).select_related(
            "person"
        ),
    }
    return render_page(request, "nurture/board.html", context, partial="board")


@permission_required("leads.move_lead", raise_exception=True)
@require_GET
def lane(request: HtmxRequest, key: str) -> HttpResponse:
    """The next cards of one lane, for "more"."""
    column = column_named(key)
    if column is None:
        raise Http404
    at = frozen_instant(request.GET.get("at"), now=timezone.now())
    leads = Lead.objects.visible_to(request.user)
    found = lanes.lane(
        chosen=BoardFilter(request.GET, queryset=leads).chosen,
        column=column,
        at=at,
        cursor=request.GET.get("after", ""),
    )
    template = "nurture/_cards.html" if request.htmx else "nurture/lane.html"
    shown = with_worth([found])[0]
    return render(request, template, {"lane": shown, "now": at})


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
    lead_ids = [lead.pk for lead in leads]
    rejected = _latest_rejections(lead_ids)
    enrolled = overview.of_leads(lead_ids=lead_ids)
    settings = limits.current()
    told = [
        (
            one,
            rejected.get(one.lead.pk),
            enrolled.get(one.lead.pk, []),
            limits.mute_reason(stage=one.lead.standing.stage, settings=settings),
        )
        for one in signs_of(leads=leads, at=at)
    ]
    return render(request, "nurture/_signs.html", {"told": told, "now": at})


@permission_required("leads.move_lead", raise_exception=True)
@require_GET
def moved(request: HtmxRequest) -> HttpResponse:
    """What others moved since the board was told the last time (`?since=&told=`).

    Nothing where nobody moved anything, for one query.
    """
    asked = [request.GET.get("since", "0"), *request.GET.get("told", "").split(",")]
    numbers = [int(one) for one in asked if one.isdecimal() and len(one) < 19]
    now = timezone.now()
    news = live.moved(since=numbers[0] if numbers else 0, told=numbers[1:], now=now)
    if not news.lead_ids and not news.is_flood:
        return HttpResponse(status=204)
    shown = moved_context(
        user=request.user,
        query=query_of(request),
        lead_ids=news.lead_ids,
        stages=news.stages,
        at=now,
        only_matching=True,
    )
    context = {**shown, "since": news.since, "told": news.told}
    response = render(request, "nurture/_moved_live.html", context)
    if news.is_flood:
        return trigger_client_event(response, "board-stale", {})
    return response


def _latest_rejections(lead_ids: list[int]) -> dict[int, Handoff]:
    """Why sales said no the last time, by lead."""
    rejected = Handoff.objects.filter(
        lead__in=lead_ids, status=HandoffStatus.REJECTED
    ).select_related("reason")
    return {one.lead_id: one for one in rejected.order_by("decided_at", "pk")}
