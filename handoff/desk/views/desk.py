"""The managers' desk: who has how much to do, what is late, what finds no rep."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
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
from handoff.desk import covering, given, load, past_due
from handoff.desk.forms import CoverForm
from handoff.desk.views.telling import tell
from handoff.models import Handoff
from handoff.routing import members, offers
from handoff.setting_changes import By
from handoff.sla import calendars
from leads.models import Rep
from reports.estimates import SMALLEST_N, wilson

PERMISSION = "handoff.manage_handoffs"
SHOWN = 20


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def desk(request: HtmxRequest) -> HttpResponse:
    now = timezone.now()
    late, follow_ups = past_due.decisions(now=now), past_due.follow_ups(now=now)
    pool = Handoff.objects.pending().filter(rep=None)
    context = {
        "loads": [
            (one, wilson(hits=one.accepted, n=one.judged))
            for one in load.loads(now=now)
        ],
        "fewest": SMALLEST_N,
        "late": late.with_names()[:SHOWN],
        "late_count": late.count(),
        "follow_ups": follow_ups.with_names()[:SHOWN],
        "follow_up_count": follow_ups.count(),
        "pool": pool.with_names().order_by("due_at", "pk")[:SHOWN],
        "pool_count": pool.count(),
        "given": given.lately(now=now),
        "without_team": offers.count_without_team(),
        "now": now,
        "calendars": calendars.load(),
    }
    return render(request, "handoff/desk.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def cover(request: HtmxRequest, pk: int) -> HttpResponse:
    """Give what waits for a rep to others."""
    rep = get_object_or_404(Rep.objects.select_related("user", "team"), pk=pk)
    now = timezone.now()
    takers = covering.who_may_cover(rep=rep, now=now)
    form = CoverForm(request.POST if request.method == "POST" else None, takers=takers)
    if form.is_valid():
        try:
            outcome = covering.cover(
                rep=rep, actor=request.user, now=now, **form.cleaned_data
            )
        except covering.NobodyThereError as error:
            form.add_error("to", str(error))
        else:
            return tell(request, outcome)
    waiting = Handoff.objects.pending().filter(rep=rep.user_id).count()
    context = {"rep": rep, "form": form, "waiting": waiting}
    if waiting:
        context |= _preview(rep, now)
    status = 422 if form.errors else 200
    return render(request, "handoff/desk_cover.html", context, status=status)


def _preview(rep: Rep, now: datetime) -> dict[str, Any]:
    """How many each of the team would take, and what stays for want of room."""
    try:
        found = covering.shares(rep=rep, to=None, now=now)
    except covering.NobodyThereError:
        return {"is_nobody_there": True}
    counts = Counter(taker for _handoff, taker in found.taken)
    return {"shares": counts.most_common(), "why_some_stay": found.why_some_stay}


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def presence(request: HtmxRequest, pk: int) -> HttpResponse:
    """Say that a rep is away, or back."""
    rep = get_object_or_404(Rep.objects.select_related("user"), pk=pk)
    is_available = request.POST.get("is_available") == "1"
    by = By(request.user, timezone.now())
    members.set_presence(rep=rep, is_available=is_available, by=by)
    text = _("{rep} gets new leads again.")
    if not is_available:
        text = _("{rep} gets no new leads; what waits can be given to others.")
    messages.success(request, text.format(rep=rep))
    return redirect("handoff:desk")
