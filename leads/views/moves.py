"""Moving a lead by hand: from the board by drag or menu, and from its page."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from config.htmx import HtmxRequest, wants_partial
from handoff.hand_moves import NotTakenBackError, take_back
from handoff.lifecycle import DecisionError, withdraw
from handoff.models import Handoff
from leads import lifecycle
from leads.choices import Cause, Stage
from leads.forms import MoveForm
from leads.lifecycle import IllegalMoveError, Move
from leads.models import Lead
from leads.nurture.views.moved import moved_context, query_of
from leads.transitions import may_move
from leads.views.lead_page import visible_lead
from scoring.engagement import score_of


@permission_required("leads.move_lead", raise_exception=True)
@require_http_methods(["GET", "POST"])
def move_lead(request: HtmxRequest, pk: int) -> HttpResponse:
    """Ask where to and why (`?to=` when dragged), then move."""
    lead = visible_lead(request, pk)
    left = Stage(lead.standing.stage)
    form = MoveForm(
        request.POST if request.method == "POST" else None,
        current=left,
        now=timezone.now(),
        initial={"to": request.GET.get("to")},
    )
    context: dict[str, Any] = {
        "lead": lead,
        "form": form,
        "origin": (request.POST or request.GET).get("origin", "lead"),
        "refused_stage": _refused_stage(form, request.GET.get("to", "")),
    }
    if not form.is_bound:
        return _answer(request, context, "leads/_move_dialog.html")
    if not form.is_valid():
        return _answer(request, context, "leads/_move_form.html", status=422)
    try:
        _move(request, lead, form.cleaned_data)
    except (IllegalMoveError, DecisionError) as refusal:
        context["error"] = str(refusal)
        return _answer(request, context, "leads/_move_form.html", status=409)
    return _moved(request, lead, left=left, origin=context["origin"])


def _answer(
    request: HtmxRequest, context: dict[str, Any], fragment: str, status: int = 200
) -> HttpResponse:
    template = fragment if wants_partial(request) else "leads/lead_move.html"
    return render(request, template, {"error": "", **context}, status=status)


def _refused_stage(form: MoveForm, wanted: str) -> Stage | None:
    """The stage of a drop that nobody may do by hand; the form says so."""
    offered = [value for value, _label in form.stages]
    return Stage(wanted) if wanted in Stage.values and wanted not in offered else None


def _move(request: HtmxRequest, lead: Lead, typed: dict[str, Any]) -> None:
    """Move the lead; to take it from the queue of sales is to withdraw the offer."""
    now, until = timezone.now(), typed["until"]
    wanted = Move(
        lead_id=lead.pk,
        to=Stage(typed["to"]),
        cause=Cause.PERSON,
        at=now,
        actor=request.user,
        reason=typed["reason"],
        score=score_of(standing=lead.standing, now=now),
    )
    offer = Handoff.objects.pending().filter(lead=lead).first()
    if offer is None or wanted.to != Stage.MQL:
        lifecycle.move_by_hand(wanted=wanted, until=until, now=now)
        return
    reason, actor = wanted.reason, request.user
    withdraw(handoff=offer, reason=reason, actor=actor, now=now, until=until)


def _moved(
    request: HtmxRequest, lead: Lead, *, left: Stage, origin: str
) -> HttpResponse:
    """On the board the card changes its lane; anywhere else the lead's page comes."""
    lead.standing.refresh_from_db()
    entered = Stage(lead.standing.stage)
    text = _("{name} is in “{stage}” now.").format(name=lead, stage=entered.label)
    if origin == "board" and wants_partial(request):
        context = _board_context(request, lead, left=left, entered=entered)
        context |= {"text": text, "may_undo": may_move(entered, left, Cause.UNDO)}
        response = render(request, "nurture/_moved_card.html", context)
        return trigger_client_event(response, "close-dialog", {})
    messages.success(request, text)
    if wants_partial(request):
        return HttpResponseClientRedirect(lead_address(lead))
    return redirect(lead_address(lead))


def _board_context(
    request: HtmxRequest, lead: Lead, *, left: Stage, entered: Stage
) -> dict[str, Any]:
    """The moved card, and the two lanes as the board that asked is filtered."""
    shown = moved_context(
        user=request.user,
        query=query_of(request),
        lead_ids=[lead.pk],
        stages={left, entered},
        at=timezone.now(),
        only_matching=False,
    )
    return {"lead": lead, **shown}


@permission_required("leads.move_lead", raise_exception=True)
@require_POST
def undo_move(request: HtmxRequest, pk: int) -> HttpResponse:
    """Put the card back whence this person just moved it."""
    lead = visible_lead(request, pk)
    left = Stage(lead.standing.stage)
    try:
        take_back(lead=lead, actor=request.user, now=timezone.now())
    except (IllegalMoveError, NotTakenBackError) as refusal:
        if not wants_partial(request):
            messages.error(request, str(refusal))
            return redirect("leads:detail", pk=lead.pk)
        response = HttpResponse(status=409)
        told = {"text": str(refusal), "tone": "error"}
        return trigger_client_event(response, "toast", told)
    lead.standing.refresh_from_db()
    entered = Stage(lead.standing.stage)
    text = _("{name} is back in “{stage}”.").format(name=lead, stage=entered.label)
    if not wants_partial(request):
        messages.success(request, text)
        return redirect("leads:detail", pk=lead.pk)
    context = _board_context(request, lead, left=left, entered=entered)
    context |= {"text": text, "may_undo": False}
    return render(request, "nurture/_moved_card.html", context)


def lead_address(lead: Lead) -> str:
    """The address of the lead's page."""
    return redirect("leads:detail", pk=lead.pk).url


@permission_required("leads.move_lead", raise_exception=True)
@require_POST
def release_lead(request: HtmxRequest, pk: int) -> HttpResponse:
    """Let automation move a held lead again."""
    lead = visible_lead(request, pk)
    lifecycle.release(lead=lead)
    messages.success(request, _("The score moves this lead again."))
    return redirect("leads:detail", pk=lead.pk)
