"""The acceptance queue: what waits for a decision, and what was decided."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from config.htmx import HtmxRequest, render_page
from handoff import lifecycle
from handoff import queue as queues
from handoff.forms import QueueFilter
from handoff.models import Handoff
from handoff.querysets import HandoffQuerySet
from handoff.routing import offers
from handoff.sla import calendars
from leads.models import Lead, User
from leads.paging import page_of

PAGE_SIZE = 25
LONGEST_ID = 18  # digits, of what a database counts
WAITING_ORDER = ("due_at", "pk")
DECIDED_ORDER = ("-decided_at", "-pk")


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_GET
def pool(request: HtmxRequest) -> HttpResponse:
    """An address of its own for what waits for anybody."""
    return redirect(f"{reverse('handoff:queue')}?tab=pool")


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_GET
def queue(request: HtmxRequest) -> HttpResponse:
    now = timezone.now()
    head = summary(request)
    listed = _lists(request.user)[head["tab"]].filter(head["filter"].condition)
    page = page_of(
        queues.with_engagement(handoffs=listed.with_names_of_many(), at=now),
        order=DECIDED_ORDER if head["tab"] == "decided" else WAITING_ORDER,
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    lead_ids = [handoff.lead_id for handoff in page.rows]
    may_be_opened = Lead.objects.visible_to(request.user).filter(pk__in=lead_ids)
    context = {
        **head,
        "page": page,
        "is_first": "after" not in request.GET,
        "open_lead_ids": set(may_be_opened.values_list("pk", flat=True)),
        **panel(request, _opened(request, now)),
        "now": now,
        "calendars": calendars.load(),
        "waiting_without_team": offers.count_without_team() if head["manages"] else 0,
    }
    return render_page(request, "handoff/queue.html", context, partial="queue")


def _opened(request: HtmxRequest, now: datetime) -> Handoff | None:
    """The hand-off whose brief stands beside the list, by the address."""
    asked = request.GET.get("open", "")
    if not asked.isascii() or not asked.isdigit() or len(asked) > LONGEST_ID:
        return None
    handoffs = Handoff.objects.offered_to(request.user).with_names()
    return queues.with_engagement(handoffs=handoffs, at=now).filter(pk=asked).first()


def panel(request: HtmxRequest, opened: Handoff | None) -> dict[str, Any]:
    """What the brief beside the list shows, and which of its buttons."""
    if opened is None:
        return {"opened": None}
    inquiries = list(opened.inquiries.select_related("asked_by", "ended_by"))
    may_decide = lifecycle.may_decide(handoff=opened, user=request.user)
    leads = Lead.objects.visible_to(request.user)
    return {
        "opened": opened,
        "may_open": leads.filter(pk=opened.lead_id).exists(),
        "inquiries": inquiries,
        "may_decide": may_decide,
        "may_ask": may_decide and not any(one.is_open for one in inquiries),
    }


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
        "my_team_id": user.team_id,
        "filter": chosen,
        "tab": chosen_tab(request),
        "tabs": _tabs(user, manages=manages, condition=chosen.condition),
        "figures": queues.figures(handoffs=handoffs, now=timezone.now()),
    }


def chosen_tab(request: HtmxRequest) -> str:
    """The tab of the address; a manager begins with everybody's, a rep with the own."""
    tab = (request.POST or request.GET).get("tab", "")
    if tab in {"mine", "pool", "decided"}:
        return tab
    if request.user.has_perm("handoff.manage_handoffs"):
        return "team"
    return "pool" if tab == "team" else "mine"


def _lists(user: User) -> dict[str, HandoffQuerySet]:
    return {
        "mine": queues.mine(user=user),
        "team": queues.everybodys(user=user),
        "pool": queues.pool(user=user),
        "decided": queues.decided(user=user),
    }


def _tabs(user: User, *, manages: bool, condition: Q) -> list[dict[str, Any]]:
    """Name, label and count of each tab; what is decided is not counted."""
    counts = queues.counts(user=user, condition=condition)
    labels = {"mine": _("Mine"), "team": _("All teams"), "pool": _("Pool")}
    if not manages:
        del labels["team"]
    counted = [
        {"name": name, "label": label, "count": counts[name]}
        for name, label in labels.items()
    ]
    return [*counted, {"name": "decided", "label": _("Decided"), "count": None}]
