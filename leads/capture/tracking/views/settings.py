"""The page that says how to track a site, and what came of it."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from config.htmx import HtmxRequest
from leads.capture.models import Visitor
from leads.capture.tracking import visitors

WINDOW = timedelta(days=7)
LATEST = 10


@permission_required("capture.manage_forms", raise_exception=True)
@require_GET
def settings_page(request: HtmxRequest) -> HttpResponse:
    since = timezone.now() - WINDOW
    address = settings.SITE_URL.rstrip("/") + reverse("public:tracker")
    seen = Visitor.objects.filter(last_seen_at__gte=since)
    context = {
        "tag": format_html('<script src="{}" defer></script>', address),
        "tag_with_consent": format_html(
            '<script src="{}" data-consent="required" defer></script>', address
        ),
        "sites": settings.TRACKED_SITES,
        "unknown": seen.filter(lead=None).count(),
        "known": seen.exclude(lead=None).count(),
        "kept_days": visitors.KEPT.days,
        "latest": Visitor.objects.select_related("lead").order_by("-last_seen_at")[
            :LATEST
        ],
    }
    return render(request, "capture/tracking.html", context)
