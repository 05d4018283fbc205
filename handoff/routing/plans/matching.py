"""Which rule of a plan names each of many leads: one query, whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Case, IntegerField, Q, Value, When

from handoff.choices import RuleSkipped
from handoff.models import RoutingRule
from handoff.routing.plans import staff
from handoff.routing.plans.releases import Release
from handoff.routing.plans.staff import Staff
from leads import conditions
from leads.models import Lead


@dataclass(frozen=True)
class Match:
    """The first rule that names the lead, None where the default decides.

    `skipped` are rules before it that name the lead too and lead nowhere, each with the
    reason; a rule whose conditions cannot be asked is always among them.
    """

    rule: RoutingRule | None = None
    skipped: list[tuple[RoutingRule, RuleSkipped]] = field(default_factory=list)


def match(
    *, lead_ids: Sequence[int], release: Release, there: Staff
) -> dict[int, Match]:
    """By lead; every one of the leads has a match. Without rules nothing is asked."""
    if not release.rules:
        return {lead_id: Match() for lead_id in lead_ids}
    idle = {
        place: why
        for place, rule in enumerate(release.rules)
        if (why := staff.why_skipped(rule, there))
    }
    asked = {f"idle_{place}": _asked(release, place) for place in _askable(idle)}
    leads = Lead.objects.filter(pk__in=lead_ids).order_by()
    rows = leads.annotate(first=_first(release, idle), **asked)
    found = {row.pop("pk"): row for row in rows.values("pk", "first", *asked)}
    return {
        lead_id: _match(release, idle, found.get(lead_id, {"first": None}))
        for lead_id in lead_ids
    }


def _askable(idle: dict[int, RuleSkipped]) -> list[int]:
    return [place for place, why in idle.items() if why != RuleSkipped.UNSOUND]


def _q(release: Release, place: int) -> Q:
    return conditions.compile_q(release.rules[place].conditions, "lead")


def _asked(release: Release, place: int) -> Case:
    when = When(_q(release, place), then=Value(True))
    return Case(when, default=Value(False), output_field=BooleanField())


def _first(release: Release, idle: dict[int, RuleSkipped]) -> Case:
    """The index of the first rule that matches and leads somewhere."""
    whens = [
        When(_q(release, place), then=Value(place))
        for place in range(len(release.rules))
        if place not in idle
    ]
    return Case(*whens, default=Value(None), output_field=IntegerField())


def _match(
    release: Release, idle: dict[int, RuleSkipped], row: dict[str, Any]
) -> Match:
    first = row["first"]
    end = len(release.rules) if first is None else first
    skipped = [
        (release.rules[place], why)
        for place, why in idle.items()
        if place < end and row.get(f"idle_{place}", why == RuleSkipped.UNSOUND)
    ]
    return Match(None if first is None else release.rules[first], skipped)
