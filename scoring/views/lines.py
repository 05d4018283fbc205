"""The rules and criteria of a draft: add, edit, order, switch, remove."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from config.htmx import HtmxRequest, wants_partial
from scoring import condition_form, editing, values
from scoring.condition_form import ConditionForm
from scoring.drafts import ChangedMeanwhileError, NotADraftError
from scoring.editing import TooManyError
from scoring.forms import CriterionForm, RuleForm, shortest
from scoring.models import BehaviourRule, FitCriterion, ScoringModel
from scoring.values import Line
from scoring.views.common import PERMISSION, ask, edited, model_of, refused

# The two parts of an address: whose lines they are, of which subject, their form.
KINDS: dict[str, tuple[type[Line], str, type[RuleForm | CriterionForm]]] = {
    "rules": (BehaviourRule, "activity", RuleForm),
    "criteria": (FitCriterion, "lead", CriterionForm),
}
REFUSALS = (NotADraftError, ChangedMeanwhileError, TooManyError)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def line_add(request: HtmxRequest, version: int, part: str) -> HttpResponse:
    return _form(request, model_of(version), part, None)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def line_edit(request: HtmxRequest, version: int, part: str, pk: int) -> HttpResponse:
    line = _line(version, part, pk)
    return _form(request, line.model, part, line)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def line_switch(request: HtmxRequest, version: int, part: str, pk: int) -> HttpResponse:
    line = _line(version, part, pk)
    is_on = request.POST.get("on") == "1"
    text = _("“{name}” is in use.") if is_on else _("“{name}” is switched off.")
    deed = partial(editing.switch, line=line, is_on=is_on)
    return _do(request, line.model, deed, text.format(name=line.name))


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def line_place(request: HtmxRequest, version: int, part: str, pk: int) -> HttpResponse:
    """Move a line; `to` is its new place, from 1: by drag, menu and keys alike."""
    line = _line(version, part, pk)
    typed = request.POST.get("to", "")
    if not typed.isdigit() or len(typed) > 6:
        return HttpResponse(_("No such place."), status=400)
    deed = partial(editing.place, line=line, position=int(typed))
    done = _("“{name}” is in place {place} now.")
    return _do(request, line.model, deed, done.format(name=line.name, place=typed))


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def line_remove(request: HtmxRequest, version: int, part: str, pk: int) -> HttpResponse:
    line = _line(version, part, pk)
    if request.method == "POST":
        done = _("“{name}” is removed. The history can put it back.")
        deed = partial(editing.remove, line=line)
        return _do(request, line.model, deed, done.format(name=line.name))
    title = _("Remove “{name}”?").format(name=line.name)
    context = {"model": line.model, "line": line, "part": part, "title": title}
    return ask(request, "remove", context)


def _line(version: int, part: str, pk: int) -> Line:
    kind = KINDS[part][0]
    lines = kind.objects.filter(model__version=version).select_related("model")
    return cast(Line, get_object_or_404(lines, pk=pk))


def _do(
    request: HtmxRequest, model: ScoringModel, deed: Callable[..., Any], done: str
) -> HttpResponse:
    try:
        deed(actor=request.user, now=timezone.now())
    except REFUSALS as refusal:
        return refused(request, model, str(refusal))
    return edited(request, model, done)


def _form(
    request: HtmxRequest, model: ScoringModel, part: str, line: Line | None
) -> HttpResponse:
    """The form of a line: shown, its conditions changed by a button, or saved."""
    if not model.is_draft:
        return refused(request, model, str(NotADraftError(model)))
    _kind, subject, form_class = KINDS[part]
    if request.method == "GET":
        tree = line.conditions if line else {}
        form = form_class(initial=_initial(line))
        builder = condition_form.of_tree(tree, subject)
        return _ask(request, model, part, line, form, builder)
    builder = condition_form.of_post(request.POST, subject)
    form = form_class(request.POST)
    if condition_form.BUTTON in request.POST:
        form = form_class(initial=request.POST.dict())
        return _ask(request, model, part, line, form, builder)
    builder = condition_form.checked(builder, may_be_empty=part == "rules")
    if not (form.is_valid() and builder.is_valid):
        return _ask(request, model, part, line, form, builder, status=422)
    said = form.values(builder.tree, is_on=line.is_on if line else True)
    if line is None:
        done = _("“{name}” is added.").format(name=said.name)
        return _do(request, model, partial(editing.add, model=model, line=said), done)
    deed = partial(editing.change, line=line, to=said, seen=form.cleaned_data["seen"])
    return _do(request, model, deed, _("“{name}” is saved.").format(name=said.name))


def _initial(line: Line | None) -> dict[str, Any]:
    if line is None:
        return {}
    said = values.of_line(line)
    seen = values.fingerprint(said)
    return {**vars(said), "points": shortest(said.points), "seen": seen}


def _ask(
    request: HtmxRequest,
    model: ScoringModel,
    part: str,
    line: Line | None,
    form: RuleForm | CriterionForm,
    builder: ConditionForm,
    *,
    status: int = 200,
) -> HttpResponse:
    titles = {
        ("rules", True): _("Edit the rule"),
        ("rules", False): _("Add a rule"),
        ("criteria", True): _("Edit the criterion"),
        ("criteria", False): _("Add a criterion"),
    }
    context = {
        "model": model,
        "part": part,
        "line": line,
        "form": form,
        "builder": builder,
        "title": titles[part, line is not None],
        "wide": True,
        "action": request.path,
    }
    context["keeps_typing"] = condition_form.BUTTON in request.POST and wants_partial(
        request
    )
    if context["keeps_typing"]:
        return render(request, "scoring/_conditions.html", context)
    return ask(request, "line", context, status=status)
