"""What the pages of selling share: where one came from, and asking before a deed."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from config.htmx import HtmxRequest, wants_partial
from handoff.models import Deal
from handoff.views.questions import Question
from leads.models import Lead

# The pages of a person's own from which something is asked.
PAGES = {
    "queue": "handoff:queue",
    "tasks": "handoff:tasks",
    "deals": "handoff:deals",
}


def visible_lead(request: HtmxRequest, pk: int) -> Lead:
    """The lead, or a 404 where this person may not see it."""
    leads = Lead.objects.visible_to(request.user).with_standing()
    return get_object_or_404(leads, pk=pk)


def origin(request: HtmxRequest) -> str:
    """The name of the page that asks: one of `PAGES`, a deal's, or else the lead's."""
    given = (request.POST or request.GET).get("origin", "")
    return given if given in {*PAGES, "deal"} else "lead"


def way_back(request: HtmxRequest, lead: Lead, deal: Deal | None = None) -> str:
    """The address of the page that asks."""
    asking = origin(request)
    if asking == "deal" and deal:
        return reverse("handoff:deal", args=[deal.pk])
    name = PAGES.get(asking)
    return reverse(name) if name else reverse("leads:detail", args=[lead.pk])


def go_back(
    request: HtmxRequest,
    lead: Lead,
    *,
    deal: Deal | None = None,
    done: str = "",
    error: str = "",
) -> HttpResponse:
    """Lead back to where the person came from, filters and all, with a message."""
    if error:
        messages.error(request, error)
    elif done:
        messages.success(request, done)
    address = way_back(request, lead, deal)
    if not wants_partial(request):
        return redirect(address)
    here = request.htmx.current_url_abs_path or ""
    is_here = urlsplit(here).path == address
    return HttpResponseClientRedirect(here if is_here else address)


def ask(
    request: HtmxRequest, lead: Lead, question: Question, *, deal: Deal | None = None
) -> HttpResponse:
    """Ask, in a dialog or on a page of its own; with 422 where an answer is wrong."""
    context: dict[str, Any] = {
        "lead": lead,
        "question": question,
        "form": question.form,
        "origin": origin(request),
        "manages": False,
        "tab": "",
        "back": way_back(request, lead, deal),
        "is_dialog": wants_partial(request),
    }
    name = "question"
    if wants_partial(request):
        name = "_question_form" if question.form.is_bound else "_question_dialog"
    status = 422 if question.form.errors else 200
    return render(request, f"handoff/{name}.html", context, status=status)
