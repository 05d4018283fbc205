"""Frozen dashboards: the figures of one instant under a link, until it is revoked."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from config.htmx import HtmxRequest
from reports import dashboards, tiles
from reports.models import FrozenDashboard
from reports.views.dashboards import question, shown_dashboard


@login_required
@require_POST
def freeze(request: HtmxRequest) -> HttpResponse:
    """Keep what the dashboard shows now; the link is for whoever signs in."""
    posted = request.POST.dict()
    shown = shown_dashboard(request, posted.pop("dashboard", ""))
    form = question(request, shown, posted)
    if not form.is_valid():
        raise BadRequest(form.errors.as_text())
    period = form.cleaned_period()
    drawn = tiles.draw(
        shown.keys, query=form.frozen_query(), reader=request.user, now=form.now
    )
    words = _("{first} to {last}").format(
        first=date_format(period.start, "j M Y"),
        last=date_format(period.last_day, "j M Y"),
    )
    if form.compared is not None:
        before = form.compared.cleaned_period()
        words += _(", beside {first} to {last}").format(
            first=date_format(before.start, "j M Y"),
            last=date_format(before.last_day, "j M Y"),
        )
    if form.where_words:
        words = f"{words}. {form.where_words}"
    made = dashboards.freeze(
        shown=shown, words=words, drawn=drawn, actor=request.user, now=form.now
    )
    return redirect(made)


@login_required
@require_GET
def frozen_list(request: HtmxRequest) -> HttpResponse:
    """What this person froze."""
    found = FrozenDashboard.objects.filter(taken_by=request.user).defer("drawn")
    return render(request, "dashboards/frozen_list.html", {"frozen": found[:100]})


@login_required
@require_GET
def frozen(request: HtmxRequest, token: str) -> HttpResponse:
    """The figures of that instant; 404 once it is revoked."""
    valid = FrozenDashboard.objects.filter(revoked_at=None).select_related("taken_by")
    found = get_object_or_404(valid, token=token)
    keys = [tile["key"] for tile in found.drawn]
    context = {"frozen": found, "definitions": tiles.definitions(keys)}
    return render(request, "dashboards/frozen_detail.html", context)


@login_required
@require_POST
def revoke(request: HtmxRequest, token: str) -> HttpResponse:
    """Let the link open nothing any more."""
    own = FrozenDashboard.objects.filter(taken_by=request.user)
    dashboards.revoke(frozen=get_object_or_404(own, token=token), now=timezone.now())
    messages.success(request, _("The link opens nothing any more."))
    return redirect("dashboards:frozen-list")
