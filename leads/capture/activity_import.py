"""Importing what happened: activities of leads that are known."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads import activities
from leads.activities import NewActivity
from leads.capture import values
from leads.capture.choices import What
from leads.capture.finding import LeadFinder
from leads.capture.importing import Kind, Outcome, RowRefusedError
from leads.capture.mapping import FieldSet, ParsedRow
from leads.choices import ActivityKind
from leads.models import Campaign, Lead
from leads.particulars import campaigns_by_key
from leads.querysets import LeadQuerySet
from leads.text import name_key

FREE = "properties."

FIELDS = FieldSet(
    noun=gettext_lazy("activity"),
    parsers={
        "external_id": values.text_up_to(200),
        "source_system": values.text_up_to(50),
        "lead_external_id": values.text_up_to(200),
        "email": values.email,
        "kind": values.one_of(ActivityKind),
        "occurred_at": values.moment,
        "url": values.text_up_to(2000),
        "subject": values.text_up_to(500),
        "campaign": values.text_up_to(200),
    },
    synonyms={
        "external_id": ("activity id", "event id"),
        "lead_external_id": ("lead id", "contact id"),
        "email": ("e-mail", "email address", "e-mail address"),
        "kind": ("activity", "activity kind", "activity type", "event", "type"),
        "occurred_at": ("at", "date", "occurred", "timestamp", "time"),
        "url": ("address", "page", "page url", "web address"),
        "subject": ("page title", "topic"),
        "campaign": ("campaign name",),
    },
    needs=(("kind",), ("occurred_at",), ("lead_external_id", "email")),
    free=FREE,
)


def take(*, rows: Sequence[ParsedRow], now: datetime) -> Outcome:
    """Record the activities of a chunk; those that are known change nothing."""
    outcome = Outcome()
    found = _found(rows, Lead.objects.all(), outcome)
    known = activities.recorded_ids(activities=found)
    _record(found, outcome)
    made = activities.recorded_ids(activities=found) - known
    outcome.made = {What.ACTIVITY: dict.fromkeys(made, "")}
    return outcome


def take_of(*, rows: Sequence[ParsedRow], among: LeadQuerySet) -> Outcome:
    """The same for the given leads; an activity of another one is refused."""
    outcome = Outcome()
    _record(_found(rows, among, outcome), outcome)
    return outcome


def _record(found: Sequence[NewActivity], outcome: Outcome) -> None:
    outcome.created = activities.record(activities=found)
    outcome.unchanged = len(found) - outcome.created


def _found(
    rows: Sequence[ParsedRow], among: LeadQuerySet, outcome: Outcome
) -> list[NewActivity]:
    """The activities of these leads; the rows about others are refused."""
    finder = LeadFinder(rows, among=among)
    lead_ids: dict[int, int] = {}  # by the row's place
    for at, row in enumerate(rows):
        try:
            lead_ids[at] = _lead_id(row, finder)
        except RowRefusedError as error:
            outcome.refuse(row, error)
    taken = [rows[at] for at in lead_ids]
    names = [row.values["campaign"] for row in taken if "campaign" in row.values]
    campaigns = campaigns_by_key(names=names)
    return [_activity(rows[at], pk, campaigns) for at, pk in lead_ids.items()]


def _lead_id(row: ParsedRow, finder: LeadFinder) -> int:
    for name in ("kind", "occurred_at"):
        if name not in row.values:
            raise RowRefusedError(name, _("is empty"))
    return finder.find(row)


def _activity(
    row: ParsedRow, lead_id: int, campaigns: dict[str, Campaign]
) -> NewActivity:
    given = row.values
    return NewActivity(
        lead_id=lead_id,
        kind=given["kind"],
        occurred_at=given["occurred_at"],
        source_system=given.get("source_system", ""),
        external_id=given.get("external_id", ""),
        url=given.get("url", ""),
        subject=given.get("subject", ""),
        campaign=campaigns.get(name_key(given.get("campaign", ""))),
        properties={
            name.removeprefix(FREE): value
            for name, value in given.items()
            if name.startswith(FREE)
        },
    )


ACTIVITIES = Kind(
    FIELDS,
    take,
    identified_by=(
        ("source_system", "external_id"),
        ("lead_external_id", "email", "kind", "url", "occurred_at"),
    ),
)
