"""The deals: by stage on a board, or in a table; a rep's own, a manager's all."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from config.htmx import HtmxRequest, render_page
from handoff.models import Deal
from handoff.querysets import DealQuerySet
from handoff.selling import pipeline
from handoff.selling.deal_forms import DealFilter
from leads.paging import page_of

PAGE_SIZE = 50
TABS = {
    "board": _("Board"),
    "open": _("Open"),
    "won": _("Won"),
    "lost": _("Lost"),
}


@permission_required("handoff.decide_handoff", raise_exception=True)
@require_GET
def deals(request: HtmxRequest) -> HttpResponse:
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "board"
    manages = request.user.has_perm("handoff.manage_handoffs")
    chosen = DealFilter(request.GET)
    for name in () if manages else ("team", "owner"):
        del chosen.fields[name]
    listed = Deal.objects.visible_to(request.user).filter(chosen.condition)
    shown = _board(listed) if tab == "board" else _table(request, listed, tab)
    context = {
        **shown,
        "tab": tab,
        "tabs": [
            {"name": name, "label": label, "count": None}
            for name, label in TABS.items()
        ],
        "filter": chosen,
        "manages": manages,
        "today": timezone.localdate(),
    }
    return render_page(request, "selling/deal_list.html", context, partial="deals")


def _board(listed: DealQuerySet) -> dict[str, Any]:
    lanes = pipeline.board(deals=listed)
    return {"lanes": lanes, "sums": pipeline.sums(deals=listed.open())}


def _table(request: HtmxRequest, listed: DealQuerySet, tab: str) -> dict[str, Any]:
    found = {"open": listed.open, "won": listed.won, "lost": listed.lost}[tab]()
    page = page_of(
        found.with_names(),
        order=("-opened_at", "-pk"),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    return {
        "page": page,
        "is_first": "after" not in request.GET,
        "sums": pipeline.sums(deals=found),
    }
