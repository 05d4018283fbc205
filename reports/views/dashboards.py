"""Dashboards: that of one's role, one's own, and those that are shared."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from config.htmx import HtmxRequest, render_page
from reports import dashboards, digests, tiles
from reports.dashboards import Shown
from reports.forms import PeriodForm
from reports.models import DigestWish
from reports.views.report import status_of


@login_required
@require_GET
def home(request: HtmxRequest) -> HttpResponse:
    """The dashboard of one's role."""
    return _page(request, dashboards.of_role(request.user))


@login_required
@require_GET
def detail(request: HtmxRequest, pk: int) -> HttpResponse:
    """A dashboard of one's own, or a shared one."""
    return _page(request, shown_dashboard(request, str(pk)))


@login_required
@require_POST
def digest(request: HtmxRequest) -> HttpResponse:
    """Switch the weekly mail of this dashboard on or off."""
    shown = shown_dashboard(request, request.POST.get("dashboard", ""))
    if request.POST.get("on"):
        digests.wish(person=request.user, dashboard=shown.kept, now=timezone.now())
        messages.success(request, _("You get this dashboard by mail every Monday."))
    else:
        digests.unwish(person=request.user)
        messages.success(request, _("The weekly mail is off."))
    return redirect(shown.kept or "dashboards:home")


def shown_dashboard(request: HtmxRequest, pk: str) -> Shown:
    """The kept dashboard of that number, 404 for another's; else that of the role."""
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
        return dashboards.of_role(request.user)
    visible = dashboards.visible_to(request.user).prefetch_related("tiles")
    return dashboards.kept(get_object_or_404(visible, pk=int(pk)))


def question(request: HtmxRequest, shown: Shown, query: dict[str, str]) -> PeriodForm:
    """The period, and whose leads are counted; the dashboard knows its usual period."""
    named = query if {"period", "from", "to"} & set(query) else {}
    asked = query if named else {**query, "period": shown.period}
    return PeriodForm(asked, now=timezone.now())


def _page(request: HtmxRequest, shown: Shown) -> HttpResponse:
    form = question(request, shown, request.GET.dict())
    drawn: list[tiles.Drawn] = []
    period = None
    if form.is_valid():
        period = form.cleaned_period()
        drawn = tiles.draw(
            shown.keys, query=form.frozen_query(), reader=request.user, now=form.now
        )
    wish = DigestWish.objects.filter(person=request.user).first()
    kept = shown.kept
    context: dict[str, Any] = {
        "shown": shown,
        "form": form,
        "period": period,
        "tiles": [{**each, "is_wide": each["key"] in shown.wide} for each in drawn],
        "definitions": tiles.definitions(shown.keys),
        "offered": dashboards.visible_to(request.user),
        "is_own": kept is not None and kept.owner_id == request.user.pk,
        "is_mailed": wish is not None and wish.dashboard_id == (kept and kept.pk),
    }
    status = status_of(form, request)
    template = "dashboards/dashboard_detail.html"
    return render_page(request, template, context, partial="dashboard", status=status)
