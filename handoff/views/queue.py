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
from handoff.forms import QueueFilter
from handoff.models import Handoff
from handoff.querysets import HandoffQuerySet
from handoff.routing import offers
from handoff.sla import calendars
from leads.models import Lead, User
from leads.paging import page_of

PAGE_SIZE = 50
WAITING_ORDER = ("due_at", "pk")
DECIDED_ORDER = ("-decided_at", "-pk")


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_GET
def queue(request: HtmxRequest) -> HttpResponse:
    now = timezone.now()
    head = summary(request)
    listed = _lists(request.user)[head["tab"]].filter(head["filter"].condition)
    page = page_of(
        queues.with_engagement(handoffs=listed.with_names(), at=now),
        order=DECIDED_ORDER if head["tab"] == "decided" else WAITING_ORDER,
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    lead_ids = [handoff.lead_id for handoff in page.rows]
    may_open = Lead.objects.visible_to(request.user).filter(pk__in=lead_ids)
    context = {
        **head,
        "page": page,
        "is_first": "after" not in request.GET,
        "open_lead_ids": set(may_open.values_list("pk", flat=True)),
        "now": now,
        "calendars": calendars.load(),
        "waiting_without_team": offers.count_without_team() if head["manages"] else 0,
    }
    return render_page(request, "handoff/queue.html", context, partial="queue")


def summary(request: HtmxRequest) -> dict[str, Any]:
    """What stands over the rows: tabs with counts, a manager's filter, the tiles.

    The tiles are of all that a manager chose, and of a rep's own.
    """
    user = request.user
    manages = user.has_perm("handoff.manage_handoffs")
    chosen = QueueFilter((request.POST or request.GET) if manages else None)
    condition = chosen.condition if manages else Q(rep=user)
    handoffs = Handoff.objects.visible_to(user).filter(condition)
    return {
        "manages": manages,
        "filter": chosen,
        "tab": chosen_tab(request),
        "tabs": _tabs(user, manages=manages, condition=chosen.condition),
        "figures": queues.figures(handoffs=handoffs, now=timezone.now()),
    }


def chosen_tab(request: HtmxRequest) -> str:
    """The tab of the address; a manager begins with everybody's, a rep with the own."""
    tab = (request.POST or request.GET).get("tab", "")
    if tab in {"mine", "team", "decided"}:
        return tab
    return "team" if request.user.has_perm("handoff.manage_handoffs") else "mine"


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
        {
            "name": "mine",
            "label": _("Mine"),
            "count": lists["mine"].filter(condition).count(),
        },
        {
            "name": "team",
            "label": _("All teams") if manages else _("Team pool"),
            "count": lists["team"].filter(condition).count(),
        },
        {"name": "decided", "label": _("Decided"), "count": None},
    ]
