"""What the lead's page shows of the score: now, then, and in between."""

from datetime import datetime
from typing import Any

from config.htmx import HtmxRequest
from leads.forms import ScoreAtForm
from leads.models import Lead, StageChange
from scoring import curve, engagement, past
from scoring.explanation import explain


def score_section(request: HtmxRequest, lead: Lead, *, now: datetime) -> dict[str, Any]:
    """Context of the score section; `?at=` asks for an instant of the past."""
    form = ScoreAtForm(request.GET if "at" in request.GET else None, now=now)
    at = form.cleaned_data["at"] if form.is_valid() else None
    explanation = explain(lead=lead, now=at or now)
    changes = StageChange.objects.filter(lead=lead).select_related("actor")
    stage_changes = list(changes.order_by("-at", "-pk"))
    context = {
        "at": at,
        "at_form": form,
        "explanation": explanation,
        "stage_changes": stage_changes,
        "score_now": explanation.engagement,
        "course": None,
        "change": None,
        "is_out_of_band": False,
    }
    if explanation.model is None:
        return context
    model = explanation.model
    impulses = explanation.impulses
    if at is not None:
        impulses = past.impulses_of(lead=lead, model=model, now=now)
    context["course"] = past.course_of(
        lead=lead, impulses=impulses, changes=stage_changes, model=model, now=now
    )
    if at is not None:
        rates = engagement.rates_of(model)
        level = curve.level(impulses, rates, int(now.timestamp()))
        context["score_now"] = max(0.0, level)
        context["change"] = past.change_since(
            impulses=impulses, model=model, since=at, now=now
        )
    return context
