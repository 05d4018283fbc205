"""The rules of a draft: add, edit, order, switch, remove."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from config.htmx import HtmxRequest, wants_partial
from handoff.models import RoutingPlan, RoutingRule
from handoff.routing.condition_fields import SUBJECT
from handoff.routing.plans import editing, values
from handoff.routing.plans.editing import TooManyError
from handoff.routing.plans.forms import RuleForm, rule_initial
from handoff.routing.plans.values import RuleValues
from handoff.routing.plans.views.common import CHANGE, ask, edited, plan_of, refused
from scoring import condition_form
from scoring.condition_form import ConditionForm
from scoring.drafts import ChangedMeanwhileError, NotADraftError

REFUSALS = (NotADraftError, ChangedMeanwhileError, TooManyError)


@permission_required(CHANGE, raise_exception=True)
@require_http_methods(["GET", "POST"])
def rule_add(request: HtmxRequest, version: int) -> HttpResponse:
    return _form(request, plan_of(version), None)


@permission_required(CHANGE, raise_exception=True)
@require_http_methods(["GET", "POST"])
def rule_edit(request: HtmxRequest, version: int, pk: int) -> HttpResponse:
    rule = _rule(version, pk)
    return _form(request, rule.plan, rule)


@permission_required(CHANGE, raise_exception=True)
@require_POST
def rule_switch(request: HtmxRequest, version: int, pk: int) -> HttpResponse:
    rule = _rule(version, pk)
    is_on = request.POST.get("on") == "1"
    text = _("“{name}” is in use.") if is_on else _("“{name}” is switched off.")
    deed = partial(editing.switch, rule=rule, is_on=is_on)
    return _do(request, rule.plan, deed, text.format(name=rule.name))


@permission_required(CHANGE, raise_exception=True)
@require_POST
def rule_place(request: HtmxRequest, version: int, pk: int) -> HttpResponse:
    """Move a rule; `to` is its new place, from 1: by drag, menu and keys alike."""
    rule = _rule(version, pk)
    typed = request.POST.get("to", "")
    if not typed.isdigit() or len(typed) > 6:
        return HttpResponseBadRequest(_("No such place."))
    deed = partial(editing.place, rule=rule, position=int(typed))
    done = _("“{name}” is in place {place} now.")
    return _do(request, rule.plan, deed, done.format(name=rule.name, place=typed))


@permission_required(CHANGE, raise_exception=True)
@require_http_methods(["GET", "POST"])
def rule_remove(request: HtmxRequest, version: int, pk: int) -> HttpResponse:
    rule = _rule(version, pk)
    if request.method == "POST":
        done = _("“{name}” is removed. The history can put it back.")
        deed = partial(editing.remove, rule=rule)
        return _do(request, rule.plan, deed, done.format(name=rule.name))
    title = _("Remove “{name}”?").format(name=rule.name)
    return ask(request, "remove", {"plan": rule.plan, "rule": rule, "title": title})


def _rule(version: int, pk: int) -> RoutingRule:
    rules = RoutingRule.objects.filter(plan__version=version)
    related = ("plan__default_team", "plan__activated_by", "team", "rep__user")
    return get_object_or_404(rules.select_related(*related, "rep__team"), pk=pk)


def _do(
    request: HtmxRequest, plan: RoutingPlan, deed: Callable[..., Any], done: str
) -> HttpResponse:
    try:
        deed(actor=request.user, now=timezone.now())
    except REFUSALS as refusal:
        return refused(request, plan, str(refusal))
    return edited(request, plan, done)


def _form(
    request: HtmxRequest, plan: RoutingPlan, rule: RoutingRule | None
) -> HttpResponse:
    """The form of a rule: shown, its conditions changed by a button, or saved."""
    if not plan.is_draft:
        return refused(request, plan, str(NotADraftError(plan)))
    if request.method == "GET":
        builder = condition_form.of_tree(rule.conditions if rule else {}, SUBJECT)
        form = RuleForm(initial=_initial(rule))
        return _ask(request, plan, rule, form, builder)
    builder = condition_form.of_post(request.POST, SUBJECT)
    if condition_form.BUTTON in request.POST:
        form = RuleForm(initial=request.POST.dict())
        return _ask(request, plan, rule, form, builder)
    form = RuleForm(request.POST)
    builder = condition_form.checked(builder, may_be_empty=False)
    if not (form.is_valid() and builder.is_valid):
        return _ask(request, plan, rule, form, builder, status=422)
    said = form.values(builder.tree, is_on=rule.is_on if rule else True)
    if rule is None:
        done = _("“{name}” is added.").format(name=said.name)
        return _do(request, plan, partial(editing.add, plan=plan, rule=said), done)
    deed = partial(editing.change, rule=rule, to=said, seen=form.cleaned_data["seen"])
    return _do(request, plan, deed, _("“{name}” is saved.").format(name=said.name))


def _initial(rule: RoutingRule | None) -> dict[str, Any]:
    return rule_initial(values.of_row(RuleValues, rule)) if rule else {}


def _ask(
    request: HtmxRequest,
    plan: RoutingPlan,
    rule: RoutingRule | None,
    form: RuleForm,
    builder: ConditionForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "plan": plan,
        "rule": rule,
        "form": form,
        "builder": builder,
        "title": _("Edit the rule") if rule else _("Add a rule"),
        "wide": True,
        "action": request.path,
    }
    context["keeps_typing"] = condition_form.BUTTON in request.POST and wants_partial(
        request
    )
    if context["keeps_typing"]:
        return render(request, "scoring/_conditions.html", context)
    return ask(request, "rule", context, status=status)
