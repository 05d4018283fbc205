"""What a rep is told about a lead that is handed over, frozen at its routing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Window
from django.db.models.functions import RowNumber

from handoff.choices import HandoffStatus
from handoff.models import Handoff
from leads.choices import OUTBOUND_KINDS, ActivityKind, Stage
from leads.models import Activity, Lead
from scoring import engagement

REASONS_SHOWN = 3
PEOPLE_SHOWN = 5
# What happened earlier says little about why the lead is ready now.
RECENT = timedelta(days=30)


def compose(*, leads: Sequence[Lead], now: datetime) -> dict[int, dict[str, Any]]:
    """The brief of each lead by its id: plain values, fit to be stored as JSON.

    The leads come with `account`, `campaign` and `standing`. The number of queries
    does not grow with the leads.
    """
    model = engagement.active_model()
    why = _why_now(leads, now)
    history = _history(leads)
    people = _people(leads)
    return {
        lead.pk: {
            **_particulars(lead),
            "engagement": engagement.engagement_of(lead.standing, model=model, now=now),
            "why": why[lead.pk],
            "history": history[lead.pk],
            "people": [
                person
                for person in people[lead.account_id]
                if person["lead"] != lead.pk
            ][:PEOPLE_SHOWN],
        }
        for lead in leads
    }


def _particulars(lead: Lead) -> dict[str, Any]:
    account = lead.account
    return {
        "name": lead.name,
        "title": lead.title,
        "company": account.name if account else "",
        "industry": account.industry if account else "",
        "employees": account.employees if account else None,
        "country": lead.country or (account.country if account else ""),
        "source": lead.source,
        "campaign": lead.campaign.name if lead.campaign else "",
        "fit": lead.standing.fit,
        "grade": lead.standing.grade_letter,
    }


def _why_now(
    leads: Iterable[Lead], now: datetime
) -> defaultdict[int, list[dict[str, Any]]]:
    """What each lead did lately, one line a kind, the latest first."""
    done = (
        Activity.objects.filter(
            lead__in=leads, is_machine=False, occurred_at__range=(now - RECENT, now)
        )
        .exclude(kind__in=OUTBOUND_KINDS)
        .order_by()
        .values_list("lead", "kind")
        .annotate(times=Count("pk"), latest_at=Max("occurred_at"))
    )
    lines: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for lead_id, kind, count, latest in done.order_by("lead", "-latest_at"):
        if len(lines[lead_id]) < REASONS_SHOWN:
            what = str(ActivityKind(kind).label)
            at = latest.isoformat()
            lines[lead_id].append({"what": what, "count": count, "at": at})
    return lines


def _history(leads: Iterable[Lead]) -> defaultdict[int, list[dict[str, Any]]]:
    """How earlier hand-offs of each lead ended, the latest first."""
    closed = (
        Handoff.objects.filter(lead__in=leads)
        .exclude(status=HandoffStatus.PENDING)
        .select_related("rep", "reason")
        .order_by("-decided_at")
    )
    lines: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for handoff in closed:
        decided_at = handoff.decided_at
        lines[handoff.lead_id].append(
            {
                "status": handoff.status,
                "at": decided_at.isoformat() if decided_at else "",
                "rep": str(handoff.rep or ""),
                "reason": str(handoff.reason or ""),
                "note": handoff.note,
                "cycle": handoff.cycle,
            }
        )
    return lines


def _people(leads: Iterable[Lead]) -> defaultdict[int | None, list[dict[str, Any]]]:
    """Other leads of each account, those who came furthest last first."""
    account_ids = {lead.account_id for lead in leads if lead.account_id}
    place = Window(
        RowNumber(),
        partition_by="account",
        order_by=[F("standing__stage_since").desc(), F("pk").asc()],
    )
    colleagues = (
        Lead.objects.filter(account__in=account_ids, standing__isnull=False)
        .select_related("standing")
        .annotate(place=place)
        .filter(place__lte=PEOPLE_SHOWN + 1)
        .order_by("account", "place")
    )
    lines: defaultdict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for lead in colleagues:
        lines[lead.account_id].append(
            {
                "lead": lead.pk,
                "name": lead.name,
                "title": lead.title,
                "stage": str(Stage(lead.standing.stage).label),
            }
        )
    return lines
