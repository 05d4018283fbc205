"""The one shared definition of the stages, for everybody."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from config.htmx import HtmxRequest
from scoring import agreements
from scoring.agreements import SigningError
from scoring.choices import Side
from scoring.definitions import definitions_of
from scoring.engagement import active_model
from scoring.models import ScoringModel
from scoring.views.common import PERMISSION


@require_GET
def definitions(request: HtmxRequest) -> HttpResponse:
    model = active_model()
    signed = {}
    if model is not None:
        rows = model.agreements.select_related("person")
        signed = {row.side: row for row in rows}
    context = {
        "definitions": definitions_of(model=model) if model else None,
        "sides": [
            (side, signed.get(side), agreements.may_sign(user=request.user, side=side))
            for side in Side
        ],
        "may_edit": request.user.has_perm(PERMISSION),
    }
    return render(request, "scoring/definitions.html", context)


@require_POST
def sign(request: HtmxRequest) -> HttpResponse:
    """Sign the version that the person has read, for one side."""
    version, side = request.POST.get("version", ""), request.POST.get("side", "")
    if side not in Side.values or not version.isdigit() or len(version) > 9:
        return HttpResponse(_("No such side or version."), status=400)
    model = get_object_or_404(ScoringModel, version=version)
    try:
        agreements.sign(
            model=model, side=Side(side), person=request.user, now=timezone.now()
        )
    except SigningError as refusal:
        messages.error(request, str(refusal))
    else:
        done = _("You signed version {version} for {side}.")
        label = str(Side(side).label).lower()
        messages.success(request, done.format(version=version, side=label))
    return redirect("definitions")
