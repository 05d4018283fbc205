"""The versions of the routing plan: list, drafts, activation, comparison."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.htmx import HtmxRequest
from handoff.models import PlanEvent, RoutingPlan
from handoff.routing.plans import checks, comparison, defaults, lifecycle, versions
from handoff.routing.plans.forms import ActivateForm
from handoff.routing.plans.lifecycle import ActivationError
from handoff.routing.plans.views.common import CHANGE, READ, ask, plan_of, said_by
from scoring.drafts import NotADraftError
from scoring.views.common import go_to


@permission_required(READ, raise_exception=True)
@require_GET
def plan_list(request: HtmxRequest) -> HttpResponse:
    plans = RoutingPlan.objects.select_related("activated_by", "default_team")
    created = PlanEvent.objects.filter(kind="created").select_related("actor")
    by_plan_id = {event.plan_id: event for event in created}
    rows = [(plan, by_plan_id.get(plan.pk)) for plan in plans]
    active = next((plan for plan, _made in rows if plan.is_active), None)
    context = {
        "rows": rows,
        "active": active,
        "said": said_by(active) if active else None,
        "problems": checks.problems_of(plan=active) if active else [],
        "may_change": request.user.has_perm(CHANGE),
    }
    return render(request, "routing/plan_list.html", context)


@permission_required(CHANGE, raise_exception=True)
@require_POST
def plan_create(request: HtmxRequest) -> HttpResponse:
    """A new draft: a copy of the version `base`, or of the one that decides."""
    base, now = request.POST.get("base", ""), timezone.now()
    if base and (not base.isdigit() or len(base) > 9):
        return HttpResponseBadRequest(_("No such version."))
    defaults.ensure_plan()
    plan = plan_of(int(base)) if base else RoutingPlan.objects.get(status="active")
    draft = versions.copy(plan=plan, actor=request.user, now=now)
    done = _("Version {version} is a draft. It decides nothing until it is activated.")
    messages.success(request, done.format(version=draft.version))
    return redirect("routing:detail", version=draft.version)


@permission_required(CHANGE, raise_exception=True)
@require_http_methods(["GET", "POST"])
def plan_activate(request: HtmxRequest, version: int) -> HttpResponse:
    plan = plan_of(version)
    form = ActivateForm(request.POST if request.method == "POST" else None)
    error = ""
    if form.is_valid():
        try:
            lifecycle.activate(
                plan=plan, actor=request.user, now=timezone.now(), **form.cleaned_data
            )
        except ActivationError as refusal:
            error = str(refusal)
        else:
            done = _("Version {version} decides from the next lead on.")
            messages.success(request, done.format(version=version))
            return go_to(request, reverse("routing:list"))
    title = _("Activate version {version}")
    if not plan.is_draft:
        title = _("Roll back to version {version}")
    context = {
        "plan": plan,
        "form": form,
        "error": error,
        "problems": checks.problems_of(plan=plan),
        "title": title.format(version=version),
    }
    status = 409 if error else 422 if form.errors else 200
    return ask(request, "activate", context, status=status)


@permission_required(CHANGE, raise_exception=True)
@require_http_methods(["GET", "POST"])
def plan_discard(request: HtmxRequest, version: int) -> HttpResponse:
    plan = plan_of(version)
    if request.method == "POST":
        try:
            versions.discard(plan=plan)
        except NotADraftError as refusal:
            messages.error(request, str(refusal))
        else:
            done = _("The draft of version {version} is gone.")
            messages.success(request, done.format(version=version))
        return go_to(request, reverse("routing:list"))
    context = {
        "plan": plan,
        "title": _("Discard version {version}?").format(version=version),
        "edits": plan.events.count() - 1,
    }
    return ask(request, "discard", context)


@permission_required(READ, raise_exception=True)
@require_GET
def plan_compare(request: HtmxRequest, version: int) -> HttpResponse:
    """The version beside another one: `?with=`, else the one that decides."""
    plan = plan_of(version)
    others = list(
        RoutingPlan.objects.exclude(pk=plan.pk).select_related("default_team")
    )
    wanted = request.GET.get("with", "")
    other = next((one for one in others if str(one.version) == wanted), None)
    other = other or _beside(plan, others)
    context = {
        "plan": plan,
        "shown": plan,
        "other": other,
        "others": others,
        "found": comparison.compare(before=other, after=plan) if other else None,
    }
    return render(request, "routing/plan_compare.html", context)


def _beside(plan: RoutingPlan, others: list[RoutingPlan]) -> RoutingPlan | None:
    """What a version is mostly compared with: the active one, else the one before."""
    active = [one for one in others if one.is_active]
    before = [one for one in others if one.version < plan.version]
    return next(iter(active or before or others), None)
