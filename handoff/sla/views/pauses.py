"""Pausing the clock of a hand-off, and letting it go on."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from config.htmx import HtmxRequest, wants_partial
from handoff.choices import PauseKind
from handoff.models import Handoff
from handoff.sla import pausing
from handoff.sla.forms import PauseForm
from handoff.views.questions import Question, ask, way_back

PERMISSION = "handoff.manage_handoffs"


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def pause(request: HtmxRequest, pk: int) -> HttpResponse:
    """Ask why, and let the clock that runs stand still."""
    handoff = _visible(request, pk)
    form = PauseForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        title = _("Pause the clock of {lead}").format(lead=handoff.lead)
        question = Question(title, _("Pause"), "primary", request.path, form)
        return ask(request, handoff.lead, question)
    try:
        pausing.pause(
            handoff=handoff,
            kind=PauseKind.MANUAL,
            reason=form.cleaned_data["reason"].strip(),
            actor=request.user,
            now=timezone.now(),
        )
    except pausing.PauseError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The clock stands still."))
    return _back(request, handoff)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def resume(request: HtmxRequest, pk: int) -> HttpResponse:
    handoff = _visible(request, pk)
    try:
        pausing.resume(handoff=handoff, actor=request.user, now=timezone.now())
    except pausing.PauseError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The clock goes on."))
    return _back(request, handoff)


def _visible(request: HtmxRequest, pk: int) -> Handoff:
    handoffs = Handoff.objects.visible_to(request.user).select_related("lead__account")
    return get_object_or_404(handoffs, pk=pk)


def _back(request: HtmxRequest, handoff: Handoff) -> HttpResponse:
    address = way_back(request, handoff.lead_id)
    if wants_partial(request):
        return HttpResponseClientRedirect(address)
    return redirect(address)
