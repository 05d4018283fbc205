"""The versions of the scoring model: list, drafts, activation, comparison."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.htmx import HtmxRequest, render_page, wants_partial
from scoring import checks, comparison, lifecycle, versions
from scoring.drafts import NotADraftError
from scoring.engagement import active_model
from scoring.forms import ActivateForm
from scoring.lifecycle import ActivationError
from scoring.models import ModelEvent, ScoringModel
from scoring.preview import preview
from scoring.views.common import PERMISSION, ask, go_to, model_of


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def model_list(request: HtmxRequest) -> HttpResponse:
    models = list(ScoringModel.objects.select_related("activated_by"))
    created = ModelEvent.objects.filter(kind="created").select_related("actor")
    by_model_id = {event.model_id: event for event in created}
    active = next((model for model in models if model.is_active), None)
    context = {
        "rows": [(model, by_model_id.get(model.pk)) for model in models],
        "active": active,
        "progress": versions.progress(model=active) if active else None,
        "starters": versions.STARTERS.items(),
    }
    return render_page(request, "scoring/model_list.html", context, partial="progress")


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def model_create(request: HtmxRequest) -> HttpResponse:
    """A new draft: a copy of a version, or a starting template."""
    starter, base = request.POST.get("starter", ""), request.POST.get("base", "")
    now = timezone.now()
    if starter in versions.STARTERS:
        draft = versions.start(starter=starter, actor=request.user, now=now)
    elif base.isdigit() and len(base) < 10:
        draft = versions.copy(model=model_of(int(base)), actor=request.user, now=now)
    else:
        raise Http404
    done = _("Version {version} is a draft. It decides nothing until it is activated.")
    messages.success(request, done.format(version=draft.version))
    return redirect("scoring:detail", version=draft.version)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def model_activate(request: HtmxRequest, version: int) -> HttpResponse:
    model = model_of(version)
    form = ActivateForm(request.POST if request.method == "POST" else None)
    error = ""
    if form.is_valid():
        try:
            lifecycle.activate(
                model=model, actor=request.user, now=timezone.now(), **form.cleaned_data
            )
        except ActivationError as refusal:
            error = str(refusal)
        else:
            done = _("Version {version} decides now. Every lead is being scored anew.")
            messages.success(request, done.format(version=version))
            return go_to(request, reverse("scoring:list"))
    context: dict[str, Any] = {
        "model": model,
        "form": form,
        "error": error,
        "problems": checks.problems_of(model=model),
        "title": _("Activate version {version}").format(version=version),
        "wide": True,
        # In the dialog it comes behind; a page of its own has it at once.
        "preview": None
        if wants_partial(request)
        else preview(model=model, now=timezone.now()),
    }
    if not model.is_draft:
        title = _("Roll back to version {version}")
        context["title"] = title.format(version=version)
    status = 409 if error else 422 if form.errors else 200
    return ask(request, "activate", context, status=status)


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def model_preview(request: HtmxRequest, version: int) -> HttpResponse:
    """What the version would change, asked for by a button and by the dialog."""
    model = model_of(version)
    context = {"model": model, "preview": preview(model=model, now=timezone.now())}
    return render_page(
        request, "scoring/model_preview.html", context, partial="preview"
    )


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def model_discard(request: HtmxRequest, version: int) -> HttpResponse:
    model = model_of(version)
    if request.method == "POST":
        try:
            versions.discard(model=model)
        except NotADraftError as refusal:
            messages.error(request, str(refusal))
        else:
            done = _("The draft of version {version} is gone.")
            messages.success(request, done.format(version=version))
        return go_to(request, reverse("scoring:list"))
    context = {
        "model": model,
        "title": _("Discard version {version}?").format(version=version),
        "edits": model.events.count() - 1,
    }
    return ask(request, "discard", context)


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def model_compare(request: HtmxRequest, version: int) -> HttpResponse:
    """The version beside another one: `?with=`, else the one that decides."""
    model = model_of(version)
    others = list(ScoringModel.objects.exclude(pk=model.pk))
    wanted = request.GET.get("with", "")
    other = next((one for one in others if str(one.version) == wanted), None)
    other = other or _beside(model, others)
    context = {
        "model": model,
        "shown": model,
        "other": other,
        "others": others,
        "found": comparison.compare(before=other, after=model) if other else None,
    }
    return render(request, "scoring/model_compare.html", context)


def _beside(model: ScoringModel, others: list[ScoringModel]) -> ScoringModel | None:
    """What a version is mostly compared with: the active one, else the one before."""
    active = active_model()
    if active is not None and active.pk != model.pk:
        return active
    before = [one for one in others if one.version < model.version]
    return next(iter(before or others), None)
