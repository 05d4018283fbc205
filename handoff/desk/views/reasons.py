"""The reasons to reject: the list in its order, and a form for each."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from config.htmx import HtmxRequest
from handoff import setting_changes
from handoff.choices import SettingKind
from handoff.desk import reasons
from handoff.desk.forms import ReasonForm
from handoff.models import RejectionReason
from handoff.setting_changes import By

PERMISSION = "handoff.manage_reasons"
STEPS = {"up": -1, "down": 1}


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def reason_list(request: HtmxRequest) -> HttpResponse:
    known = list(RejectionReason.objects.all())
    context = {
        "in_use": [one for one in known if one.is_on],
        "retired": [one for one in known if not one.is_on],
        "changes": setting_changes.latest(SettingKind.REASON),
    }
    return render(request, "handoff/reason_list.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def reason_form(request: HtmxRequest, pk: int | None = None) -> HttpResponse:
    reason = get_object_or_404(RejectionReason, pk=pk) if pk else None
    posted = request.POST if request.method == "POST" else None
    form = ReasonForm(posted, instance=reason)
    if form.is_valid():
        by = By(request.user, timezone.now())
        reasons.save(reason=reason, fields=form.cleaned_data, by=by)
        messages.success(request, _("Saved; it holds for rejections from now on."))
        return redirect("handoff:reasons")
    status = 422 if form.errors else 200
    context = {"form": form, "reason": reason}
    return render(request, "handoff/reason_form.html", context, status=status)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def move(request: HtmxRequest, pk: int) -> HttpResponse:
    reason = get_object_or_404(RejectionReason, pk=pk, is_on=True)
    step = STEPS.get(request.POST.get("to", ""))
    if step is None:
        raise BadRequest("No such way.")
    reasons.move(reason=reason, by=step)
    return redirect("handoff:reasons")


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def use(request: HtmxRequest, pk: int) -> HttpResponse:
    """Retire a reason, or offer it again."""
    reason = get_object_or_404(RejectionReason, pk=pk)
    is_on = request.POST.get("is_on") == "1"
    by = By(request.user, timezone.now())
    reasons.use(reason=reason, is_on=is_on, by=by)
    text = _("“{reason}” is offered again.") if is_on else _("“{reason}” is retired.")
    messages.success(request, text.format(reason=reason))
    return redirect("handoff:reasons")
