"""Giving several undecided hand-offs to others: choose, see who gets what, do it."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from config.htmx import HtmxRequest
from handoff.desk import reassigning, sharing
from handoff.desk.forms import BY_ROUTING, GiveForm, ShareForm
from handoff.desk.reassigning import Outcome
from handoff.desk.sharing import Share
from handoff.desk.views.telling import tell
from handoff.desk.views.ticking import MOST, PERMISSION, ticked
from handoff.forms import QueueFilter
from handoff.models import Handoff
from handoff.sla import calendars


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def reassign_many(request: HtmxRequest) -> HttpResponse:
    """Choose hand-offs, see who would get them, and give them away.

    Ticks posted without an answer to whom, as the queue does, lead to the question.
    """
    handoffs = _chosen(request)
    if request.method == "POST" and "to" not in request.POST:
        ticked = urlencode({"handoff": [one.pk for one in handoffs]}, doseq=True)
        return redirect(f"{reverse('handoff:desk_reassign')}?{ticked}")
    if not handoffs:
        return _choose(request)
    now = timezone.now()
    form = ShareForm(request.POST or request.GET)
    shares: list[Share] = []
    if form.is_valid() and form.cleaned_data["to"]:
        to = form.cleaned_data["to"]
        if to == BY_ROUTING:
            shares = sharing.by_routing(handoffs=handoffs, now=now)
        else:
            shares = sharing.to_rep(handoffs=handoffs, rep=to, now=now)
    give = GiveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and shares and give.is_valid():
        return _give(request, shares, give.cleaned_data["reason"])
    context = {
        "shares": shares or [Share(one, None, "") for one in handoffs],
        "ids": [one.pk for one in handoffs],
        "is_shown": bool(shares),
        "moving": sum(share.rep is not None for share in shares),
        "form": form,
        "give": give,
        "now": now,
        "calendars": calendars.load(),
    }
    status = 422 if give.errors else 200
    return render(request, "handoff/desk_reassign.html", context, status=status)


@permission_required(PERMISSION, raise_exception=True)
@require_POST
def reassign_undo(request: HtmxRequest, batch: UUID) -> HttpResponse:
    """Give back what was given away together and still waits."""
    outcome = reassigning.undo(batch=batch, actor=request.user, now=timezone.now())
    count = len(outcome.moved)
    text = ngettext("{count} lead is back.", "{count} leads are back.", count)
    return tell(request, outcome, text.format(count=count))


def _chosen(request: HtmxRequest) -> list[Handoff]:
    """The undecided ones among those named, most urgent first."""
    chosen = ticked(request, "handoff")
    found = Handoff.objects.pending().filter(pk__in=chosen).with_names()
    return list(found.order_by("due_at", "pk"))


def _choose(request: HtmxRequest) -> HttpResponse:
    """The list to tick in, as long as nothing is ticked."""
    chosen = QueueFilter(request.GET)
    waiting = Handoff.objects.pending().filter(chosen.condition)
    context = {
        "filter": chosen,
        "handoffs": waiting.with_names().order_by("due_at", "pk")[:MOST],
        "count": waiting.count(),
        "now": timezone.now(),
        "calendars": calendars.load(),
    }
    return render(request, "handoff/desk_choose.html", context)


def _give(request: HtmxRequest, shares: list[Share], reason: str) -> HttpResponse:
    """Give each to whom the page showed, as far as that still holds."""
    wanted = [(share.handoff, share.rep) for share in shares if share.rep]
    outcome = reassigning.reassign_many(
        wanted=wanted, reason=reason, actor=request.user, now=timezone.now()
    )
    kept = [f"{one.handoff.lead}: {one.why}" for one in shares if not one.rep]
    return tell(request, Outcome(outcome.moved, [*outcome.refused, *kept]))
