"""Opening, winning, losing and reopening a deal of a lead."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from config.htmx import HtmxRequest
from handoff.models import Deal
from handoff.selling import deals
from handoff.selling.forms import DealForm, LoseForm
from leads.models import Lead


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_http_methods(["GET", "POST"])
def deal_open(request: HtmxRequest, pk: int) -> HttpResponse:
    """A new deal of the lead with this id."""
    leads = Lead.objects.visible_to(request.user).with_standing()
    lead = get_object_or_404(leads, pk=pk)
    initial = {"name": lead.account.name if lead.account else str(lead)}
    posted = request.POST if request.method == "POST" else None
    form = DealForm(posted, initial=initial)
    if form.is_valid():
        deed = partial(deals.open_deal, lead=lead, **form.cleaned_data)
        return _do(request, lead.pk, deed, _("The deal is open."))
    context = {"lead": lead, "form": form, "title": _("Open a deal")}
    context |= {"button": _("Open the deal")}
    status = 422 if form.errors else 200
    return render(request, "handoff/deal_form.html", context, status=status)


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_POST
def deal_win(request: HtmxRequest, pk: int) -> HttpResponse:
    deal = _deal(request, pk)
    deed = partial(deals.win, deal=deal)
    done = _("Won! {lead} is a customer.").format(lead=deal.lead)
    return _do(request, deal.lead_id, deed, done)


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_http_methods(["GET", "POST"])
def deal_lose(request: HtmxRequest, pk: int) -> HttpResponse:
    deal = _deal(request, pk)
    form = LoseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        deed = partial(deals.lose, deal=deal, **form.cleaned_data)
        return _do(request, deal.lead_id, deed, _("The deal is lost."))
    context = {"lead": deal.lead, "form": form, "title": _("Mark the deal lost")}
    context |= {"button": _("Mark lost")}
    status = 422 if form.errors else 200
    return render(request, "handoff/deal_form.html", context, status=status)


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_POST
def deal_reopen(request: HtmxRequest, pk: int) -> HttpResponse:
    deal = _deal(request, pk)
    deed = partial(deals.reopen, deal=deal)
    return _do(request, deal.lead_id, deed, _("The deal is open again."))


def _deal(request: HtmxRequest, pk: int) -> Deal:
    deals_seen = Deal.objects.visible_to(request.user).select_related("lead")
    return get_object_or_404(deals_seen, pk=pk)


def _do(
    request: HtmxRequest, lead_id: int, deed: Callable[..., Deal], done: str
) -> HttpResponse:
    """Do the deed, and lead back to the lead's page with a message."""
    try:
        deed(actor=request.user, now=timezone.now())
    except deals.DealError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("leads:detail", pk=lead_id)
