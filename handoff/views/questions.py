"""Asking before a deed: in a dialog, or without script on a page of its own."""

from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from config.htmx import HtmxRequest, wants_partial
from handoff.views.queue import chosen_tab
from leads.models import Lead


@dataclass(frozen=True)
class Question:
    """A form that asks before a deed; `action` is where it is posted to.

    `ended` says why there is nothing to ask any more.
    """

    title: str
    button: str
    tone: str
    action: str
    form: forms.Form
    ended: str = ""


def ask(request: HtmxRequest, lead: Lead, question: Question) -> HttpResponse:
    """Ask; with 422 where an answer is wrong."""
    context = {
        "lead": lead,
        "question": question,
        "form": question.form,
        "origin": origin(request),
        "manages": origin(request) == "queue"
        and request.user.has_perm("handoff.manage_handoffs"),
        "tab": chosen_tab(request),
        "back": way_back(request, lead.pk),
        "is_dialog": wants_partial(request),
    }
    name = "question"
    if wants_partial(request):
        name = "_question_form" if question.form.is_bound else "_question_dialog"
    status = 422 if question.form.errors else 200
    return render(request, f"handoff/{name}.html", context, status=status)


def origin(request: HtmxRequest) -> str:
    """The page that asks: "lead", or else the queue."""
    given = (request.POST or request.GET).get("origin")
    return "lead" if given == "lead" else "queue"


def may_open(request: HtmxRequest, lead_id: int) -> bool:
    """Whether this person may see the lead's page."""
    return Lead.objects.visible_to(request.user).filter(pk=lead_id).exists()


def way_back(request: HtmxRequest, lead_id: int) -> str:
    """Where the person came from: the lead's page if it may be seen, or the queue.

    Marketing has no queue, so goes to the lead's page from everywhere.
    """
    has_queue = request.user.has_perm("handoff.decide_handoff")
    from_lead = origin(request) == "lead" or not has_queue
    if from_lead and may_open(request, lead_id):
        return reverse("leads:detail", args=[lead_id])
    return f"{reverse('handoff:queue')}?tab={chosen_tab(request)}"
