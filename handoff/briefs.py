"""What a rep is told about a lead that is handed over, frozen at its routing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from handoff import grounds, reading
from handoff.choices import HandoffStatus
from handoff.models import Deal, Handoff
from handoff.selling import giving_back, qualification
from leads.choices import Cause, Stage
from leads.lifecycle import LEFT_BY_SALES
from leads.models import Lead, StageChange
from leads.models.lead import NAMED_BY, name_of
from scoring import engagement

PEOPLE_SHOWN = 5


def compose(*, leads: Sequence[Lead], now: datetime) -> dict[int, dict[str, Any]]:
    """The brief of each lead by its id: plain values, fit to be stored as JSON.

    The leads come with `account`, `campaign` and `standing`. The number of queries
    does not grow with the leads.
    """
    model = engagement.active_model()
    lead_ids = [lead.pk for lead in leads]
    why = grounds.strongest(lead_ids=lead_ids, now=now)
    fit = grounds.fit_lines(lead_ids=lead_ids)
    read = reading.of_leads(lead_ids=lead_ids, now=now)
    entries = _entries(lead_ids)
    history = _history(lead_ids)
    given_back = _given_back(lead_ids)
    deals = _deals(lead_ids)
    people = _people(leads)
    answers = qualification.for_briefs(lead_ids=lead_ids)
    return {
        lead.pk: {
            **_particulars(lead),
            "engagement": engagement.engagement_of(lead.standing, model=model, now=now),
            "why": why.get(lead.pk, []),
            "fit_lines": fit.get(lead.pk, []),
            "read": read.get(lead.pk, []),
            "entry": entries.get(lead.pk, {}),
            "history": history[lead.pk],
            "given_back": given_back[lead.pk],
            "deals": deals[lead.pk],
            "qualification": answers.get(lead.pk, {}),
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


def _entries(lead_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """How each lead came to be sales ready: by what, by whom, and with which words."""
    changes = StageChange.objects.filter(
        lead__any_of=lead_ids, to_stage=Stage.SQL, is_undone=False
    )
    columns = ("lead", "cause", "actor__name", "actor__email", "reason")
    labels = {cause.value: str(cause.label) for cause in Cause}
    return {
        lead_id: {
            "cause": labels[cause],
            "by": name or email or "",
            "reason": reason,
        }
        for lead_id, cause, name, email, reason in changes.order_by(
            "at", "pk"
        ).values_list(*columns)
    }


def _history(lead_ids: Sequence[int]) -> defaultdict[int, list[dict[str, Any]]]:
    """How earlier hand-offs of each lead ended, the latest first."""
    closed = (
        Handoff.objects.filter(lead__any_of=lead_ids)
        .exclude(status=HandoffStatus.PENDING)
        .select_related("rep", "reason")
        .defer("brief", "trace")
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


def _given_back(lead_ids: Sequence[int]) -> defaultdict[int, list[dict[str, str]]]:
    """Why sales gave each lead back in earlier cycles, the latest first."""
    changes = StageChange.objects.filter(
        lead__any_of=lead_ids,
        from_stage__in=giving_back.GIVEN_BACK,
        to_stage__in=LEFT_BY_SALES,
        cause=Cause.PERSON,
        is_undone=False,
    )
    columns = ("lead", "at", "actor__name", "actor__email", "reason")
    lines: defaultdict[int, list[dict[str, str]]] = defaultdict(list)
    for lead_id, at, name, email, reason in changes.order_by("-at", "-pk").values_list(
        *columns
    ):
        told = {"at": at.isoformat(), "by": name or email or "", "reason": reason}
        lines[lead_id].append(told)
    return lines


def _deals(lead_ids: Sequence[int]) -> defaultdict[int, list[dict[str, str]]]:
    """What was sold or tried to be sold to each lead before, the latest first.

    `amount` is in the deal's own currency, and empty where none was offered.
    """
    lines: defaultdict[int, list[dict[str, str]]] = defaultdict(list)
    found = Deal.objects.filter(lead__any_of=lead_ids)
    for deal in found.order_by("-opened_at", "-pk"):
        lines[deal.lead_id].append(
            {
                "name": deal.name,
                "amount": "" if deal.amount is None else str(deal.amount),
                "currency": deal.currency,
                "state": "won" if deal.won_at else "lost" if deal.lost_at else "open",
                "reason": deal.close_reason,
                "at": (deal.closed_at or deal.opened_at).isoformat(),
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
        Lead.objects.filter(account__any_of=account_ids, standing__isnull=False)
        .annotate(place=place)
        .filter(place__lte=PEOPLE_SHOWN + 1)
        .order_by("account", "place")
        .values_list("account", "title", "standing__stage", *NAMED_BY)
    )
    labels = {stage.value: str(stage.label) for stage in Stage}
    lines: defaultdict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for account_id, title, stage, pk, *names in colleagues:
        lines[account_id].append(
            {
                "lead": pk,
                "name": name_of(pk, *names),
                "title": title,
                "stage": labels[stage],
            }
        )
    return lines
