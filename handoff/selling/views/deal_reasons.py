"""Why deals are won or lost: the lists in their order, and a form for each reason."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from config.htmx import HtmxRequest
from handoff.choices import DealEnd
from handoff.models import DealReason
from handoff.selling import deal_reasons
from handoff.selling.deal_forms import DealReasonForm

PERMISSION = "handoff.manage_reasons"
STEPS = {"up": -1, "down": 1}
TITLES = {
    DealEnd.LOST: gettext_lazy("Reasons to lose a deal"),
    DealEnd.WON: gettext_lazy("Reasons to win a deal"),
}


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def reason_list(request: HtmxRequest, end: str) -> HttpResponse:
    known = list(DealReason.objects.filter(end=_end(end)))
    context = {
        "end": end,
        "title": TITLES[_end(end)],
        "in_use": [one for one in known if one.is_on],
        "retired": [one for one in known if not one.is_on],
    }
    return render(request, "selling/deal_reason_list.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def reason_new(request: HtmxRequest, end: str) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = DealReasonForm(posted, end=_end(end))
    if form.is_valid():
        deal_reasons.add(end=_end(end), **form.cleaned_data)
        return _saved(request, end)
    return _ask(request, form, end, _("New reason"))


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def reason_edit(request: HtmxRequest, pk: int) -> HttpResponse:
    reason = get_object_or_404(DealReason, pk=pk)
    title = str(reason)
    posted = request.POST if request.method == "POST" else None
    form = DealReasonForm(posted, end=DealEnd(reason.end), reason=reason)
    if form.is_valid():
        try:
            deal_reasons.edit(reason=reason, **form.cleaned_data)
            return _saved(request, reason.end)
        except deal_reasons.NameTakenError as error:
            form.add_error("label", str(error))
    return _ask(request, form, reason.end, title)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def move(request: HtmxRequest, pk: int) -> HttpResponse:
    reason = get_object_or_404(DealReason, pk=pk, is_on=True)
    step = STEPS.get(request.POST.get("to", ""))
    if step is None:
        raise BadRequest("No such way.")
    deal_reasons.move(reason=reason, by=step)
    return redirect("handoff:reasons_of_deals", reason.end)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def use(request: HtmxRequest, pk: int) -> HttpResponse:
    """Retire a reason, or offer it again."""
    reason = get_object_or_404(DealReason, pk=pk)
    is_on = request.POST.get("is_on") == "1"
    deal_reasons.use(reason=reason, is_on=is_on)
    text = _("“{reason}” is offered again.") if is_on else _("“{reason}” is retired.")
    messages.success(request, text.format(reason=reason))
    return redirect("handoff:reasons_of_deals", reason.end)


def _end(given: str) -> DealEnd:
    if given not in DealEnd.values:
        raise Http404
    return DealEnd(given)


def _saved(request: HtmxRequest, end: str) -> HttpResponse:
    messages.success(request, _("Saved; it holds for deals that end from now on."))
    return redirect("handoff:reasons_of_deals", end)


def _ask(
    request: HtmxRequest, form: DealReasonForm, end: str, title: str
) -> HttpResponse:
    status = 422 if form.errors else 200
    context = {"form": form, "end": end, "title": title}
    return render(request, "selling/deal_reason_form.html", context, status=status)
