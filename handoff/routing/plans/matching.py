"""Which rule of a plan names each of many leads: one query, whatever their number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Case, IntegerField, Q, Value, When

from handoff.choices import RuleSkipped
from handoff.models import RoutingRule
from handoff.routing.condition_fields import SUBJECT
from handoff.routing.plans import staff
from handoff.routing.plans.releases import Release
from handoff.routing.plans.staff import Staff
from leads import conditions
from leads.models import Lead

# A query holds at most 32,766 parameters in the smallest builds of SQLite; a value
# takes up to two, and one rule has at most 10,000 of them.
MOST_VALUES = 10_000


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
    """By lead; every one of the leads has a match. Without rules nothing is asked.

    Plans with very long lists of values are asked in several queries.
    """
    idle = {
        place: why
        for place, rule in enumerate(release.rules)
        if (why := staff.why_skipped(rule, there))
    }
    rows: dict[int, dict[str, Any]] = {lead_id: {} for lead_id in lead_ids}
    leads = Lead.objects.filter(pk__any_of=lead_ids).order_by()
    for places in _groups(release, idle):
        asked = {
            f"idle_{place}": _asked(release, place) for place in places if place in idle
        }
        live = [place for place in places if place not in idle]
        found = leads.annotate(first=_first(release, live), **asked)
        for row in found.values("pk", "first", *asked):
            seen = rows[row["pk"]]
            rows[row["pk"]] = {**row, **seen} if _has_first(seen) else {**seen, **row}
    return {lead_id: _match(release, idle, row) for lead_id, row in rows.items()}


def _has_first(row: dict[str, Any]) -> bool:
    return row.get("first") is not None


def _groups(release: Release, idle: dict[int, RuleSkipped]) -> Iterator[list[int]]:
    """The rules that can be asked, in order, as many in one query as it can hold."""
    group: list[int] = []
    values = 0
    for place, rule in enumerate(release.rules):
        if idle.get(place) == RuleSkipped.UNSOUND:
            continue
        more = conditions.count_values(rule.conditions)
        if group and values + more > MOST_VALUES:
            yield group
            group, values = [], 0
        group.append(place)
        values += more
    if group:
        yield group


def _q(release: Release, place: int) -> Q:
    return conditions.compile_q(release.rules[place].conditions, SUBJECT)


def _asked(release: Release, place: int) -> Case:
    when = When(_q(release, place), then=Value(True))
    return Case(when, default=Value(False), output_field=BooleanField())


def _first(release: Release, places: Sequence[int]) -> Case:
    """The index of the first of these rules that matches."""
    whens = [When(_q(release, place), then=Value(place)) for place in places]
    return Case(*whens, default=Value(None), output_field=IntegerField())


def _match(
    release: Release, idle: dict[int, RuleSkipped], row: dict[str, Any]
) -> Match:
    first = row.get("first")
    end = len(release.rules) if first is None else first
    skipped = [
        (release.rules[place], why)
        for place, why in idle.items()
        if place < end and row.get(f"idle_{place}", why == RuleSkipped.UNSOUND)
    ]
    return Match(None if first is None else release.rules[first], skipped)
