"""Visitors whom nobody knows, and how what they looked at joins a lead."""

from datetime import datetime, timedelta

from leads import activities
from leads.activities import NewActivity
from leads.capture.models import Visit, Visitor
from leads.choices import ActivityKind
from leads.models import Lead

SOURCE_SYSTEM = "tracker"
# Who did not say who they are within this time is forgotten.
KEPT = timedelta(days=90)
# A call forgets at most this many; the sweep comes back for the rest.
BATCH = 1_000
# Visits of one visitor that join a lead, the latest ones.
MOST_JOINED = 1_000


def join(*, key: str, lead: Lead, now: datetime) -> int:
    """The browser of that key belongs to the lead: give it its visits, once.

    To be called in the transaction that identified the lead. A browser that told of
    somebody else before is theirs no more: what it looked at until now stays where it
    is, what comes is the new lead's.
    """
    if not key:
        return 0
    fresh = Visitor(key=key, first_seen_at=now, last_seen_at=now)
    Visitor.objects.bulk_create([fresh], ignore_conflicts=True)
    visitor = Visitor.objects.select_for_update().get(key=key)
    if visitor.lead_id != lead.pk:
        visitor.lead = lead
        visitor.save(update_fields=["lead"])
    visits = visitor.visits.order_by("-occurred_at", "-pk")[:MOST_JOINED]
    recorded = activities.record(
        activities=[activity_of(visit, visitor=visitor) for visit in visits]
    )
    visitor.visits.all().delete()
    return recorded


def activity_of(visit: Visit, *, visitor: Visitor) -> NewActivity:
    """The page view as something that the visitor's lead did."""
    assert visitor.lead_id is not None  # noqa: S101 - both callers have looked
    return NewActivity(
        lead_id=visitor.lead_id,
        kind=ActivityKind.PAGE_VIEW,
        occurred_at=visit.occurred_at,
        source_system=SOURCE_SYSTEM,
        external_id=f"{visitor.key}:{visit.view_key}",
        url=visit.url,
        subject=visit.title,
        properties=visit.properties,
    )


def forget(*, now: datetime) -> int:
    """Delete visitors whom nobody knows and who did not come back; how many."""
    old = Visitor.objects.filter(lead=None, last_seen_at__lt=now - KEPT)
    pks = [*old.order_by("last_seen_at").values_list("pk", flat=True)[:BATCH]]
    Visit.objects.filter(visitor__in=pks).delete()
    return Visitor.objects.filter(pk__in=pks, lead=None).delete()[0]
