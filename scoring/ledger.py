"""The ledger: which activity scores under which rule, written once as SQL.

A chain of relations, one row an activity each, of the leads in question:

matched  lead_id, activity_id, occurred_at, rule_id (NULL: no rule)
placed   the same with a rule, up to now: its points, and its place within its cap
counted  placed within the cap; `weight` is its points carried to the landmark

Whatever reads scores puts `chain()` behind WITH and selects from these. How it was
measured, and what the two databases disagree about, is told in the architecture guide.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import BigIntegerField, Case, F, IntegerField, Value, When
from django.db.models.functions import Cast

from leads import conditions
from leads.models import Activity
from scoring import decay, engagement
from scoring.choices import CapPeriod, CapScope, Speed
from scoring.models import BehaviourRule, ScoringModel
from scoring.sql import (
    Leads,
    Sql,
    compose,
    epoch,
    joined,
    least,
    moment,
    number,
    period_start,
)

# A sender's clock may run ahead by this much; what is dated later waits for its time.
CLOCK_SLACK = timedelta(minutes=5)

_OBJECTS = {
    CapScope.URL: "url_key",
    CapScope.SUBJECT: "subject_key",
    CapScope.CAMPAIGN: "campaign_id",
}


@dataclass(frozen=True)
class Ledger:
    """A model's ledger at an instant: what `chain` and its readers are made from."""

    model: ScoringModel
    rules: tuple[BehaviourRule, ...]
    now: datetime

    @property
    def horizon(self) -> datetime:
        """What is dated later does not count yet."""
        return self.now + CLOCK_SLACK

    @property
    def cap_objects(self) -> tuple[str, ...]:
        """The columns by which some cap counts each object on its own."""
        scopes = {rule.cap_scope for rule in self.rules if rule.cap_count}
        return tuple(
            _OBJECTS[scope] for scope in CapScope if scope in scopes & {*_OBJECTS}
        )

    @property
    def cap_periods(self) -> list[CapPeriod]:
        """The calendar periods in which some cap counts anew."""
        periods = {rule.cap_period for rule in self.rules if rule.cap_count}
        return [one for one in CapPeriod if one in periods and one != CapPeriod.EVER]

    def rate(self, speed: Speed) -> float:
        """How fast a speed fades, in e-folds a second."""
        rates = engagement.rates_of(self.model)
        return 0.0 if speed == Speed.NEVER else float(getattr(rates, speed))


def open_ledger(*, model: ScoringModel, now: datetime) -> Ledger:
    """The ledger of a model, be it active or a draft."""
    rules = model.rules.filter(is_on=True).order_by("position")
    return Ledger(model, tuple(rules), now.replace(microsecond=0))


def chain(ledger: Ledger, leads: Leads) -> Sql:
    """The relations of the ledger, to be written behind WITH."""
    return joined(",\n", [_matched(ledger, leads), _placed(ledger), _counted()])


def _matched(ledger: Ledger, leads: Leads) -> Sql:
    signature = json.dumps([[r.pk, r.kind, r.conditions] for r in ledger.rules])
    return compose(
        "matched AS MATERIALIZED ({compiled} AND {in_question})",
        compiled=_compiled_rules(signature, ledger.cap_objects),
        in_question=leads.sql('"leads_activity"."lead_id"'),
    )


@lru_cache(maxsize=32)
def _compiled_rules(signature: str, objects: tuple[str, ...]) -> Sql:
    """The rules as one CASE by kind, each kind's rules in order inside it.

    Keyed by what the rules say, not by their version: a text is never out of date.
    """
    by_kind: dict[str, list[list[Any]]] = {}
    for rule in json.loads(signature):
        by_kind.setdefault(rule[1], []).append(rule)
    first_match = Case(
        *(When(kind=kind, then=_first_of(rules)) for kind, rules in by_kind.items()),
        default=None,
        output_field=IntegerField(),
    )
    scored = Activity.objects.filter(is_machine=False, kind__in=[*by_kind, ""])
    rows = scored.order_by().annotate(
        activity_id=F("pk"), rule_id=Cast(first_match, BigIntegerField())
    )
    columns = ("lead_id", "activity_id", "occurred_at", "rule_id", *objects)
    text, params = rows.values_list(*columns).query.sql_with_params()
    return Sql(text, tuple(params))


def _first_of(rules: list[list[Any]]) -> Case:
    """The id of the first rule that matches; those behind a bare one never do."""
    cases, default = [], None
    for pk, _kind, tree in rules:
        if not tree:
            default = Value(pk)
            break
        is_matched = conditions.compile_q(tree, "activity")
        cases.append(When(is_matched, then=Value(pk)))
    return Case(*cases, default=default, output_field=IntegerField())


_PLACED = """placed AS (
    SELECT matched.lead_id, matched.activity_id, matched.occurred_at,
        rule.id AS rule_id, rule.points, rule.speed, rule.cap_count,
        {rate} * ({seconds} - {landmark}) AS exponent,
        row_number() OVER (
            PARTITION BY matched.lead_id, rule.id, {period}, {cap_object}
            ORDER BY matched.occurred_at, matched.activity_id
        ) AS place
    FROM matched JOIN scoring_behaviourrule rule ON rule.id = matched.rule_id
    WHERE matched.occurred_at <= {horizon}
)"""

_COUNTED = """counted AS (
    SELECT lead_id, activity_id, occurred_at, rule_id, points, speed, exponent,
        points * CASE WHEN exponent < {lowest} THEN {nothing}
            ELSE exp({least}(exponent, {highest})) END AS weight
    FROM placed
    WHERE cap_count IS NULL OR place <= cap_count
)"""


def _placed(ledger: Ledger) -> Sql:
    landmark = float(int(ledger.model.landmark.timestamp()))
    return compose(
        _PLACED,
        rate=_rate(ledger),
        seconds=epoch("matched.occurred_at"),
        landmark=number(landmark),
        period=_period(ledger),
        cap_object=_cap_object(ledger),
        horizon=moment(ledger.horizon),
    )


def _rate(ledger: Ledger) -> Sql:
    whens = [
        compose(f"WHEN '{speed}' THEN {{rate}}", rate=number(ledger.rate(speed)))
        for speed in Speed
    ]
    return compose("CASE rule.speed {whens} END", whens=joined(" ", whens))


def _period(ledger: Ledger) -> Sql:
    """The start of the period in which the rule's cap counts; NULL is all time."""
    whens = [
        compose(
            f"WHEN rule.cap_count IS NOT NULL AND rule.cap_period = '{period}'"
            " THEN {start}",
            start=period_start(period, "matched.occurred_at"),
        )
        for period in ledger.cap_periods
    ]
    return compose("CASE {whens} END", whens=joined(" ", whens)) if whens else Sql("1")


def _cap_object(ledger: Ledger) -> Sql:
    whens = [
        f"WHEN rule.cap_scope = '{scope}' THEN CAST(matched.{column} AS text)"
        for scope, column in _OBJECTS.items()
        if column in ledger.cap_objects
    ]
    return Sql(f"CASE {' '.join(whens)} END") if whens else Sql("1")


def _counted() -> Sql:
    return compose(
        _COUNTED,
        lowest=number(decay.LEAST_EXPONENT),
        highest=number(decay.MOST_EXPONENT),
        nothing=number(0.0),
        least=least(),
    )
