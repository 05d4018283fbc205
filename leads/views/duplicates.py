"""Leads that may be one person: looked at side by side, merged or told apart."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from config.htmx import HtmxRequest
from leads import duplicates, identities, merging
from leads.duplicates import Ground
from leads.forms import LeadForm
from leads.models import Lead

PERMISSION = "leads.merge_leads"


class MergeForm(forms.Form):
    """For each field in which two leads differ, whose value stays."""

    def __init__(self, data: Any = None, *, kept: Lead, merged: Lead) -> None:
        super().__init__(data)
        for name in merging.FIELDS:
            ours, theirs = getattr(kept, name), getattr(merged, name)
            if not theirs or ours == theirs:
                continue
            choices = [(merging.KEPT, ours or _("nothing")), (merging.MERGED, theirs)]
            self.fields[name] = forms.ChoiceField(
                label=LeadForm.base_fields[
                    "company" if name == "account" else name
                ].label,
                choices=[(value, str(label)) for value, label in choices],
                initial=merging.KEPT if ours else merging.MERGED,
                widget=forms.RadioSelect,
            )


@permission_required(PERMISSION, raise_exception=True)
@require_GET
def duplicate_list(request: HtmxRequest) -> HttpResponse:
    by = request.GET.get("by", "")
    ground = Ground(by) if by in Ground.values else Ground.PHONE
    pairs, page = duplicates.candidates(
        ground=ground, cursor=request.GET.get("after", "")
    )
    context = {
        "pairs": pairs,
        "page": page,
        "ground": ground,
        "grounds": [(each, duplicates.count(ground=each)) for each in Ground],
    }
    return render(request, "leads/duplicate_list.html", context)


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "POST"])
def duplicate_review(request: HtmxRequest, kept: int, merged: int) -> HttpResponse:
    """Two leads side by side; 409 where they cannot be merged any more."""
    leads = Lead.objects.visible_to(request.user).with_standing()
    leads = leads.select_related("campaign").filter(erased_at=None)
    ours = get_object_or_404(leads, pk=kept)
    theirs = get_object_or_404(leads.exclude(pk=kept), pk=merged)
    posted = request.POST if request.method == "POST" else None
    form = MergeForm(posted, kept=ours, merged=theirs)
    error, status = "", 200
    if posted is not None and posted.get("answer") == "distinct":
        duplicates.tell_apart(
            lead_ids=[kept, merged], actor=request.user, now=timezone.now()
        )
        messages.success(request, _("Remembered: these are two people."))
        return redirect("leads:duplicates")
    if form.is_valid():
        try:
            merging.merge(
                kept=ours,
                merged=theirs,
                chosen=form.cleaned_data,
                actor=request.user,
                now=timezone.now(),
            )
        except merging.MergeError as refused:
            error, status = str(refused), 409
        else:
            messages.success(request, _("The two are one lead now."))
            return redirect("leads:detail", pk=kept)
    elif form.is_bound:
        status = 422
    context = {
        "kept": ours,
        "merged": theirs,
        "form": form,
        "error": error,
        "both": [(lead, lead.activities.count()) for lead in (ours, theirs)],
        "ids": [identities.names_of(lead=lead) for lead in (ours, theirs)],
    }
    return render(request, "leads/duplicate_review.html", context, status=status)
