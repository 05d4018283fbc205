"""Giving leads that sales works on to another rep: choose, see what goes, do it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from config.htmx import HtmxRequest, wants_partial
from handoff.desk import working
from handoff.desk.forms import GiveForm, WorkFilter, WorkShareForm
from handoff.desk.reassigning import Outcome
from handoff.desk.views.telling import tell
from handoff.desk.views.ticking import MOST, PERMISSION, ticked
from handoff.forms import ReassignForm
from handoff.selling.deals import SOLD_TO
from handoff.views.questions import Question, ask
from leads.models import Lead, Rep
from leads.querysets import LeadQuerySet


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def give_many(request: HtmxRequest) -> HttpResponse:
    """Choose leads in work, see what goes along with them, and give them away."""
    leads = _chosen(request)
    if not leads:
        return _choose(request)
    form = WorkShareForm(request.POST or request.GET)
    to: Rep | None = form.cleaned_data["to"] if form.is_valid() else None
    give = GiveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and to and give.is_valid():
        return _give(request, leads, to, give.cleaned_data["reason"])
    moving = [lead for lead in leads if to and lead.standing.owner_id != to.user_id]
    context = {
        "leads": leads,
        "ids": [one.pk for one in leads],
        "to": to,
        "moving": len(moving),
        "form": form,
        "give": give,
    }
    status = 422 if give.errors else 200
    return render(request, "handoff/desk_give.html", context, status=status)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def give_one(request: HtmxRequest, pk: int) -> HttpResponse:
    """Give one lead in work to another rep, from its own page or the desk."""
    lead = get_object_or_404(Lead.objects.living().with_standing(), pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = ReassignForm(posted, now=timezone.now())
    address = reverse("leads:detail", args=[lead.pk])
    if request.GET.get("origin") == "desk":
        address = reverse("handoff:desk")
    ended = ""
    if lead.standing.stage not in SOLD_TO:
        ended = _("Sales does not work on this lead.")
    elif form.is_valid():
        rep, reason = form.cleaned_data["rep"], form.cleaned_data["reason"]
        given = working.give(
            lead_ids=[lead.pk],
            rep=rep,
            reason=reason,
            actor=request.user,
            now=timezone.now(),
        )
        text = given.refused.get(lead.pk)
        if text:
            messages.error(request, text)
        else:
            done = _("{lead} goes to {rep}, with what is open.")
            messages.success(request, done.format(lead=lead, rep=rep))
        if wants_partial(request):
            return HttpResponseClientRedirect(address)
        return redirect(address)
    question = Question(
        title=_("Give {lead} to another rep").format(lead=lead),
        button=_("Give"),
        tone="primary",
        action=request.get_full_path(),
        form=form,
        ended=ended,
    )
    return ask(request, lead, question)


def _in_work() -> LeadQuerySet:
    """What sales works on, with how much is open on each."""
    leads = Lead.objects.living().with_standing()
    is_open = Q(deals__won_at=None, deals__lost_at=None)
    return leads.annotate(
        open_tasks=Count("tasks", filter=Q(tasks__ended_at=None), distinct=True),
        open_deals=Count("deals", filter=is_open, distinct=True),
    )


def _chosen(request: HtmxRequest) -> list[Lead]:
    """Those among the named ones that sales works on, by owner."""
    chosen = ticked(request, "lead")
    if not chosen:
        return []
    found = _in_work().filter(pk__in=chosen, standing__stage__in=SOLD_TO)
    return list(found.order_by("standing__owner__name", "pk"))


def _choose(request: HtmxRequest) -> HttpResponse:
    """The list to tick in, as long as nothing is ticked; the longest there first."""
    chosen = WorkFilter(request.GET)
    known = Lead.objects.living().filter(
        chosen.condition, standing__stage__in=working.IN_WORK
    )
    first = known.order_by("standing__stage_since", "pk").values_list("pk", flat=True)
    rows = _in_work().filter(pk__in=list(first[:MOST]))
    context: dict[str, Any] = {
        "filter": chosen,
        "leads": rows.order_by(F("standing__stage_since"), "pk"),
        "count": known.count(),
    }
    return render(request, "handoff/desk_work.html", context)


def _give(
    request: HtmxRequest, leads: list[Lead], rep: Rep, reason: str
) -> HttpResponse:
    given = working.give(
        lead_ids=[lead.pk for lead in leads],
        rep=rep,
        reason=reason,
        actor=request.user,
        now=timezone.now(),
    )
    by_id = {lead.pk: lead for lead in leads}
    refused = [f"{by_id[pk]}: {why}" for pk, why in given.refused.items()]
    return tell(request, Outcome([by_id[pk] for pk in given.lead_ids], refused))
