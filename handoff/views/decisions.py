"""Accepting, rejecting, withdrawing and reassigning a hand-off."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from config.htmx import HtmxRequest, wants_partial
from handoff import lifecycle
from handoff import queue as queues
from handoff.forms import ReassignForm, RejectForm, WithdrawForm
from handoff.models import Handoff
from handoff.views.queue import chosen_tab, summary
from leads.models import Lead


@dataclass(frozen=True)
class Question:
    """A form that asks before a deed; `url_name` is where it is posted to."""

    title: str
    button: str
    tone: str
    url_name: str
    form: forms.Form


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_POST
def accept(request: HtmxRequest, pk: int) -> HttpResponse:
    handoff = _offered(request, pk)
    done = _("{lead} is yours. Good luck!").format(lead=handoff.lead)
    return _decide(request, handoff, lifecycle.accept, done)


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_http_methods(["GET", "POST"])
def reject(request: HtmxRequest, pk: int) -> HttpResponse:
    handoff = _offered(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = RejectForm(posted, handoff=handoff)
    if form.is_valid():
        deed = partial(lifecycle.reject, **form.cleaned_data)
        reason = form.cleaned_data["reason"]
        done = _("{lead} is rejected: {reason}.").format(
            lead=handoff.lead, reason=reason
        )
        return _decide(request, handoff, deed, done)
    title = _("Reject {lead}").format(lead=handoff.lead)
    question = Question(title, _("Reject"), "bad", "handoff:reject", form)
    return _ask(request, handoff, question)


@permission_required("leads.move_lead", raise_exception=True)
@require_http_methods(["GET", "POST"])
def withdraw(request: HtmxRequest, pk: int) -> HttpResponse:
    handoff = _offered(request, pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        deed = partial(lifecycle.withdraw, **form.cleaned_data)
        done = _("{lead} is withdrawn and in MQL again.").format(lead=handoff.lead)
        return _decide(request, handoff, deed, done)
    title = _("Withdraw {lead} from sales").format(lead=handoff.lead)
    question = Question(title, _("Withdraw"), "bad", "handoff:withdraw", form)
    return _ask(request, handoff, question)


@permission_required("handoff.manage_handoffs", raise_exception=True)
@require_http_methods(["GET", "POST"])
def reassign(request: HtmxRequest, pk: int) -> HttpResponse:
    handoff = _offered(request, pk)
    form = ReassignForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        deed = partial(lifecycle.reassign, **form.cleaned_data)
        rep = form.cleaned_data["rep"]
        done = _("{lead} goes to {rep}.").format(lead=handoff.lead, rep=rep)
        return _decide(request, handoff, deed, done)
    title = _("Reassign {lead}").format(lead=handoff.lead)
    question = Question(title, _("Reassign"), "primary", "handoff:reassign", form)
    return _ask(request, handoff, question)


def _offered(request: HtmxRequest, pk: int) -> Handoff:
    """The hand-off, or a 404 where it was never this person's to see."""
    handoffs = Handoff.objects.offered_to(request.user).with_names()
    return get_object_or_404(handoffs, pk=pk)


def _decide(
    request: HtmxRequest, handoff: Handoff, deed: Callable[..., Handoff], done: str
) -> HttpResponse:
    """Do the deed; answer with the row as it then is, or lead back with a message."""
    error = ""
    try:
        deed(handoff=handoff, actor=request.user, now=timezone.now())
    except lifecycle.DecisionError as refused:
        error = str(refused)
    if _origin(request) == "queue" and wants_partial(request):
        return _row(request, handoff.pk, done=done, error=error)
    if error:
        messages.error(request, error)
    else:
        messages.success(request, done)
    address = _way_back(request, handoff.lead_id)
    if wants_partial(request):
        return HttpResponseClientRedirect(address)
    return redirect(address)


def _row(request: HtmxRequest, pk: int, *, done: str, error: str) -> HttpResponse:
    """The row of the queue with its true state, and the tiles anew."""
    now = timezone.now()
    rows = queues.with_engagement(handoffs=Handoff.objects.with_names(), at=now)
    handoff = rows.get(pk=pk)
    context = {
        "handoff": handoff,
        "now": now,
        "error": error,
        "may_open": _may_open(request, handoff.lead_id),
        **summary(request),
    }
    status = 409 if error else 200
    response = render(request, "handoff/_settled.html", context, status=status)
    trigger_client_event(response, "close-dialog", {})
    toast = {"text": error or done, "tone": "error" if error else "success"}
    return trigger_client_event(response, "toast", toast)


def _ask(request: HtmxRequest, handoff: Handoff, question: Question) -> HttpResponse:
    """Ask in a dialog, or on a page of its own; with 422 where an answer is wrong."""
    context: dict[str, Any] = {
        "handoff": handoff,
        "question": question,
        "form": question.form,
        "action": reverse(question.url_name, args=[handoff.pk]),
        "origin": _origin(request),
        "manages": _origin(request) == "queue"
        and request.user.has_perm("handoff.manage_handoffs"),
        "tab": chosen_tab(request),
        "back": _way_back(request, handoff.lead_id),
        "is_dialog": wants_partial(request),
        "ended": "" if handoff.is_open else _how_it_ended(handoff),
    }
    name = "question"
    if wants_partial(request):
        name = "_question_form" if question.form.is_bound else "_question_dialog"
    status = 422 if question.form.errors else 200
    return render(request, f"handoff/{name}.html", context, status=status)


def _origin(request: HtmxRequest) -> str:
    """The page that asks: "lead", or else the queue."""
    given = (request.POST or request.GET).get("origin")
    return "lead" if given == "lead" else "queue"


def _how_it_ended(handoff: Handoff) -> str:
    return lifecycle.how_it_ended(handoff=handoff, now=timezone.now())


def _may_open(request: HtmxRequest, lead_id: int) -> bool:
    return Lead.objects.visible_to(request.user).filter(pk=lead_id).exists()


def _way_back(request: HtmxRequest, lead_id: int) -> str:
    """Where the person came from: the lead's page if it may be seen, or the queue."""
    if _origin(request) == "lead" and _may_open(request, lead_id):
        return reverse("leads:detail", args=[lead_id])
    return f"{reverse('handoff:queue')}?tab={chosen_tab(request)}"
