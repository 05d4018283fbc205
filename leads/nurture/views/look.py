"""A lead beside the board, without leaving it."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from config.htmx import HtmxRequest, wants_partial
from handoff import grounds
from leads.choices import Stage
from leads.models import Activity, Lead, User
from leads.nurture.board import with_engagement
from leads.nurture.programmes import limits, overview
from leads.nurture.signs import signs_of
from leads.transitions import person_targets

ACTIVITIES_SHOWN = 6


@permission_required("leads.move_lead", raise_exception=True)
@require_GET
def look(request: HtmxRequest, pk: int) -> HttpResponse:
    """The panel for the board; a plain request gets the board with it."""
    if not wants_partial(request):
        query = request.GET.copy()
        query["look"] = str(pk)
        return redirect(f"{reverse('nurture:board')}?{query.urlencode()}")
    context = look_context(request.user, str(pk))
    return render(request, "nurture/_look.html", context)


def look_context(user: User, asked: str) -> dict[str, Any]:
    """Context of `_look.html`: the lead with this number; None where it is not seen."""
    if not asked.isdecimal() or len(asked) > 18:
        return {"looked_at": None}
    now = timezone.now()
    leads = Lead.objects.visible_to(user).living().with_standing()
    lead: Any = with_engagement(leads, at=now).filter(pk=asked).first()
    if lead is None:
        return {"looked_at": None}
    activities = Activity.objects.filter(lead=lead, is_machine=False)
    return {
        "looked_at": lead,
        "looked_signs": next(iter(signs_of(leads=[lead], at=now)), None),
        "looked_tags": lead.tags.all(),
        "grounds": grounds.strongest(lead_ids=[lead.pk], now=now).get(lead.pk, []),
        "latest": activities.order_by("-occurred_at", "-pk")[:ACTIVITIES_SHOWN],
        "programmes": overview.of_leads(lead_ids=[lead.pk]).get(lead.pk, []),
        "mute": limits.mute_reason(stage=lead.standing.stage),
        "may_move": bool(person_targets(Stage(lead.standing.stage))),
        "now": now,
    }
