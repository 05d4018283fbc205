"""Accepting what is ticked, and taking back what was just done."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from config.htmx import HtmxRequest, wants_partial
from handoff import lifecycle
from handoff.desk import taking_back
from handoff.models import Handoff
from handoff.views.questions import way_back
from handoff.views.queue import LONGEST_ID, PAGE_SIZE


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_POST
def accept_ticked(request: HtmxRequest) -> HttpResponse:
    """Accept each of these; what cannot be accepted any more is told."""
    done, refused = _each(request, lifecycle.accept)
    text = ngettext("{count} lead is yours.", "{count} leads are yours.", len(done))
    if any(one.rep != request.user for one in done):
        text = ngettext(
            "{count} lead is accepted.", "{count} leads are accepted.", len(done)
        )
    if not done and not refused:
        refused = [_("Tick the leads first that you want to accept.")]
    return _answer(request, done, text.format(count=len(done)), refused, offer=True)


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_POST
def undo(request: HtmxRequest) -> HttpResponse:
    """Take back what this person has just done with these."""
    done, refused = _each(request, taking_back.take_back)
    text = ngettext("Taken back.", "{count} taken back.", len(done))
    return _answer(request, done, text.format(count=len(done)), refused, offer=False)


def _each(
    request: HtmxRequest, deed: Callable[..., Handoff]
) -> tuple[list[Handoff], list[str]]:
    """Do the deed with each hand-off that was named, and say what was refused."""
    asked = request.POST.getlist("handoff")
    well_formed = all(
        one.isascii() and one.isdigit() and len(one) <= LONGEST_ID for one in asked
    )
    if not well_formed or len(asked) > PAGE_SIZE:
        raise BadRequest("No such hand-offs.")
    handoffs = (
        Handoff.objects.offered_to(request.user).with_names().filter(pk__in=asked)
    )
    done, refused = [], []
    for handoff in handoffs.order_by("due_at", "pk"):
        try:
            done.append(deed(handoff=handoff, actor=request.user, now=timezone.now()))
        except lifecycle.DecisionError as error:
            refused.append(f"{handoff.lead}: {error}")
    return done, refused


def _answer(
    request: HtmxRequest,
    done: Sequence[Handoff],
    text: str,
    refused: Sequence[str],
    *,
    offer: bool,
) -> HttpResponse:
    """The list fetches itself anew; a plain form leads back with messages."""
    if not wants_partial(request):
        if done:
            messages.success(request, text)
        for line in refused:
            messages.error(request, line)
        lead_id = done[0].lead_id if done else 0
        return redirect(way_back(request, lead_id))
    response = HttpResponse(status=204)
    trigger_client_event(response, "queue-changed", {})
    if refused:
        # What was done stands beside the way to take it back.
        said = [text] if done and not offer else []
        toast = {"text": " ".join([*said, *refused]), "tone": "error"}
        trigger_client_event(response, "toast", toast)
    if done and offer:
        told = {"text": text, "handoffs": [one.pk for one in done]}
        trigger_client_event(response, "undo-offer", told)
    elif done and not refused:
        trigger_client_event(response, "toast", {"text": text, "tone": "success"})
    return response
