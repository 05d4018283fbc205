"""One version: everything it says, trying it, and while it is a draft, changing it."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.htmx import HtmxRequest, wants_partial
from handoff.models import PlanEvent
from handoff.routing.plans import checks, documents, editing, values
from handoff.routing.plans.editing import TooManyError
from handoff.routing.plans.forms import PeriodForm, SettingsForm, usual_period
from handoff.routing.plans.values import SettingsValues
from handoff.routing.plans.views.common import (
    CHANGE,
    READ,
    ask,
    edited,
    editor_context,
    plan_of,
    refused,
)
from handoff.routing.replay import replay
from handoff.routing.trial import trial
from leads.json_nodes import DocumentError
from leads.models import Lead
from scoring.drafts import ChangedMeanwhileError, NotADraftError

MOST_FOUND = 8
# So many hand-offs that would go elsewhere are told one by one.
MOST_SHOWN = 100


@permission_required(READ, raise_exception=True)
@require_GET
def plan_detail(request: HtmxRequest, version: int) -> HttpResponse:
    plan = plan_of(version)
    context = {
        **editor_context(request, plan),
        "may_change": request.user.has_perm(CHANGE),
        "problems": [] if plan.status == "retired" else checks.problems_of(plan=plan),
        "trial": None,
        "found": [],
        "words": "",
    }
    return render(request, "routing/plan_detail.html", context)


@permission_required(READ, raise_exception=True)
@require_GET
def plan_trial(request: HtmxRequest, version: int) -> HttpResponse:
    """The test box: a search for leads, and where the chosen one would go."""
    plan = plan_of(version)
    leads = Lead.objects.visible_to(request.user).with_standing()
    words, chosen = request.GET.get("q", "")[:200], request.GET.get("lead", "")
    context = {"plan": plan, "words": words, "found": [], "trial": None}
    if chosen.isdigit() and len(chosen) < 19:
        lead = get_object_or_404(leads.select_related("account"), pk=chosen)
        context["trial"] = trial(lead=lead, plan=plan, now=timezone.now())
    elif words.strip():
        context["found"] = list(leads.matching(words).order_by("-pk")[:MOST_FOUND])
    template = "_trial" if wants_partial(request) else "plan_trial"
    return render(request, f"routing/{template}.html", context)


@permission_required(READ, raise_exception=True)
@require_GET
def plan_replay(request: HtmxRequest, version: int) -> HttpResponse:
    """The hand-offs of a period under the version; the last 30 days where none is."""
    plan = plan_of(version)
    is_asked = "since" in request.GET or "until" in request.GET
    form = PeriodForm(
        request.GET if is_asked else usual_period(timezone.localdate()),
    )
    found = None
    if form.is_valid():
        since, until = form.span
        found = replay(plan=plan, since=since, until=until)
    context = {
        "plan": plan,
        "form": form,
        "found": found,
        "changed": found.changed[-MOST_SHOWN:][::-1] if found else [],
        "without_rep": found.without_rep[-MOST_SHOWN:][::-1] if found else [],
        "most": MOST_SHOWN,
    }
    status = 200 if found else 422
    return render(request, "routing/plan_replay.html", context, status=status)


@permission_required(CHANGE, raise_exception=True)
@require_http_methods(["GET", "POST"])
def plan_settings(request: HtmxRequest, version: int) -> HttpResponse:
    plan = plan_of(version)
    said = values.of_row(SettingsValues, plan)
    initial = {**vars(said), "seen": documents.fingerprint(said)}
    posted = request.POST if request.method == "POST" else None
    form = SettingsForm(posted, initial=initial)
    if form.is_valid():
        try:
            editing.save_settings(
                plan=plan,
                to=form.values,
                seen=form.cleaned_data["seen"],
                actor=request.user,
                now=timezone.now(),
            )
        except (NotADraftError, ChangedMeanwhileError) as refusal:
            return refused(request, plan, str(refusal))
        done = _("What holds beside the rules is saved.")
        return edited(request, plan_of(version), done)
    if not plan.is_draft:
        return refused(request, plan, str(NotADraftError(plan)))
    context = {"plan": plan, "form": form, "title": _("Before and after the rules")}
    return ask(request, "settings", context, status=422 if form.errors else 200)


@permission_required(CHANGE, raise_exception=True)
@require_POST
def put_back(request: HtmxRequest, version: int, pk: int) -> HttpResponse:
    """Put back what an entry of the history took out."""
    plan = plan_of(version)
    events = PlanEvent.objects.filter(plan=plan, removed__isnull=False)
    event = get_object_or_404(events.select_related("plan"), pk=pk)
    try:
        editing.put_back(event=event, actor=request.user, now=timezone.now())
    except (NotADraftError, TooManyError, DocumentError) as refusal:
        return refused(request, plan, str(refusal))
    return edited(request, plan, _("{what} is back.").format(what=event.subject))
