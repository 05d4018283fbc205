"""Why a lead scores what it scores, in the API."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema

from config.problems import ProblemError
from leads.capture import values
from leads.capture.api_requests import ApiRequest, KeyAuth
from leads.capture.choices import Scope
from leads.models import Lead, StageChange
from scoring.explanation import CriterionLine, Explanation, Line, explain

router = Router(tags=["Leads"])


class LineOut(Schema):
    """One activity: `points` when it happened, and what is left of them at `at`."""

    rule: str | None
    activity: str
    about: str
    occurred_at: datetime
    points: float
    value_now: float
    counted: bool
    why_not: str


class OlderOut(Schema):
    """What is not listed: how many activities, and what they are worth at `at`."""

    count: int
    value_now: float


class CriterionOut(Schema):
    """One criterion of the fit; `state` is matched, not, or unknown."""

    criterion: str
    condition: str
    points: float
    matched: bool
    state: str


class ScoreOut(Schema):
    """The score at an instant; lines and the older ones add up to the engagement.

    Lines are newest first, at most 200. `stage` is null before the lead was known.
    """

    at: datetime
    model: int | None
    engagement: float
    fit: float
    grade: str
    stage: str | None
    lines: list[LineOut]
    older: OlderOut
    criteria: list[CriterionOut]


@router.get(
    "leads/{int:lead_id}/score",
    auth=KeyAuth(Scope.LEADS_READ),
    response=ScoreOut,
    summary="Explain a lead's score, now or at an instant that has been",
)
def read_score(request: ApiRequest, lead_id: int, at: str = "") -> dict[str, Any]:
    """The numbers of the lead's page, by what is known today. `at` is an ISO date or
    instant; without an offset it is in the workspace's zone.
    """
    leads = Lead.objects.visible_to(request.user)
    lead = get_object_or_404(leads.with_standing(), pk=lead_id)
    now = timezone.now()
    instant = _instant(at, now=now) if at else now
    explanation = explain(lead=lead, now=instant)
    changes = StageChange.objects.filter(lead=lead, at__lte=instant)
    latest = changes.order_by("-at", "-pk").first()
    return _answer(explanation, stage=latest.to_stage if latest else None)


def _instant(text: str, *, now: datetime) -> datetime:
    reason = _("lies in the future")
    try:
        at = values.moment(values.plain(text))
        if at <= now:
            return at
    except values.ValueRefusedError as error:
        reason = str(error)
    shown = {"field": "at", "reason": reason}
    raise ProblemError(422, f"at {reason}.", errors=[shown])


def _answer(explanation: Explanation, *, stage: str | None) -> dict[str, Any]:
    return {
        "at": explanation.now,
        "model": explanation.model.version if explanation.model else None,
        "engagement": explanation.engagement,
        "fit": explanation.fit,
        "grade": explanation.grade_letter,
        "stage": stage,
        "lines": [_line(line) for line in explanation.lines],
        "older": {
            "count": explanation.older_count,
            "value_now": explanation.older_value,
        },
        "criteria": [_criterion(line) for line in explanation.criteria],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "rule": line.rule.name if line.rule else None,
        "activity": line.activity.kind,
        "about": line.object,
        "occurred_at": line.occurred_at,
        "points": line.points,
        "value_now": line.value_now,
        "counted": line.is_counted,
        "why_not": line.why_not,
    }


def _criterion(line: CriterionLine) -> dict[str, Any]:
    return {
        "criterion": line.criterion.name,
        "condition": line.description,
        "points": line.points,
        "matched": line.state == "matched",
        "state": line.state,
    }
