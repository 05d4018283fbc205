"""A file of leads: those that are ticked on a page, or that its filter finds."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from leads.models import Lead, User
from leads.nurture.board import with_engagement
from leads.nurture.bulk.whom import Whom
from leads.querysets import LeadQuerySet
from reports.exports import Cell
from reports.tables import LEAD_COLUMNS, Table, lead_cells

NAME = "leads"
TITLE = _("Leads")
BATCH = 500
HEADER = (
    *LEAD_COLUMNS,
    *("title", "phone", "country", "stage", "stage_since", "owner"),
    *("engagement", "grade", "tags", "created_at"),
)


def query_of(whom: Whom) -> dict[str, Any]:
    """The leads as an export keeps them."""
    return {
        "layout": whom.layout,
        "query": whom.query,
        "leads": ",".join(map(str, whom.lead_ids)),
    }


def table(*, query: Mapping[str, str], reader: User, now: datetime) -> Table:
    """A row a lead in the order of their numbers; times in UTC."""
    ticked = [int(one) for one in query["leads"].split(",") if one]
    whom = Whom(layout=query["layout"], query=query["query"], lead_ids=ticked)
    leads = whom.leads(reader)
    return Table(list(HEADER), _rows(leads, now), leads.count(), title=str(TITLE))


def _rows(leads: LeadQuerySet, now: datetime) -> Iterator[Sequence[Cell]]:
    """Yield them by batches, each after the last lead of the one before."""
    cursor = 0
    while lead_ids := list(
        leads.filter(pk__gt=cursor).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        batch = Lead.objects.filter(pk__any_of=lead_ids).with_standing().order_by("pk")
        shown = batch.select_related("campaign").prefetch_related("tags")
        yield from map(_row, with_engagement(shown, at=now))
        cursor = lead_ids[-1]


def _row(lead: Any) -> list[Cell]:
    standing = lead.standing
    return [
        *lead_cells(lead),
        lead.title,
        lead.phone,
        lead.country,
        standing.stage,
        standing.stage_since.isoformat(),
        str(standing.owner or ""),
        round(lead.engagement, 1),
        standing.grade_letter,
        ", ".join(sorted(tag.name for tag in lead.tags.all())),
        lead.created_at.isoformat(),
    ]
