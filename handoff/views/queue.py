"""The acceptance queue: what waits for a decision, and what was decided."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from config.htmx import HtmxRequest, render_page
from handoff import queue as queues
from handoff import routing
from handoff.forms import QueueFilter
from handoff.models import Handoff
from handoff.querysets import HandoffQuerySet
from leads.models import Lead, User
from leads.paging import page_of

PAGE_SIZE = 50
WAITING_ORDER = ("due_at", "pk")
DECIDED_ORDER = ("-decided_at", "-pk")


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_GET
def queue(request: HtmxRequest) -> HttpResponse:
    now = timezone.now()
    manages = request.user.has_perm("handoff.manage_handoffs")
    chosen = QueueFilter(request.GET if manages else None)
    tab = chosen_tab(request)
    listed = _lists(request.user)[tab].filter(chosen.condition)
    page = page_of(
        queues.with_engagement(handoffs=listed.with_names(), at=now),
        order=DECIDED_ORDER if tab == "decided" else WAITING_ORDER,
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    lead_ids = [handoff.lead_id for handoff in page.rows]
    may_open = Lead.objects.visible_to(request.user).filter(pk__in=lead_ids)
    context = {
        "tab": tab,
        "tabs": _tabs(request.user, manages=manages, condition=chosen.condition),
        "filter": chosen if manages else None,
        "page": page,
        "is_first": "after" not in request.GET,
        "open_lead_ids": set(may_open.values_list("pk", flat=True)),
        "now": now,
        "manages": manages,
        "waiting_without_team": routing.count_without_team() if manages else 0,
        **figures_context(request, condition=chosen.condition),
    }
    return render_page(request, "handoff/queue.html", context, partial="queue")


def chosen_tab(request: HtmxRequest) -> str:
    """The tab of the address; a manager begins with everybody's, a rep with the own."""
    tab = (request.POST or request.GET).get("tab", "")
    if tab in {"mine", "team", "decided"}:
        return tab
    return "team" if request.user.has_perm("handoff.manage_handoffs") else "mine"


def figures_context(request: HtmxRequest, *, condition: Q) -> dict[str, Any]:
    """The tiles: of all that a manager chose, of a rep's own."""
    handoffs = Handoff.objects.visible_to(request.user).filter(condition)
    if not request.user.has_perm("handoff.manage_handoffs"):
        handoffs = handoffs.filter(rep=request.user)
    return {"figures": queues.figures(handoffs=handoffs, now=timezone.now())}


def _lists(user: User) -> dict[str, HandoffQuerySet]:
    return {
        "mine": queues.mine(user=user),
        "team": queues.team(user=user),
        "decided": queues.decided(user=user),
    }


def _tabs(user: User, *, manages: bool, condition: Q) -> list[dict[str, Any]]:
    """Name, label and count of each tab; what is decided is not counted."""
    lists = _lists(user)
    return [
        {"name": "mine", "label": _("Mine"), "count": lists["mine"].count()},
        {
            "name": "team",
            "label": _("All teams") if manages else _("Team pool"),
            "count": lists["team"].filter(condition).count(),
        },
        {"name": "decided", "label": _("Decided"), "count": None},
    ]
