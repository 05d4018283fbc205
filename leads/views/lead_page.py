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
from handoff.selling import rights
from handoff.selling.views.sections import ASKED_IN
from handoff.views import lead_sections
from leads import activities, identities, merging, particulars
from leads.choices import ActivityKind, MachineReason, Stage
from leads.forms import LeadForm, LogForm
from leads.models import Activity, Lead
from leads.nurture.programmes import limits, overview
from leads.paging import page_of
from leads.querysets import LeadQuerySet
from leads.transitions import person_targets
from leads.views.score_section import score_section

TIMELINE_SIZE = 25
CONSENTS_SHOWN = 20


def visible_lead(request: HtmxRequest, pk: int) -> Lead:
    """The lead, or a 404 where this person may not see it.

    Who was merged away is who it is now; who was erased is not found.
    """
    leads = _visible(request)
    found = leads.filter(pk=pk).first()
    if found is None:
        found = get_object_or_404(leads, pk=merging.survivor_of(lead_id=pk))
    return found


def _visible(request: HtmxRequest) -> LeadQuerySet:
    leads = Lead.objects.visible_to(request.user).living().with_standing()
    return leads.select_related("campaign")


@require_GET
def lead_detail(request: HtmxRequest, pk: int) -> HttpResponse:
    lead = _visible(request).filter(pk=pk).first()
    if lead is None:
        return _gone(request, pk)
    now = timezone.now()
    context = {
        "lead": lead,
        "now": now,
        "is_held": lead.standing.is_held(now),
        **score_section(request, lead, now=now),
        "may_move": request.user.has_perm("leads.move_lead")
        and bool(person_targets(Stage(lead.standing.stage))),
        "tags": lead.tags.all(),
        "ids": identities.names_of(lead=lead),
        "consents": lead.consents.select_related("actor")[:CONSENTS_SHOWN],
        "programmes": overview.of_leads(lead_ids=[lead.pk]).get(lead.pk, []),
        "mute": limits.mute_reason(stage=lead.standing.stage),
        **timeline(request, lead),
        **lead_sections(
            user=request.user,
            lead=lead,
            framework=request.GET.get("framework", ""),
        ),
    }
    return render(request, "leads/lead_detail.html", context)


def _gone(request: HtmxRequest, pk: int) -> HttpResponse:
    """For a lead that is not there: a word of its erasure, or who it is now."""
    erased = Lead.objects.visible_to(request.user).filter(erased_at__isnull=False)
    if gone := erased.filter(pk=pk).first():
        return render(request, "leads/lead_erased.html", {"lead": gone}, status=410)
    return redirect("leads:detail", pk=visible_lead(request, pk).pk)


@require_GET
def earlier(request: HtmxRequest, pk: int) -> HttpResponse:
    """The next activities of the timeline, for "earlier"."""
    lead = visible_lead(request, pk)
    if not wants_partial(request):
        return redirect("leads:detail", pk=lead.pk)
    context = {"lead": lead, **timeline(request, lead)}
    return render(request, "leads/_activities.html", context)


def timeline(request: HtmxRequest, lead: Lead) -> dict[str, Any]:
    """Context of the timeline: a page of activities and an empty form to log one.

    Who `works` on the lead logs at the top of the page instead.
    """
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
        "works": lead.standing.stage in ASKED_IN
        and rights.may_sell(standing=lead.standing, user=request.user),
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
    initial = _shown(lead) if lead else None
    form = LeadForm(request.POST or None, initial=initial)
    theirs: list[tuple[str, Any, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            saved = particulars.save_lead(
                lead=lead,
                typed=form.cleaned_data,
                now=timezone.now(),
                seen=form.cleaned_data["seen"],
            )
        except particulars.ParticularsError as error:
            form.add_error(error.field, str(error))
        except particulars.ChangedMeanwhileError as changed:
            theirs = _differences(changed.lead, form)
            again = request.POST.copy()
            again["seen"] = particulars.fingerprint(changed.lead)
            form = LeadForm(again, initial=initial)
        else:
            messages.success(request, _("“{name}” is saved.").format(name=saved))
            return redirect("leads:detail", pk=saved.pk)
    context = {"lead": lead, "form": form, "theirs": theirs}
    status = 409 if theirs else 422 if form.errors else 200
    return render(request, "leads/lead_form.html", context, status=status)


def _shown(lead: Lead) -> dict[str, Any]:
    return particulars.as_typed(lead) | {"seen": particulars.fingerprint(lead)}


def _differences(lead: Lead, form: LeadForm) -> list[tuple[str, Any, Any]]:
    """For each field in which the two differ: its label, theirs and what is typed."""
    typed = form.cleaned_data
    return [
        (str(form.fields[name].label), their, typed[name])
        for name, their in particulars.as_typed(lead).items()
        if (their or "") != (typed[name] or "")
    ]
