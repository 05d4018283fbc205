"""What the pages of the routing plan share."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django_htmx.http import reswap, retarget
from django_htmx.http import trigger_client_event as trigger

from config.htmx import HtmxRequest, wants_partial
from handoff.models import RoutingPlan
from handoff.routing import members
from handoff.routing.plans import staff, values, wording
from leads.models import Team

READ, CHANGE = "handoff.view_routingplan", "handoff.change_routing"
MOST_EVENTS = 50


def plan_of(version: int) -> RoutingPlan:
    """The plan of that version, or a 404."""
    plans = RoutingPlan.objects.select_related("activated_by", "default_team")
    return get_object_or_404(plans, version=version)


def said_by(plan: RoutingPlan) -> dict[str, Any]:
    """A version in words: its rules, and what comes before and after them."""
    there = staff.load()
    marked = Team.objects.filter(is_default=True).first()
    return {
        "plan": plan,
        "default_goal": wording.default_goal(plan, marked),
        "rules": [
            {
                "rule": rule,
                "words": wording.tree(rule),
                "goal": wording.goal(rule),
                "why_skipped": staff.why_skipped(rule, there),
            }
            for rule in values.rules_of(plan)
        ],
    }


def editor_context(request: HtmxRequest, plan: RoutingPlan) -> dict[str, Any]:
    """What the editor of a version shows; its queries do not grow with the rules."""
    now = timezone.now()
    return {
        **said_by(plan),
        "now": now,
        "can_edit": plan.is_draft and request.user.has_perm(CHANGE),
        "manages_teams": request.user.has_perm("handoff.manage_handoffs"),
        "teams": members.teams(now=now),
        "events": plan.events.select_related("actor")[:MOST_EVENTS],
    }


def edited(request: HtmxRequest, plan: RoutingPlan, done: str) -> HttpResponse:
    """After a change: htmx gets the whole editor anew, a plain form its page."""
    if not wants_partial(request):
        messages.success(request, done)
        return redirect("routing:detail", version=plan.version)
    context = editor_context(request, plan)
    response = render(request, "routing/plan_detail.html#editor", context)
    trigger(response, "close-dialog", {})
    trigger(response, "draft-changed", {})
    trigger(response, "toast", {"text": done})
    return reswap(retarget(response, "#editor"), "outerHTML")


def refused(request: HtmxRequest, plan: RoutingPlan, reason: str) -> HttpResponse:
    """After a change that came too late: the true state, and why."""
    fresh = plan_of(plan.version)
    if not wants_partial(request):
        messages.error(request, reason)
        return redirect("routing:detail", version=fresh.version)
    context = editor_context(request, fresh)
    response = render(request, "routing/plan_detail.html#editor", context, status=409)
    trigger(response, "close-dialog", {})
    trigger(response, "toast", {"text": reason, "tone": "error"})
    return reswap(retarget(response, "#editor"), "outerHTML")


def ask(
    request: HtmxRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A question in a dialog, or on a page of its own; `_NAME.html` is its form.

    A form that was sent from the dialog is swapped alone.
    """
    context = {"wide": False, "form_template": f"routing/_{name}.html", **context}
    template = "scoring/question.html"
    if wants_partial(request):
        is_sent = request.method == "POST"
        template = context["form_template"] if is_sent else "scoring/_dialog.html"
    return render(request, template, context, status=status)
