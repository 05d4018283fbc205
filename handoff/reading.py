"""What leads read before they were offered: pages, downloads and mails."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Count, F, Max, Q, Window
from django.db.models.functions import RowNumber

from leads.choices import ActivityKind
from leads.models import Activity

KINDS = (
    ActivityKind.PAGE_VIEW,
    ActivityKind.CONTENT_DOWNLOADED,
    ActivityKind.EMAIL_OPENED,
    ActivityKind.EMAIL_CLICKED,
)
# What is older says little of why now.
PERIOD = timedelta(days=90)
# So many of the latest, and so many of the most frequent.
LATEST = 4
MOST_FREQUENT = 4


def of_leads(
    *, lead_ids: Sequence[int], now: datetime
) -> dict[int, list[dict[str, Any]]]:
    """By lead: what it read lately and what it read most, the latest first.

    Each has what it is, how often it was read and when last. What a machine did is left
    out, and so is what has neither title nor address.
    """
    activities = Activity.objects.filter(
        ~Q(subject_key="", url_key=""),
        lead__any_of=lead_ids,
        kind__in=KINDS,
        is_machine=False,
        occurred_at__gt=now - PERIOD,
        occurred_at__lte=now,
    )
    groups = (
        activities.order_by()
        .values("lead", "kind", "subject_key", "url_key")
        .annotate(
            subject=Max("subject"),
            count=Count("pk"),
            last=Max("occurred_at"),
        )
        .annotate(
            by_time=_place(F("last").desc(), F("count").desc()),
            by_count=_place(F("count").desc(), F("last").desc()),
        )
        .filter(Q(by_time__lte=LATEST) | Q(by_count__lte=MOST_FREQUENT, count__gt=1))
    )
    labels = {kind.value: str(kind.label) for kind in KINDS}
    found: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(groups, key=lambda one: one["last"], reverse=True):
        found[row["lead"]].append(
            {
                "kind": labels[row["kind"]],
                "what": row["subject"] or _page(row["url_key"]),
                "count": row["count"],
                "at": row["last"].isoformat(),
            }
        )
    return found


def _page(address: str) -> str:
    """“baton.example/pricing”: what stands behind it says nothing, or too much."""
    parts = urlsplit(address)
    return f"{parts.netloc.removeprefix('www.')}{parts.path}" or address


def _place(*order: Any) -> Window:
    """The place among what the same lead read."""
    ties = (F("subject_key").asc(), F("url_key").asc(), F("kind").asc())
    return Window(RowNumber(), partition_by="lead", order_by=[*order, *ties])
