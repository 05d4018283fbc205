"""Recording what happened: the one way an activity is written."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import starmap
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from leads import bells, consents, copying, identities, machines
from leads.choices import ActivityKind, ConsentHow, MachineReason, Purpose
from leads.machines import MailEvent, Ours
from leads.models import Activity, Campaign, Lead, Standing, User
from leads.text import folded_key

# SQLite of Debian 12 takes 32,766 values in a statement.
BATCH = 1_000
WRITTEN = (
    *("lead_id", "kind", "occurred_at", "source_system", "external_id"),
    *("url", "url_key", "subject", "subject_key", "campaign_id", "properties"),
    *("actor_id", "is_machine", "machine_reason"),
)
# What tells of a mail whether a machine read it.
OF_MAIL = (
    *("pk", "lead_id", "kind", "occurred_at", "url_key", "subject_key", "properties"),
)


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


class _GoneError(Exception):
    """A lead was merged into another while something was recorded about it."""


def record(*, activities: Sequence[NewActivity]) -> int:
    """Record a batch, and count those that were new; a repeat changes nothing.

    Each lead that has something new becomes owed a rescore, in the same transaction.
    What a machine made is marked, be it new or known by then. What is about a lead that
    was merged away is recorded about the survivor. Who unsubscribes gets no more mail.
    """
    try:
        return _record(activities, may_retry=True)
    except _GoneError:
        return _record(_of_survivors(activities), may_retry=False)


@transaction.atomic
def _record(activities: Sequence[NewActivity], *, may_retry: bool) -> int:
    stale_lead_ids: set[int] = set()
    recorded = 0
    for start in range(0, len(activities), BATCH):
        new = _insert(_without_known(activities[start : start + BATCH]))
        _mark_mail_machines(new)
        _heed_unsubscribed(new)
        stale_lead_ids.update(activity.lead_id for activity in new)
        recorded += len(new)
    marked = mark_stale(lead_ids=sorted(stale_lead_ids))
    if may_retry and marked < len(stale_lead_ids):
        raise _GoneError
    return recorded


def recorded_ids(*, activities: Sequence[NewActivity]) -> set[int]:
    """The numbers of those of these that are recorded."""
    found: set[int] = set()
    for start in range(0, len(activities), BATCH):
        alike = _alike(activities[start : start + BATCH])
        found.update(alike.values_list("pk", flat=True))
    return found


def mark_stale(*, lead_ids: Sequence[int]) -> int:
    """Raise the counter by which a lead is owed a rescore, and ring the bell.

    Returns how many of these leads there are.
    """
    marked = 0
    for start in range(0, len(lead_ids), BATCH):
        batch = Standing.objects.filter(pk__any_of=lead_ids[start : start + BATCH])
        list(batch.order_by("pk").select_for_update().values_list("pk", flat=True))
        marked += batch.update(stale_seq=F("stale_seq") + 1)
    if lead_ids:
        bells.ring("standings_stale")
    return marked


@transaction.atomic
def judge(
    *,
    lead: Lead,
    activity_ids: Sequence[int],
    is_machine: bool,
    actor: User,
    now: datetime,
) -> int:
    """Put the mark of machines right for these activities of a lead, and count them.

    Kept with who did it; from then on no rule of ours marks them. The score follows.
    """
    wrong = lead.activities.filter(pk__in=activity_ids).exclude(is_machine=is_machine)
    changes: dict[str, Any] = {"judged_by": actor, "judged_at": now}
    if is_machine:
        changes["machine_reason"] = MachineReason.PERSON
    judged = wrong.update(is_machine=is_machine, **changes)
    if judged:
        mark_stale(lead_ids=[lead.pk])
    return judged


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


def _of_survivors(activities: Sequence[NewActivity]) -> list[NewActivity]:
    lead_ids = {activity.lead_id for activity in activities}
    now_ids = identities.survivor_ids(lead_ids=lead_ids)
    return [
        replace(one, lead_id=now_ids.get(one.lead_id, one.lead_id))
        for one in activities
    ]


def _heed_unsubscribed(recorded: Sequence[NewActivity]) -> None:
    gone = [one for one in recorded if one.kind == ActivityKind.UNSUBSCRIBED]
    if gone:
        consents.forbid(
            lead_ids=sorted({one.lead_id for one in gone}),
            purpose=Purpose.MAIL,
            why=str(ActivityKind.UNSUBSCRIBED.label),
            how=ConsentHow.UNSUBSCRIBED,
            at=max(one.occurred_at for one in gone),
        )


def _without_known(activities: Sequence[NewActivity]) -> list[NewActivity]:
    by_identity = {
        (activity.source_system, activity.identity): activity for activity in activities
    }
    known = set(_alike(activities).values_list("source_system", "external_id"))
    return [activity for key, activity in by_identity.items() if key not in known]


def _alike(activities: Sequence[NewActivity]) -> QuerySet[Activity]:
    # Both columns, or SQLite reads the whole index for each batch.
    return Activity.objects.filter(
        source_system__in={one.source_system for one in activities},
        external_id__any_of=[one.identity for one in activities],
    ).order_by()


def _insert(fresh: Sequence[NewActivity]) -> Sequence[NewActivity]:
    """Write them, and return those that no other sender wrote in the meantime."""
    email_keys = _email_keys(fresh)
    try:
        with transaction.atomic():
            copying.insert(Activity, WRITTEN, _rows(fresh, email_keys))
    except IntegrityError:
        # What another sender was first with is committed, and so known, by now.
        left = _without_known(fresh)
        if len(left) == len(fresh):
            raise
        return _insert(left)
    return fresh


def _email_keys(activities: Sequence[NewActivity]) -> dict[int, str]:
    """The leads' addresses, read only where our own domains are known."""
    if not settings.OWN_DOMAINS:
        return {}
    leads = Lead.objects.filter(pk__in={activity.lead_id for activity in activities})
    return dict(leads.values_list("pk", "email_key"))


def _mark_mail_machines(recorded: Sequence[NewActivity]) -> None:
    """Mark opens and clicks by their neighbours, which may have been there before."""
    mails = [one for one in recorded if one.kind in machines.MAIL_KINDS]
    if not mails:
        return
    instants = [one.occurred_at for one in mails]
    around = Activity.objects.filter(
        lead__any_of=[*{one.lead_id for one in mails}],
        kind__in=machines.MAIL_KINDS,
        occurred_at__gte=min(instants) - machines.SCAN_WINDOW,
        occurred_at__lte=max(instants) + machines.SCAN_WINDOW,
    ).order_by()
    events = starmap(_mail_event, around.values_list(*OF_MAIL))
    reasons = machines.reasons_together(events)
    unjudged = Activity.objects.filter(
        judged_at=None, machine_reason__in=["", MachineReason.SENDER]
    )
    for reason in set(reasons.values()):
        alike = [pk for pk, one in reasons.items() if one == reason]
        unjudged.filter(pk__in=alike).update(is_machine=True, machine_reason=reason)


def _mail_event(
    activity_id: int,
    lead_id: int,
    kind: str,
    at: datetime,
    url_key: str,
    subject_key: str,
    properties: dict[str, Any],
) -> MailEvent:
    links = properties.get("links")
    return MailEvent(
        activity_id=activity_id,
        lead_id=lead_id,
        kind=kind,
        at=at,
        mail=str(properties.get("mail") or subject_key),
        url=url_key,
        links=links if isinstance(links, int) else None,
    )


def _reason(activity: NewActivity, email_key: str, ours: Ours) -> MachineReason | None:
    if activity.is_machine:
        return MachineReason.SENDER
    if activity.actor is not None:
        return None  # one of us says so, by hand
    return machines.reason_alone(
        properties=activity.properties, email_key=email_key, ours=ours
    )


def _rows(
    activities: Sequence[NewActivity], email_keys: Mapping[int, str]
) -> Iterator[tuple[Any, ...]]:
    """The rows of activities, by the names of `WRITTEN`."""
    ours = Ours(tuple(settings.OWN_DOMAINS), tuple(settings.OWN_NETWORKS))
    for one in activities:
        reason = _reason(one, email_keys.get(one.lead_id, ""), ours)
        yield (
            one.lead_id,
            one.kind,
            one.occurred_at,
            one.source_system,
            one.identity,
            one.url,
            folded_key(one.url, longest=2_000),
            one.subject,
            folded_key(one.subject, longest=500),
            one.campaign.pk if one.campaign else None,
            one.properties,
            one.actor.pk if one.actor else None,
            reason is not None,
            reason or "",
        )
