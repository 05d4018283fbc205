"""What the pages of scoring models share."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget
from django_htmx.http import trigger_client_event as trigger

from config.htmx import HtmxRequest, wants_partial
from scoring import values, wording
from scoring.models import ScoringModel
from scoring.values import Line, SettingsValues

PERMISSION = "scoring.change_scoring"
MOST_EVENTS = 50


def model_of(version: int) -> ScoringModel:
    """The model of that version, or a 404."""
    models = ScoringModel.objects.select_related("activated_by")
    return get_object_or_404(models, version=version)


def editor_context(model: ScoringModel) -> dict[str, Any]:
    """What the editor of a version shows; six queries, however many rules there are."""
    gates = values.of_model(model).gates
    bands = values.of_row(SettingsValues, model).band_limits
    return {
        "model": model,
        "rules": _with_words(model.rules.order_by("position")),
        "criteria": _with_words(model.criteria.order_by("position")),
        "gates": gates,
        "bands": bands,
        "events": model.events.select_related("actor")[:MOST_EVENTS],
    }


def _with_words(lines: Any) -> list[dict[str, Any]]:
    """Each rule or criterion with its conditions and its cap in words."""
    return [_in_words(line) for line in lines]


def _in_words(line: Line) -> dict[str, Any]:
    said = values.of_line(line)
    cap = wording.cap(said) if isinstance(said, values.RuleValues) else ""
    words = wording.tree(said) if line.conditions else ""
    return {"line": line, "words": words, "cap": cap}


def edited(request: HtmxRequest, model: ScoringModel, done: str) -> HttpResponse:
    """After a change: htmx gets the whole editor anew, a plain form its page."""
    if not wants_partial(request):
        messages.success(request, done)
        return redirect("scoring:detail", version=model.version)
    response = render(
        request, "scoring/model_detail.html#editor", editor_context(model)
    )
    trigger(response, "close-dialog", {})
    trigger(response, "draft-changed", {})
    trigger(response, "toast", {"text": done})
    return reswap(retarget(response, "#editor"), "outerHTML")


def refused(request: HtmxRequest, model: ScoringModel, reason: str) -> HttpResponse:
    """After a change that came too late: the true state, and why."""
    fresh = model_of(model.version)
    if not wants_partial(request):
        messages.error(request, reason)
        return redirect("scoring:detail", version=fresh.version)
    context = editor_context(fresh)
    response = render(request, "scoring/model_detail.html#editor", context, status=409)
    trigger(response, "close-dialog", {})
    trigger(response, "toast", {"text": reason, "tone": "error"})
    return reswap(retarget(response, "#editor"), "outerHTML")


def go_to(request: HtmxRequest, address: str) -> HttpResponse:
    """Lead to another page, whether htmx asked or the browser."""
    if wants_partial(request):
        return HttpResponseClientRedirect(address)
    return redirect(address)


def ask(
    request: HtmxRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A question in a dialog, or on a page of its own; `_NAME.html` is its form.

    A form that was sent from the dialog is swapped alone.
    """
    context = {"wide": False, "form_template": f"scoring/_{name}.html", **context}
    template = "scoring/question.html"
    if wants_partial(request):
        is_sent = request.method == "POST"
        template = context["form_template"] if is_sent else "scoring/_dialog.html"
    return render(request, template, context, status=status)
