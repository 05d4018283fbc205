"""Arranging a dashboard of one's own: its tiles, name, period, and who may open it."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from config.htmx import HtmxRequest, render_page
from reports import dashboards
from reports.dashboards import DashboardError
from reports.models import Dashboard
from reports.periods import Preset
from reports.tiles import TILES
from reports.views.dashboards import shown_dashboard


class DashboardForm(forms.ModelForm):
    """What a dashboard is called, its usual period, and who may open it."""

    class Meta:
        model = Dashboard
        fields = ("name", "period", "is_shared")

    def clean_name(self) -> str:
        # PostgreSQL takes no NUL in a text.
        return str(self.cleaned_data["name"]).replace("\0", "")


@login_required
@require_POST
def new(request: HtmxRequest) -> HttpResponse:
    """A copy of the dashboard that is shown, to be arranged."""
    shown = shown_dashboard(request, request.POST.get("dashboard", ""))
    name = _("{name}, my own").format(name=shown.name)
    try:
        made = dashboards.create(owner=request.user, name=name, keys=shown.keys)
    except DashboardError as error:
        messages.error(request, str(error))
        return redirect(shown.kept or "dashboards:home")
    return redirect("dashboards:arrange", made.pk)


@login_required
@require_http_methods(["GET", "POST"])
def arrange(request: HtmxRequest, pk: int) -> HttpResponse:
    """The tiles in their order; each button changes one thing."""
    own = Dashboard.objects.filter(owner=request.user)
    dashboard = get_object_or_404(own, pk=pk)
    if request.method == "GET":
        return _form(request, dashboard, DashboardForm(instance=dashboard))
    deed, _colon, key = request.POST.get("deed", "").partition(":")
    if deed == "save":
        return _save(request, dashboard)
    if deed == "delete":
        dashboards.delete(dashboard=dashboard)
        messages.success(request, _("“{name}” is gone.").format(name=dashboard.name))
        return redirect("dashboards:home")
    try:
        if deed == "place":
            _place(request, dashboard)
        else:
            _do(dashboard, deed, key or request.POST.get("key", ""))
    except DashboardError as error:
        messages.error(request, str(error))
    if request.htmx:
        return _form(request, dashboard, DashboardForm(instance=dashboard))
    return redirect(reverse("dashboards:arrange", args=[pk]) + "#tiles")


def _do(dashboard: Dashboard, deed: str, key: str) -> None:
    if deed == "add":
        dashboards.add(dashboard=dashboard, key=key)
    elif deed == "remove":
        dashboards.remove(dashboard=dashboard, key=key)
    elif deed == "widen":
        dashboards.widen(dashboard=dashboard, key=key)
    elif deed in ("up", "down"):
        dashboards.move(dashboard=dashboard, key=key, by=-1 if deed == "up" else 1)
    else:
        raise BadRequest(deed)


def _place(request: HtmxRequest, dashboard: Dashboard) -> None:
    """Put a tile where it was dropped, or where the arrow keys brought it."""
    at = request.POST.get("at", "")
    if not (at.isascii() and at.isdecimal() and len(at) < 4):
        raise BadRequest(at)
    dashboards.place(dashboard=dashboard, key=request.POST.get("key", ""), at=int(at))


def _save(request: HtmxRequest, dashboard: Dashboard) -> HttpResponse:
    form = DashboardForm(request.POST, instance=dashboard)
    if not form.is_valid():
        return _form(request, dashboard, form, status=422)
    said = form.cleaned_data
    dashboards.change(
        dashboard=dashboard,
        name=said["name"],
        period=Preset(said["period"]),
        is_shared=said["is_shared"],
    )
    messages.success(request, _("“{name}” is saved.").format(name=said["name"]))
    return redirect(dashboard)


def _form(
    request: HtmxRequest, dashboard: Dashboard, form: DashboardForm, status: int = 200
) -> HttpResponse:
    placed = [
        {"tile": TILES[row.key], "is_wide": row.is_wide}
        for row in dashboard.tiles.all()
        if row.key in TILES
    ]
    there = {each["tile"].key for each in placed}  # type: ignore[attr-defined]
    context = {
        "dashboard": dashboard,
        "form": form,
        "placed": placed,
        "others": [tile for tile in TILES.values() if tile.key not in there],
    }
    template = "dashboards/dashboard_form.html"
    return render_page(request, template, context, partial="tiles", status=status)
