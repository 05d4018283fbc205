"""Accepting, rejecting, withdrawing and reassigning a hand-off."""

from collections.abc import Callable
from functools import partial

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from config.htmx import HtmxRequest, wants_partial
from handoff import lifecycle
from handoff import queue as queues
from handoff.desk import claims, reassigning, taking_back
from handoff.forms import ReassignForm, RejectForm, WithdrawForm
from handoff.models import Handoff
from handoff.sla import calendars
from handoff.views.questions import Question, ask, origin, way_back
from handoff.views.queue import panel, summary


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_POST
def accept(request: HtmxRequest, pk: int) -> HttpResponse:
    handoff = _offered(request, pk)
    done = _("{lead} is yours. Good luck!").format(lead=handoff.lead)
    # A manager decides for the rep, who keeps it.
    if handoff.rep and handoff.rep != request.user:
        text = _("{lead} is accepted for {rep}.")
        done = text.format(lead=handoff.lead, rep=handoff.rep)
    return _decide(request, handoff, lifecycle.accept, done)


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_POST
def claim(request: HtmxRequest, pk: int) -> HttpResponse:
    handoff = _offered(request, pk)
    done = _("{lead} is on your queue now.").format(lead=handoff.lead)
    return _decide(request, handoff, claims.claim, done)


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
    return _ask(request, handoff, form, title=title, button=_("Reject"), tone="bad")


@permission_required("leads.move_lead", raise_exception=True)
@require_http_methods(["GET", "POST"])
def withdraw(request: HtmxRequest, pk: int) -> HttpResponse:
    handoff = _offered(request, pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        deed = partial(lifecycle.withdraw, **form.cleaned_data)
        done = _("{lead} is withdrawn and held in MQL.").format(lead=handoff.lead)
        return _decide(request, handoff, deed, done)
    title = _("Withdraw {lead} from sales").format(lead=handoff.lead)
    return _ask(request, handoff, form, title=title, button=_("Withdraw"), tone="bad")


@permission_required("handoff.manage_handoffs", raise_exception=True)
@require_http_methods(["GET", "POST"])
def reassign(request: HtmxRequest, pk: int) -> HttpResponse:
    handoff = _offered(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = ReassignForm(posted, now=timezone.now())
    if form.is_valid():
        deed = partial(reassigning.reassign, **form.cleaned_data)
        rep = form.cleaned_data["rep"]
        done = _("{lead} goes to {rep}.").format(lead=handoff.lead, rep=rep)
        return _decide(request, handoff, deed, done)
    title = _("Reassign {lead}").format(lead=handoff.lead)
    return _ask(
        request, handoff, form, title=title, button=_("Reassign"), tone="primary"
    )


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
    if origin(request) == "queue" and wants_partial(request):
        return _row(request, handoff.pk, done=done, error=error)
    if error:
        messages.error(request, error)
    else:
        messages.success(request, done)
    address = way_back(request, handoff.lead_id)
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
        "calendars": calendars.load(),
        "error": error,
        "is_beside": request.POST.get("open") == str(pk),
        **panel(request, handoff),
        **summary(request),
    }
    status = 409 if error else 200
    response = render(request, "handoff/_settled.html", context, status=status)
    trigger_client_event(response, "close-dialog", {})
    if not error and taking_back.is_offered(handoff, request.user, now):
        offer = {"text": done, "handoffs": [handoff.pk]}
        return trigger_client_event(response, "undo-offer", offer)
    toast = {"text": error or done, "tone": "error" if error else "success"}
    return trigger_client_event(response, "toast", toast)


def _ask(
    request: HtmxRequest,
    handoff: Handoff,
    form: forms.Form,
    *,
    title: str,
    button: str,
    tone: str,
) -> HttpResponse:
    """Ask before the deed whose view has this address, unless it was decided."""
    ended = ""
    if not handoff.is_open:
        ended = lifecycle.how_it_ended(handoff=handoff, now=timezone.now())
    question = Question(title, button, tone, request.path, form, ended)
    return ask(request, handoff.lead, question)
