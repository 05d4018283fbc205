"""One deal: its page, and opening, changing, moving and closing it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from config.htmx import HtmxRequest
from handoff.choices import DealStage
from handoff.models import Deal
from handoff.selling import deals, giving_back, rights
from handoff.selling.deal_forms import CloseForm, DealEditForm, DealForm, WinForm
from handoff.selling.deals import Terms
from handoff.selling.views.asking import ask, go_back, visible_lead
from handoff.views.questions import Question
from leads.models import Lead

PERMISSION = "handoff.decide_handoff"


@require_GET
def deal_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    deal = _deal(request, pk)
    standing, user = deal.lead.standing, request.user
    context = {
        "deal": deal,
        "lead": deal.lead,
        "now": timezone.now(),
        "changes": deal.changes.select_related("actor"),
        "stages": DealStage,
        "may_sell": rights.may_sell(standing=standing, user=user),
        "may_open_deal": deals.may_open(standing=standing, user=user),
        "may_give_back": giving_back.may_give_back(standing=standing, user=user),
        "may_see_lead": Lead.objects.visible_to(user).filter(pk=deal.lead_id).exists(),
    }
    return render(request, "selling/deal_detail.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def deal_open(request: HtmxRequest, pk: int) -> HttpResponse:
    """A new deal of the lead with this id."""
    lead = visible_lead(request, pk)
    initial = {"name": lead.account.name if lead.account else str(lead)}
    posted = request.POST if request.method == "POST" else None
    form = DealForm(posted, now=timezone.now(), initial=initial)
    if form.is_valid():
        deed = partial(deals.open_deal, lead=lead, **form.cleaned_data)
        return _do(request, lead, deed, _("The deal is open."))
    title, button = _("Open a deal"), _("Open the deal")
    return ask(request, lead, Question(title, button, "primary", request.path, form))


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def deal_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    """Change the terms; 409 with theirs and yours where somebody was faster."""
    deal = _deal(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = DealEditForm(posted, deal=deal, now=timezone.now())
    context: dict[str, Any] = {"deal": deal, "form": form, "theirs": [], "error": ""}
    if not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "selling/deal_form.html", context, status=status)
    typed = dict(form.cleaned_data)
    version = typed.pop("version")
    try:
        deals.edit(
            deal=deal,
            version=version,
            terms=Terms(**typed),
            actor=request.user,
            now=timezone.now(),
        )
    except deals.DealChangedError as refused:
        return _conflict(request, deal, typed, error=str(refused))
    except deals.DealError as refused:
        context["error"] = str(refused)
        return render(request, "selling/deal_form.html", context, status=409)
    messages.success(request, _("The deal is saved."))
    return redirect("handoff:deal", pk=deal.pk)


def _conflict(
    request: HtmxRequest, deal: Deal, typed: dict[str, Any], *, error: str
) -> HttpResponse:
    """The form with what was typed, now over the version that somebody else made."""
    form = DealEditForm(
        {**request.POST.dict(), "version": deal.version},
        deal=deal,
        now=timezone.now(),
    )
    theirs = [
        (form[name].label, getattr(deal, name), typed[name])
        for name in deals.TERMS
        if getattr(deal, name) != typed[name]
    ]
    last = deal.changes.select_related("actor").first()
    context = {"deal": deal, "form": form, "theirs": theirs, "last": last}
    context["error"] = error
    return render(request, "selling/deal_form.html", context, status=409)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def deal_move(request: HtmxRequest, pk: int) -> HttpResponse:
    """Put the deal into the posted stage."""
    deal = _deal(request, pk)
    to = request.POST.get("to", "")
    if to not in DealStage.values:
        return HttpResponseBadRequest(_("No such stage."))
    stage = DealStage(to)
    deed = partial(deals.move, deal=deal, to=stage)
    done = _("{deal} is in “{stage}” now.").format(deal=deal, stage=stage.label)
    return _do(request, deal.lead, deed, done, deal=deal)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def deal_win(request: HtmxRequest, pk: int) -> HttpResponse:
    deal = _deal(request, pk)
    form = WinForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        deed = partial(deals.win, deal=deal, **form.cleaned_data)
        done = _("Won! {lead} is a customer.").format(lead=deal.lead)
        return _do(request, deal.lead, deed, done, deal=deal)
    title = _("Won: {deal}").format(deal=deal)
    return _ask(request, deal, Question(title, _("Won"), "ok", request.path, form))


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def deal_lose(request: HtmxRequest, pk: int) -> HttpResponse:
    deal = _deal(request, pk)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        deed = partial(deals.lose, deal=deal, **form.cleaned_data)
        return _do(request, deal.lead, deed, _("The deal is lost."), deal=deal)
    title = _("Lost: {deal}").format(deal=deal)
    question = Question(title, _("Mark lost"), "bad", request.path, form)
    return _ask(request, deal, question)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def deal_reopen(request: HtmxRequest, pk: int) -> HttpResponse:
    deal = _deal(request, pk)
    deed = partial(deals.reopen, deal=deal)
    done = _("The deal is open again.")
    return _do(request, deal.lead, deed, done, deal=deal)


def _deal(request: HtmxRequest, pk: int) -> Deal:
    visible = Deal.objects.visible_to(request.user).with_names()
    return get_object_or_404(visible, pk=pk)


def _ask(request: HtmxRequest, deal: Deal, question: Question) -> HttpResponse:
    return ask(request, deal.lead, question, deal=deal)


def _do(
    request: HtmxRequest,
    lead: Lead,
    deed: Callable[..., Deal],
    done: str,
    *,
    deal: Deal | None = None,
) -> HttpResponse:
    """Do the deed, and lead back to the page that asked, with a message."""
    error = ""
    try:
        deed(actor=request.user, now=timezone.now())
    except deals.DealError as refused:
        error = str(refused)
    return go_back(request, lead, deal=deal, done=done, error=error)
