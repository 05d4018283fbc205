"""What the API tells of a lead."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Schema

from config.problems import ProblemError
from leads import paging
from leads.choices import GRADES
from leads.models import Account, Lead
from leads.querysets import LeadQuerySet
from scoring import engagement

NEWEST_FIRST = ("-created_at", "-pk")
MOST_LEADS = 200


class CompanyOut(Schema):
    """The company of a lead."""

    id: int
    name: str
    domain: str
    industry: str
    employees: int | None
    country: str


class LeadOut(Schema):
    """A lead as it stands. `owner` is the e-mail address of its rep, or null."""

    id: int
    external_id: str
    source_system: str
    email: str
    first_name: str
    last_name: str
    phone: str
    title: str
    company: CompanyOut | None
    country: str
    source: str
    campaign: str | None
    tags: list[str]
    do_not_mail: bool
    do_not_call: bool
    custom: dict[str, Any]
    stage: str
    stage_since: datetime
    cycle: int
    owner: str | None
    team: str | None
    engagement: float
    fit: float
    grade: str
    created_at: datetime
    url: str
    warnings: list[str] = []


class LeadPage(Schema):
    """Some leads, and where the next ones begin."""

    items: list[LeadOut]
    next_cursor: str


def page_of_leads(
    *, leads: LeadQuerySet, cursor: str, limit: int, now: datetime
) -> dict[str, Any]:
    """The leads after the cursor, newest first.

    Raises:
        ProblemError: the cursor or the limit is none of ours.
    """
    check_page(cursor=cursor, limit=limit, order=NEWEST_FIRST)
    page = paging.page_of(
        leads.only("pk", "created_at"), order=NEWEST_FIRST, cursor=cursor, size=limit
    )
    chosen = Lead.objects.filter(pk__in=[lead.pk for lead in page.rows])
    answers = lead_answers(leads=chosen.order_by(*NEWEST_FIRST), now=now)
    return {"items": answers, "next_cursor": page.next_cursor}


def check_page(*, cursor: str, limit: int, order: tuple[str, ...]) -> None:
    """Refuse a place or a size that no page of ours has.

    A page would begin anew with a cursor that it does not know; a program that reads
    all of a list would never come to its end.

    Raises:
        ProblemError: 422.
    """
    if not 1 <= limit <= MOST_LEADS:
        reason = _("must be 1 to {most}").format(most=MOST_LEADS)
        shown = {"field": "limit", "reason": reason}
        raise ProblemError(422, f"limit {reason}.", errors=[shown])
    if cursor and paging.decode(cursor).get("order") != list(order):
        reason = _("is none that this list has given")
        shown = {"field": "cursor", "reason": reason}
        raise ProblemError(422, f"cursor {reason}.", errors=[shown])


def lead_answers(*, leads: LeadQuerySet, now: datetime) -> list[dict[str, Any]]:
    """Each lead with its standing and score at `now`, in a fixed number of queries."""
    score = engagement.engagement_expression(
        model=engagement.active_model(), now=now, prefix="standing__"
    )
    found = leads.with_standing().select_related("campaign").prefetch_related("tags")
    return [_answer(lead) for lead in found.annotate(engagement=score)]


def _answer(lead: Lead) -> dict[str, Any]:
    standing = lead.standing
    plain = (
        *("external_id", "source_system", "email", "first_name", "last_name"),
        *("phone", "title", "country", "source", "custom", "engagement"),
    )
    return {
        "id": lead.pk,
        **{name: getattr(lead, name) for name in plain},
        "company": _company(lead.account) if lead.account else None,
        "campaign": lead.campaign.name if lead.campaign else None,
        "tags": sorted(tag.name for tag in lead.tags.all()),
        "do_not_mail": lead.do_not_mail,
        "do_not_call": lead.do_not_call,
        "stage": standing.stage,
        "stage_since": standing.stage_since.isoformat(),
        "cycle": standing.cycle,
        "owner": standing.owner.email if standing.owner else None,
        "team": standing.team.name if standing.team else None,
        "fit": standing.fit,
        "grade": GRADES[standing.grade],
        "created_at": lead.created_at.isoformat(),
        "url": settings.SITE_URL.rstrip("/") + reverse("leads:detail", args=[lead.pk]),
    }


def _company(account: Account) -> dict[str, Any]:
    names = ("name", "domain", "industry", "employees", "country")
    return {"id": account.pk, **{name: getattr(account, name) for name in names}}
