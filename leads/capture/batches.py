"""Batches of records as JSON, for the API and for webhooks that come in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from leads.capture import activity_import, lead_import
from leads.capture.importing import Outcome, RowRefusedError
from leads.capture.mapping import ParsedRow
from leads.capture.records import Reader, Shape
from leads.choices import ConsentHow
from leads.models import Lead, User

MOST_ACTIVITIES = 1_000
MOST_LEADS = 500
# Stage and dates come from files alone: nobody else must write history.
FROM_FILES = ("stage", "stage_at", "created_at")
LEAD = Shape(lead_import.FIELDS, left_out=FROM_FILES)
ACTIVITY = Shape(
    activity_import.FIELDS,
    needed=("id", "kind", "occurred_at"),
    renamed={"id": "external_id"},
)


@dataclass(frozen=True)
class Taken:
    """What became of a batch: the counts, and the refused by their place in it."""

    counts: Mapping[str, int]
    rejected: Sequence[tuple[int, RowRefusedError]]

    @property
    def answer(self) -> dict[str, Any]:
        """The same as it is answered to the sender."""
        return {
            **self.counts,
            "rejected": [
                {"index": index, "field": error.field, "reason": error.reason}
                for index, error in self.rejected
            ],
        }


def batch_schema(name: str, shape: Shape, most: int) -> dict[str, Any]:
    """A list of records in JSON Schema, for the API's own documentation."""
    return {name: {"type": "array", "maxItems": most, "items": shape.schema()}}


def take_activities(
    *, given: Sequence[Any], user: User, source_system: str, now: datetime
) -> Taken:
    """Record activities of the leads that the person may see; known ones again not."""
    leads = Lead.objects.visible_to(user)
    take = partial(activity_import.take_of, among=leads)
    reader = Reader(ACTIVITY, source_system=source_system, now=now)
    outcome, rejected = _take(given, reader, lambda rows: take(rows=rows))
    counts = {"accepted": outcome.created, "duplicates": outcome.unchanged}
    return Taken(counts, rejected)


def take_leads(*, given: Sequence[Any], source_system: str, now: datetime) -> Taken:
    """Add or update leads; the caller has looked whether the person may."""
    take = partial(lead_import.take, now=now, how=ConsentHow.API)
    reader = Reader(LEAD, source_system=source_system, now=now)
    outcome, rejected = _take(given, reader, lambda rows: take(rows=rows))
    names = ("created", "updated", "unchanged")
    return Taken({name: getattr(outcome, name) for name in names}, rejected)


def _take(
    given: Sequence[Any],
    reader: Reader,
    take: Callable[[Sequence[ParsedRow]], Outcome],
) -> tuple[Outcome, list[tuple[int, RowRefusedError]]]:
    rows, rejected = [], []
    for index, record in enumerate(given):
        try:
            rows.append(reader.row(record, number=index))
        except RowRefusedError as error:
            rejected.append((index, error))
    outcome = take(rows)
    rejected += [(row.line, error) for row, error in outcome.refused]
    return outcome, sorted(rejected, key=lambda pair: pair[0])
