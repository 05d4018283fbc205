"""The list of leads."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from config.htmx import HtmxRequest, render_page, wants_partial
from leads.clock import frozen_instant
from leads.filters import LeadFilter
from leads.models import Lead, SavedView
from leads.nurture.board import with_engagement
from leads.nurture.segments import count
from leads.nurture.views.bulk import bulk_context
from leads.paging import page_of

PAGE_SIZE = 50
# What the list can be sorted by; no other name reaches the database.
SORTS = {
    "newest": (_("Newest first"), ("-created_at", "-pk")),
    "score": (_("Highest score"), ("-engagement", "pk")),
    "name": (_("Name"), ("last_name", "first_name", "pk")),
    "stage": (_("Latest move"), ("-standing__stage_since", "pk")),
}
DEFAULT_SORT = "newest"


@require_GET
def lead_list(request: HtmxRequest) -> HttpResponse:
    at = frozen_instant(request.GET.get("at"), now=timezone.now())
    leads = Lead.objects.visible_to(request.user).living().with_standing()
    lead_filter = LeadFilter(request.GET, queryset=with_engagement(leads, at=at))
    sort = request.GET.get("sort", DEFAULT_SORT)
    sort = sort if sort in SORTS else DEFAULT_SORT
    page = page_of(
        lead_filter.qs,
        order=SORTS[sort][1],
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    bulk = bulk_context(request.user)
    context = {
        **bulk,
        "matching": count(lead_filter.qs).in_words if bulk["bulk_deeds"] else "",
        "filter": lead_filter,
        "action": reverse("leads:list"),
        "is_partial": wants_partial(request),
        "saved_views": SavedView.objects.visible_to(request.user).select_related(
            "person"
        ),
        "page": page,
        "at": at,
        "sort": sort,
        "sorts": [(name, label) for name, (label, _order) in SORTS.items()],
    }
    if wants_partial(request) and "rows" in request.GET:
        return render(request, "leads/_lead_rows.html", context)
    return render_page(request, "leads/lead_list.html", context, partial="lead-table")
