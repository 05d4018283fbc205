"""One version: everything it says, and while it is a draft, changing it."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.htmx import HtmxRequest, wants_partial
from leads.json_nodes import DocumentError
from leads.models import Lead
from scoring import checks, editing, values
from scoring.drafts import ChangedMeanwhileError, NotADraftError
from scoring.editing import TooManyError
from scoring.forms import GatesForm, SettingsForm
from scoring.models import ModelEvent
from scoring.trial import trial
from scoring.usage import usage_of
from scoring.values import SettingsValues
from scoring.versions import progress
from scoring.views.common import (
    PERMISSION,
    ask,
    edited,
    editor_context,
    model_of,
    refused,
)

MOST_FOUND = 8


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def model_detail(request: HtmxRequest, version: int) -> HttpResponse:
    model = model_of(version)
    context = {
        **editor_context(model),
        "usages": None,
        "problems": checks.problems_of(model=model) if model.is_draft else [],
        "progress": progress(model=model) if model.is_active else None,
        "trial": None,
        "found": [],
        "words": "",
    }
    return render(request, "scoring/model_detail.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def model_usage(request: HtmxRequest, version: int) -> HttpResponse:
    """How often each rule fired; behind the page, since it reads the whole ledger."""
    model = model_of(version)
    usages = usage_of(model=model, now=timezone.now())
    context = {"model": model, "usages": usages, "rules": model.rules.all()}
    if wants_partial(request):
        return render(request, "scoring/_usages.html", context)
    return render(request, "scoring/model_usage.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def model_trial(request: HtmxRequest, version: int) -> HttpResponse:
    """The test box: a search for leads, and the chosen one's score both ways."""
    model = model_of(version)
    leads = Lead.objects.visible_to(request.user).with_standing()
    words, chosen = request.GET.get("q", "")[:200], request.GET.get("lead", "")
    context = {"model": model, "words": words, "found": [], "trial": None}
    if chosen.isdigit() and len(chosen) < 19:
        lead = get_object_or_404(leads, pk=chosen)
        context["trial"] = trial(lead=lead, model=model, now=timezone.now())
    elif words.strip():
        context["found"] = list(leads.matching(words).order_by("-pk")[:MOST_FOUND])
    template = "_trial" if wants_partial(request) else "model_trial"
    return render(request, f"scoring/{template}.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def model_gates(request: HtmxRequest, version: int) -> HttpResponse:
    model = model_of(version)
    posted = request.POST if request.method == "POST" else None
    form = GatesForm(posted, gates=values.of_model(model).gates)
    if form.is_valid():
        try:
            editing.save_gates(
                model=model,
                to=form.values,
                seen=form.cleaned_data["seen"],
                actor=request.user,
                now=timezone.now(),
            )
        except (NotADraftError, ChangedMeanwhileError) as refusal:
            return refused(request, model, str(refusal))
        return edited(request, model, _("The gates are saved."))
    return _ask_draft(request, "gates", version, form, _("Gates"))


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def model_settings(request: HtmxRequest, version: int) -> HttpResponse:
    model = model_of(version)
    posted = request.POST if request.method == "POST" else None
    form = SettingsForm(posted, settings=values.of_row(SettingsValues, model))
    if form.is_valid():
        try:
            editing.save_settings(
                model=model,
                to=form.values,
                seen=form.cleaned_data["seen"],
                actor=request.user,
                now=timezone.now(),
            )
        except (NotADraftError, ChangedMeanwhileError) as refusal:
            return refused(request, model, str(refusal))
        return edited(request, model_of(version), _("The settings are saved."))
    return _ask_draft(request, "settings", version, form, _("Name, speeds and grades"))


def _ask_draft(
    request: HtmxRequest,
    name: str,
    version: int,
    form: GatesForm | SettingsForm,
    title: str,
) -> HttpResponse:
    """Ask for what a draft says; of another version tell that it is none."""
    model = model_of(version)
    if not model.is_draft:
        return refused(request, model, str(NotADraftError(model)))
    context = {"model": model, "form": form, "title": title, "wide": False}
    return ask(request, name, context, status=422 if form.errors else 200)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def put_back(request: HtmxRequest, version: int, pk: int) -> HttpResponse:
    """Put back what an entry of the history took out."""
    model = model_of(version)
    events = ModelEvent.objects.filter(model=model, removed__isnull=False)
    event = get_object_or_404(events.select_related("model"), pk=pk)
    try:
        editing.put_back(event=event, actor=request.user, now=timezone.now())
    except (NotADraftError, TooManyError, DocumentError) as refusal:
        return refused(request, model, str(refusal))
    return edited(request, model, _("{what} is back.").format(what=event.subject))
