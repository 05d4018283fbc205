"""Which criteria brought the fit of many leads: one query, whatever their number."""

from collections.abc import Sequence

from django.db.models import BooleanField, Case, Value, When

from leads import conditions
from leads.models import Lead
from scoring import fit
from scoring.models import FitCriterion, ScoringModel


def criteria(
    *, lead_ids: Sequence[int], model: ScoringModel
) -> dict[int, list[FitCriterion]]:
    """By lead: the criteria that it matches, in their order.

    A lead that matches none has an empty list.
    """
    known = [one for one in fit.criteria_of(model) if one.points]
    if not known:
        return {lead_id: [] for lead_id in lead_ids}
    asked = {f"is_{one.pk}": _is_matched(one) for one in known}
    rows = Lead.objects.filter(pk__any_of=lead_ids).order_by().annotate(**asked)
    return {
        row["pk"]: [one for one in known if row[f"is_{one.pk}"]]
        for row in rows.values("pk", *asked)
    }


def _is_matched(criterion: FitCriterion) -> Case:
    asked = conditions.compile_q(criterion.conditions, "lead")
    whens = [When(asked, then=Value(True))] if asked else []
    return Case(*whens, default=Value(not asked), output_field=BooleanField())
