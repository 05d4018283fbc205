"""One lead: who it is, why it stands where it stands, what happened."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.htmx import HtmxRequest, wants_partial
from handoff.views import lead_sections
from leads import activities, particulars
from leads.choices import ActivityKind, MachineReason, Stage
from leads.forms import LeadForm, LogForm
from leads.models import Activity, Lead
from leads.paging import page_of
from leads.transitions import person_targets
from leads.views.score_section import score_section

TIMELINE_SIZE = 25


def visible_lead(request: HtmxRequest, pk: int) -> Lead:
    """The lead, or a 404 where this person may not see it."""
    leads = Lead.objects.visible_to(request.user).with_standing()
    return get_object_or_404(leads.select_related("campaign"), pk=pk)


@require_GET
def lead_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    lead = visible_lead(request, pk)
    now = timezone.now()
    context = {
        "lead": lead,
        "now": now,
        "is_held": lead.standing.is_held(now),
        **score_section(request, lead, now=now),
        "may_move": request.user.has_perm("leads.move_lead")
        and bool(person_targets(Stage(lead.standing.stage))),
        "tags": lead.tags.all(),
        **timeline(request, lead),
        **lead_sections(
            user=request.user,
            lead=lead,
            framework=request.GET.get("framework", ""),
        ),
    }
    return render(request, "leads/lead_detail.html", context)


@require_GET
def earlier(request: HtmxRequest, pk: int) -> HttpResponse:
    """The next activities of the timeline, for "earlier"."""
    lead = visible_lead(request, pk)
    if not wants_partial(request):
        return redirect("leads:detail", pk=lead.pk)
    context = {"lead": lead, **timeline(request, lead)}
    return render(request, "leads/_activities.html", context)


def timeline(request: HtmxRequest, lead: Lead) -> dict[str, Any]:
    """Context of the timeline: a page of activities and an empty form to log one."""
    happened = Activity.objects.filter(lead=lead).select_related(
        "campaign", "actor", "judged_by"
    )
    page = page_of(
        happened,
        order=("-occurred_at", "-pk"),
        cursor=request.GET.get("after", ""),
        size=TIMELINE_SIZE,
    )
    marked = lead.activities.filter(is_machine=True).exclude(machine_reason="")
    reasons = marked.order_by("machine_reason").values_list("machine_reason")
    return {
        "activities": page,
        "log_form": LogForm(initial={"token": uuid.uuid4()}),
        "machine_reasons": [
            (MachineReason(reason), count)
            for reason, count in reasons.annotate(count=Count("pk"))
        ],
    }


@require_POST
def log_activity(request: HtmxRequest, pk: int) -> HttpResponse:
    lead = visible_lead(request, pk)
    form = LogForm(request.POST)
    if form.is_valid():
        activities.log(
            lead=lead,
            kind=ActivityKind(form.cleaned_data["kind"]),
            subject=form.cleaned_data["subject"],
            actor=request.user,
            now=timezone.now(),
            external_id=str(form.cleaned_data["token"]),
        )
        form = LogForm(initial={"token": uuid.uuid4()})
    elif not wants_partial(request):
        messages.error(request, _("Say what happened; nothing was logged."))
    if not wants_partial(request):
        return redirect("leads:detail", pk=lead.pk)
    context = {"lead": lead, **timeline(request, lead), "log_form": form}
    status = 422 if form.errors else 200
    return render(request, "leads/lead_detail.html#timeline", context, status=status)


@require_http_methods(["GET", "POST"])
def lead_form(request: HtmxRequest, pk: int | None = None) -> HttpResponse:
    """Add a lead, or edit the particulars of one.

    Somebody who sees only some leads would not find a new one again, so adds none.
    """
    if pk is None and not request.user.sees_all_leads:
        raise PermissionDenied
    lead = None if pk is None else visible_lead(request, pk)
    initial = particulars.as_typed(lead) if lead else None
    form = LeadForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = particulars.save_lead(
                lead=lead, typed=form.cleaned_data, now=timezone.now()
            )
        except particulars.ParticularsError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("“{name}” is saved.").format(name=saved))
            return redirect("leads:detail", pk=saved.pk)
    context = {"lead": lead, "form": form}
    status = 422 if form.errors else 200
    return render(request, "leads/lead_form.html", context, status=status)
