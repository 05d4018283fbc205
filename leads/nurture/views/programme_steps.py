"""The steps of a programme: add, edit, order, remove."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from config.htmx import HtmxRequest, wants_partial
from leads.nurture.choices import StepKind
from leads.nurture.condition_fields import SUBJECT
from leads.nurture.models import Programme, Step
from leads.nurture.programme_forms import StepForm
from leads.nurture.programmes import building
from leads.nurture.programmes.building import ProgrammeError
from leads.nurture.views.segments import PERMISSION
from scoring import condition_form
from scoring.condition_form import ConditionForm


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def step_new(request: HtmxRequest, pk: int, kind: str) -> HttpResponse:
    programme = get_object_or_404(Programme, pk=pk)
    if kind not in StepKind.values:
        raise Http404
    return _form(request, programme, StepKind(kind), None)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def step_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    step = _step(pk)
    return _form(request, step.programme, StepKind(step.kind), step)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def step_move(request: HtmxRequest, pk: int) -> HttpResponse:
    step = _step(pk)
    by = -1 if request.POST.get("by") == "up" else 1
    try:
        building.move_step(step=step, by=by)
    except ProgrammeError as error:
        messages.error(request, str(error))
    return redirect(step.programme)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def step_remove(request: HtmxRequest, pk: int) -> HttpResponse:
    step = _step(pk)
    try:
        building.remove_step(step=step)
        messages.success(request, _("The step is removed."))
    except ProgrammeError as error:
        messages.error(request, str(error))
    return redirect(step.programme)


def _step(pk: int) -> Step:
    steps = Step.objects.select_related("programme", "template", "otherwise")
    return get_object_or_404(steps, pk=pk)


def _form(
    request: HtmxRequest, programme: Programme, kind: StepKind, step: Step | None
) -> HttpResponse:
    make = partial(StepForm, kind=kind, programme=programme, instance=step)
    if request.method == "GET":
        tree = step.conditions if step else {}
        builder = condition_form.of_tree(tree, SUBJECT)
        return _ask(request, programme, kind, step, make(), builder)
    builder = condition_form.of_post(request.POST, SUBJECT)
    form = make(request.POST)
    if condition_form.BUTTON in request.POST:
        return _ask(request, programme, kind, step, make(), builder)
    is_branch = kind == StepKind.BRANCH
    if is_branch:
        builder = condition_form.checked(builder, may_be_empty=False)
    if form.is_valid() and (builder.is_valid or not is_branch):
        said = {**form.cleaned_data, "kind": kind}
        said["conditions"] = dict(builder.tree) if is_branch else {}
        try:
            building.save_step(programme=programme, step=step, said=said)
        except ProgrammeError as error:
            form.add_error(error.field or None, str(error))
        else:
            return redirect(programme)
    return _ask(request, programme, kind, step, form, builder, status=422)


def _ask(
    request: HtmxRequest,
    programme: Programme,
    kind: StepKind,
    step: Step | None,
    form: StepForm,
    builder: ConditionForm,
    *,
    status: int = 200,
) -> HttpResponse:
    is_changing = condition_form.BUTTON in request.POST and wants_partial(request)
    context = {
        "programme": programme,
        "kind": kind,
        "step": step,
        "form": form,
        "builder": builder if kind == StepKind.BRANCH else None,
        "action": request.path,
        "keeps_typing": is_changing,
    }
    template = (
        "scoring/_conditions.html" if is_changing else "programmes/step_form.html"
    )
    return render(request, template, context, status=status)
