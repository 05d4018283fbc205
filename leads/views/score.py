"""The lead's score on another day, and what a machine made of it."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import replace_url

from config.htmx import HtmxRequest, wants_partial
from leads import activities
from leads.forms import JudgementForm
from leads.views.lead_page import timeline, visible_lead
from leads.views.score_section import score_section


@require_GET
def score_at(request: HtmxRequest, pk: int) -> HttpResponse:
    """The score section as of `?at=`; a plain request gets the whole page."""
    lead = visible_lead(request, pk)
    query = request.GET.urlencode()
    page = f"{reverse('leads:detail', args=[lead.pk])}?{query}"
    if not wants_partial(request):
        return redirect(page)
    now = timezone.now()
    context = {"lead": lead, "now": now, **score_section(request, lead, now=now)}
    status = 422 if context["at_form"].errors else 200
    response = render(request, "scoring/_score.html", context, status=status)
    return replace_url(response, page)


@permission_required("leads.move_lead", raise_exception=True)
@require_POST
def judge(request: HtmxRequest, pk: int) -> HttpResponse:
    """Say that a machine made something, or that a person did."""
    lead = visible_lead(request, pk)
    form = JudgementForm(request.POST)
    if not form.is_valid():
        raise BadRequest(_("Say which activities."))
    meant = form.cleaned_data
    chosen = lead.activities.filter(
        **{"pk": meant["activity"]}
        if meant["activity"]
        else {"machine_reason": meant["reason"], "is_machine": True}
    )
    now = timezone.now()
    activities.judge(
        lead=lead,
        activity_ids=list(chosen.values_list("pk", flat=True)),
        is_machine=meant["is_machine"],
        actor=request.user,
        now=now,
    )
    if not wants_partial(request):
        return redirect("leads:detail", pk=lead.pk)
    score = {**score_section(request, lead, now=now), "is_out_of_band": True}
    context = {"lead": lead, "now": now, **timeline(request, lead), **score}
    return render(request, "leads/_judged.html", context)
