"""The service levels: what each team promises, on one page, and a form for each."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from config.htmx import HtmxRequest
from handoff import setting_changes
from handoff.choices import Priority, SettingKind
from handoff.models import ServiceLevel
from handoff.setting_changes import By
from handoff.sla import changing, levels, words
from handoff.sla.forms import LevelForm, NewLevelForm, WhyForm

PERMISSION = "handoff.manage_service_levels"


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def level_list(request: HtmxRequest) -> HttpResponse:
    rows = [
        {"level": row, "words": words.level_in_words(levels.level_of(row))}
        for row in ServiceLevel.objects.select_related("team")
    ]
    changes = setting_changes.latest(SettingKind.LEVEL)
    context = {"rows": rows, "changes": changes}
    return render(request, "handoff/level_list.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def level_new(request: HtmxRequest) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = NewLevelForm(posted, level=levels.DEFAULTS[Priority.NORMAL])
    if form.is_valid():
        priority = Priority(form.cleaned_data["priority"])
        changing.promise(
            team=form.cleaned_data["team"],
            priority=priority,
            level=form.level(),
            by=_by(request, form),
        )
        return _saved(request)
    return _form_page(request, {"form": form, "row": None})


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def level_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(ServiceLevel.objects.select_related("team"), pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = LevelForm(posted, level=levels.level_of(row))
    if form.is_valid():
        priority = Priority(row.priority)
        level, by = form.level(), _by(request, form)
        changing.promise(team=row.team, priority=priority, level=level, by=by)
        return _saved(request)
    return _form_page(request, {"form": form, "row": row, "why_form": _why_form()})


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def level_delete(request: HtmxRequest, pk: int) -> HttpResponse:
    """Let a team promise what all others do; their own level stays."""
    row = get_object_or_404(ServiceLevel.objects.exclude(team=None), pk=pk)
    form = _why_form(request.POST)
    if not form.is_valid():
        level_form = LevelForm(level=levels.level_of(row))
        context = {"form": level_form, "row": row, "why_form": form}
        return _form_page(request, context, status=422)
    changing.promise_as_others(row=row, by=_by(request, form))
    text = _("{team} promises what every other team does from now on.")
    messages.success(request, text.format(team=row.team))
    return redirect("handoff:sla")


def _saved(request: HtmxRequest) -> HttpResponse:
    messages.success(request, _("Saved; it holds for hand-offs from now on."))
    return redirect("handoff:sla")


def _by(request: HtmxRequest, form: WhyForm) -> By:
    return By(request.user, timezone.now(), form.cleaned_data["why"])


def _why_form(data: Any = None) -> WhyForm:
    # It stands beside the form of the level, which asks for the same.
    return WhyForm(data, auto_id="away_%s")


def _form_page(
    request: HtmxRequest, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    status = 422 if context["form"].errors else status
    return render(request, "handoff/level_form.html", context, status=status)
