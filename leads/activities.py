"""Recording what happened: the one way an activity is written."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from leads import bells
from leads.choices import ActivityKind
from leads.models import Activity, Campaign, Lead, Standing, User
from leads.text import fold

# SQLite of Debian 12 takes 32,766 parameters a statement; an activity has 13.
BATCH = 1_000


@dataclass(frozen=True)
class NewActivity:
    """One thing that happened to one lead, not yet recorded.

    `external_id` is the sender's own id. Without one, an id is made of the rest, so
    that the same thing sent twice is recorded once.
    """

    lead_id: int
    kind: ActivityKind
    occurred_at: datetime
    source_system: str = ""
    external_id: str = ""
    url: str = ""
    subject: str = ""
    campaign: Campaign | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    actor: User | None = None
    is_machine: bool = False

    @property
    def identity(self) -> str:
        if self.external_id:
            return self.external_id
        parts = (
            str(self.lead_id),
            self.kind,
            self.occurred_at.isoformat(),
            self.url,
            self.subject,
        )
        digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
        return f"sha256:{digest}"


@transaction.atomic
def record(*, activities: Sequence[NewActivity]) -> int:
    """Record a batch, and count those that were new; a repeat changes nothing.

    Each lead that has something new becomes owed a rescore, in the same transaction.
    """
    stale_lead_ids: set[int] = set()
    recorded = 0
    for start in range(0, len(activities), BATCH):
        fresh = _without_known(activities[start : start + BATCH])
        # Another sender may record the same thing between the look and the insert.
        rows = [_row(activity) for activity in fresh]
        Activity.objects.bulk_create(rows, ignore_conflicts=True)
        stale_lead_ids.update(activity.lead_id for activity in fresh)
        recorded += len(fresh)
    mark_stale(lead_ids=sorted(stale_lead_ids))
    return recorded


def mark_stale(*, lead_ids: Sequence[int]) -> None:
    """Raise the counter by which a lead is owed a rescore, and ring the bell."""
    for start in range(0, len(lead_ids), BATCH):
        batch = Standing.objects.filter(pk__in=lead_ids[start : start + BATCH])
        list(batch.order_by("pk").select_for_update().values_list("pk", flat=True))
        batch.update(stale_seq=F("stale_seq") + 1)
    if lead_ids:
        bells.ring("standings_stale")


def log(
    *,
    lead: Lead,
    kind: ActivityKind,
    subject: str,
    actor: User,
    now: datetime,
    external_id: str,
) -> int:
    """Record what one of us did with the lead just now: a call, a meeting, a note."""
    activity = NewActivity(
        lead_id=lead.pk,
        kind=kind,
        occurred_at=now,
        source_system="baton",
        external_id=external_id,
        subject=subject,
        actor=actor,
    )
    return record(activities=[activity])


def _without_known(activities: Sequence[NewActivity]) -> list[NewActivity]:
    by_identity = {
        (activity.source_system, activity.identity): activity for activity in activities
    }
    # Both columns, or SQLite reads the whole index for each batch.
    alike = Activity.objects.filter(
        source_system__in={system for system, _ in by_identity},
        external_id__in=[identity for _, identity in by_identity],
    )
    known = set(alike.values_list("source_system", "external_id"))
    return [activity for key, activity in by_identity.items() if key not in known]


def _row(activity: NewActivity) -> Activity:
    return Activity(
        lead_id=activity.lead_id,
        kind=activity.kind,
        occurred_at=activity.occurred_at,
        source_system=activity.source_system,
        external_id=activity.identity,
        url=activity.url,
        url_key=fold(activity.url),
        subject=activity.subject,
        subject_key=fold(activity.subject),
        campaign=activity.campaign,
        properties=activity.properties,
        actor=activity.actor,
        is_machine=activity.is_machine,
    )
