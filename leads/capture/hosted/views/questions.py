"""The questions of a form: ask, word, order, and ask no more."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from config.htmx import HtmxRequest, wants_partial
from leads.capture.hosted import building, fields, overview, public_form
from leads.capture.hosted.building import BuildingError, Question
from leads.capture.hosted.forms import QuestionForm
from leads.capture.hosted.views.common import PERMISSION, form_of, head
from leads.capture.models import FormField, HostedForm


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def form_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    return _page(request, form_of(pk))


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def question_add(request: HtmxRequest, pk: int) -> HttpResponse:
    """Ask for one more field of a lead, in its usual words."""
    form = form_of(pk)
    name = request.POST.get("name", "")
    known = fields.KNOWN.get(name)
    if known is None:
        raise BadRequest("No such field.")
    question = Question(name=name, label=str(known.label))
    try:
        building.add_field(form=form, question=question)
    except BuildingError as error:
        return _page(request, form, error=str(error), status=409)
    return _done(request, form)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def question_new(request: HtmxRequest, pk: int) -> HttpResponse:
    """A question of one's own; the answer is kept as a custom field."""
    hosted = form_of(pk)
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            building.add_field(form=hosted, question=form.question())
            return redirect("forms:detail", pk)
        except BuildingError as error:
            form.add_error(error.field, str(error))
    context = {"form": form, "hosted": hosted, "title": _("A question of your own")}
    return _asked(request, form, context)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def question_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    field = _field(pk)
    form = QuestionForm(request.POST if request.method == "POST" else None, field=field)
    if form.is_valid():
        building.change_field(field=field, question=form.question())
        return redirect("forms:detail", field.form_id)
    context = {"form": form, "hosted": field.form, "title": field.label}
    return _asked(request, form, context)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def question_move(request: HtmxRequest, pk: int) -> HttpResponse:
    """Move a question to the place `to`, from 1."""
    field, typed = _field(pk), request.POST.get("to", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 3):
        raise BadRequest("No such place.")
    building.move_field(field=field, to=int(typed))
    return _done(request, field.form)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def question_remove(request: HtmxRequest, pk: int) -> HttpResponse:
    field = _field(pk)
    try:
        building.remove_field(field=field)
    except BuildingError as error:
        return _page(request, field.form, error=str(error), status=409)
    messages.success(request, _("“{label}” is asked no more.").format(label=field))
    return redirect("forms:detail", field.form_id)


def _field(pk: int) -> FormField:
    return get_object_or_404(FormField.objects.select_related("form"), pk=pk)


def _done(request: HtmxRequest, form: HostedForm) -> HttpResponse:
    if wants_partial(request):
        return _page(request, form)
    return redirect("forms:detail", form.pk)


def _page(
    request: HtmxRequest, form: HostedForm, *, error: str = "", status: int = 200
) -> HttpResponse:
    """The questions with a preview beside them; htmx gets only these two."""
    context = {
        **head(form, "questions"),
        "questions": [(one, overview.filled(one)) for one in form.fields.all()],
        "left_over": overview.left_over(form),
        "filled": public_form.PublicForm(form, auto_id="preview_%s"),
        "error": error,
    }
    template = "hosted/form_questions.html"
    if wants_partial(request):
        template = f"{template}#questions"
    return render(request, template, context, status=status)


def _asked(
    request: HtmxRequest, form: QuestionForm, context: dict[str, Any]
) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "hosted/question_form.html", context, status=status)
