"""Giving a lead back to nurture, or disqualifying it, from its page."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from config.htmx import HtmxRequest, wants_partial
from handoff.selling import giving_back
from handoff.selling.forms import DisqualifyForm, GiveBackForm
from handoff.views.questions import Question, ask, way_back
from leads.models import Lead


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_http_methods(["GET", "POST"])
def give_back(request: HtmxRequest, pk: int) -> HttpResponse:
    lead = _lead(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = GiveBackForm(posted, lead=lead, now=timezone.now())
    if form.is_valid():
        deed = partial(giving_back.to_nurture, lead=lead, **form.cleaned_data)
        return _do(request, lead, deed, _("{lead} is back in nurture."))
    title = _("Back to nurture: {lead}").format(lead=lead)
    action = reverse("handoff:give_back", args=[lead.pk])
    button = _("Give back")
    return ask(request, lead, Question(title, button, "primary", action, form))


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_http_methods(["GET", "POST"])
def disqualify(request: HtmxRequest, pk: int) -> HttpResponse:
    lead = _lead(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = DisqualifyForm(posted, lead=lead)
    if form.is_valid():
        deed = partial(giving_back.disqualify, lead=lead, **form.cleaned_data)
        return _do(request, lead, deed, _("{lead} is disqualified."))
    title = _("Disqualify {lead}").format(lead=lead)
    action = reverse("handoff:disqualify", args=[lead.pk])
    return ask(request, lead, Question(title, _("Disqualify"), "bad", action, form))


def _lead(request: HtmxRequest, pk: int) -> Lead:
    leads = Lead.objects.visible_to(request.user).with_standing()
    return get_object_or_404(leads, pk=pk)


def _do(
    request: HtmxRequest, lead: Lead, deed: Callable[..., Any], done: str
) -> HttpResponse:
    """Do the deed, and lead back with a message; the rep may not see the lead now."""
    try:
        deed(actor=request.user, now=timezone.now())
    except giving_back.GiveBackError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done.format(lead=lead))
    address = way_back(request, lead.pk)
    if wants_partial(request):
        return HttpResponseClientRedirect(address)
    return redirect(address)
