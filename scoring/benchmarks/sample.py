"""Leads, activities and a model to measure with: made up, and the same each time."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.db import connection
from django.db.models import JSONField, Model

from config.benchmarking import write_plainly
from leads.choices import GRADES, Cause, Stage
from leads.choices import ActivityKind as Kind
from leads.models import Account, Activity, Lead, Standing
from scoring.choices import CapPeriod as Per
from scoring.choices import CapScope as Scope
from scoring.choices import CriterionGroup, Effect, ModelStatus, Speed
from scoring.models import BehaviourRule, FitCriterion, Gate, ScoringModel

# The sample ends here; whoever measures scores at this instant.
END = datetime(2026, 7, 1, tzinfo=UTC)
SPAN = timedelta(days=730)
LANDMARK = END - SPAN / 2

# Kind, its share of a thousand activities, and its rule: points, speed, at most, per.
KINDS: list[tuple[Kind, int, float, Speed, int | None, Per, Effect]] = [
    (Kind.PAGE_VIEW, 420, 1, Speed.FAST, 5, Per.DAY, Effect.NONE),
    (Kind.EMAIL_OPENED, 250, 1, Speed.FAST, 1, Per.DAY, Effect.NONE),
    (Kind.EMAIL_CLICKED, 120, 4, Speed.FAST, 2, Per.DAY, Effect.NONE),
    (Kind.FORM_SUBMITTED, 50, 10, Speed.MEDIUM, 2, Per.MONTH, Effect.NONE),
    (Kind.CONTENT_DOWNLOADED, 50, 10, Speed.MEDIUM, 3, Per.MONTH, Effect.NONE),
    (Kind.WEBINAR_REGISTERED, 30, 8, Speed.MEDIUM, 2, Per.MONTH, Effect.NONE),
    (Kind.WEBINAR_ATTENDED, 20, 15, Speed.MEDIUM, 2, Per.MONTH, Effect.NONE),
    (Kind.EVENT_VISITED, 20, 15, Speed.SLOW, 2, Per.EVER, Effect.NONE),
    (Kind.CHAT, 20, 10, Speed.NEVER, 1, Per.WEEK, Effect.NONE),
    (Kind.EMAIL_BOUNCED, 10, -10, Speed.SLOW, 1, Per.MONTH, Effect.NONE),
    (Kind.TRIAL_STARTED, 6, 30, Speed.MEDIUM, None, Per.EVER, Effect.NONE),
    (Kind.DEMO_REQUESTED, 4, 50, Speed.MEDIUM, 1, Per.WEEK, Effect.FAST_TRACK),
]
SECTIONS, PAGES = 16, 1_000

TITLES = ["chief technology officer", "head of sales", "marketing manager", "student",
          "engineer", "buyer", "analyst", ""]  # fmt: skip
INDUSTRIES = ["software", "banking", "media", "retail", "farming", ""]
COUNTRIES = ["de", "fr", "us", ""]
SOURCES = ["organic search", "referral", "partner", "event", "advertisement"]

# Looks at, field, operator, value, points, effect.
CRITERIA: list[tuple[CriterionGroup, str, str, Any, float, Effect]] = [
    (CriterionGroup.DEMOGRAPHIC, "title", "contains", "chief", 25, Effect.NONE),
    (CriterionGroup.DEMOGRAPHIC, "title", "contains", "manager", 20, Effect.NONE),
    (CriterionGroup.DEMOGRAPHIC, "title", "starts_with", "student", -30,
     Effect.DISQUALIFY),
    (CriterionGroup.FIRMOGRAPHIC, "industry", "one_of", ["software", "banking"], 20,
     Effect.NONE),
    (CriterionGroup.FIRMOGRAPHIC, "employees", "at_least", 200, 20, Effect.NONE),
    (CriterionGroup.FIRMOGRAPHIC, "country", "is", "de", 10, Effect.NONE),
    (CriterionGroup.SOURCE, "source", "one_of", ["referral", "partner"], 25,
     Effect.NONE),
]  # fmt: skip
# Stage, engagement, grade, left under.
GATES = [(Stage.IQL, 10.0, "F", 5.0), (Stage.MQL, 40.0, "C", 25.0),
         (Stage.SQL, 80.0, "B", 60.0)]  # fmt: skip


Row = tuple[Any, ...]


def make(*, leads: int, activities: int, rules: int) -> ScoringModel:
    """Fill an empty database; the activities lie in the order of their time."""
    accounts = max(leads // 5, 1)
    fill(Account, "id name name_key domain industry employees", _accounts(accounts))
    fill(
        Lead,
        "id email email_key first_name title account_id country source created_at",
        _leads(leads, accounts),
    )
    fill(Standing, "lead_id stage stage_since stage_cause", _standings(leads))
    fill(
        Activity,
        "id lead_id kind occurred_at recorded_at external_id url url_key is_machine",
        _activities(leads, activities),
    )
    return _make_model(rules)


def chance_of(what: str) -> Random:
    return Random(what)  # noqa: S311 - makes up data, no secrets


def _accounts(count: int) -> Iterator[Row]:
    chance = chance_of("accounts")
    sizes = [None, 5, 20, 80, 200, 1_000, 20_000]
    for pk in range(1, count + 1):
        name, domain = f"company {pk}", f"company{pk}.example"
        industry = chance.choice(INDUSTRIES)
        yield pk, name, name, domain, industry, chance.choice(sizes)


def _leads(count: int, accounts: int) -> Iterator[Row]:
    chance = chance_of("leads")
    created_at = stamp(END - SPAN)
    for pk in range(1, count + 1):
        account_id = pk % accounts + 1
        email = f"lead{pk}@company{account_id}.example"
        title, country = chance.choice(TITLES), chance.choice(COUNTRIES)
        source = chance.choice(SOURCES)
        yield (
            *(pk, email, email, f"Maya {pk}", title, account_id, country, source),
            created_at,
        )


def _standings(count: int) -> Iterator[Row]:
    since = stamp(END - SPAN)
    for pk in range(1, count + 1):
        yield pk, Stage.NEW.value, since, Cause.SCORE.value


def _activities(leads: int, count: int) -> Iterator[Row]:
    """Skewed: of a million leads, the busiest has a thousand times the mean."""
    chance, recorded_at, step = chance_of("activities"), stamp(END), SPAN / count
    kinds = [kind.value for kind, share, *_rule in KINDS for _one in range(share)]
    spread = 7_919 if leads % 7_919 else 7_907  # primes, to scatter the busy ones
    for pk in range(1, count + 1):
        lead_id = int(leads * chance.random() ** 2) * spread % leads + 1
        page = int(chance.random() * PAGES)
        url = f"https://shop.example/section-{page % SECTIONS}/page-{page}"
        kind = kinds[int(chance.random() * len(kinds))]
        at = stamp(END - SPAN + step * pk)
        yield pk, lead_id, kind, at, recorded_at, str(pk), url, url, pk % 50 == 0


def stamp(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def fill(model: type[Model], names: str, rows: Iterable[Row]) -> None:
    """Write many rows by the fastest way of the database; other columns by default."""
    given = names.split()
    others = [
        field
        for field in model._meta.concrete_fields
        if field.column not in given and not field.primary_key
    ]
    fixed = tuple(
        json.dumps(field.get_default())
        if isinstance(field, JSONField)
        else field.get_db_prep_save(field.get_default(), connection)
        for field in others
    )
    columns = [*given, *(str(field.column) for field in others)]
    write_plainly(model, columns, (row + fixed for row in rows))


def _make_model(rules: int) -> ScoringModel:
    model = ScoringModel.objects.create(
        version=1, name="Sample", status=ModelStatus.ACTIVE, landmark=LANDMARK,
        activated_at=END,
    )  # fmt: skip
    BehaviourRule.objects.bulk_create(
        BehaviourRule(model=model, position=position, **rule)
        for position, rule in enumerate(rule_fields(rules), 1)
    )
    FitCriterion.objects.bulk_create(
        FitCriterion(
            model=model, position=position, group=group, name=field,
            conditions={"field": field, "operator": operator, "value": value},
            points=points, effect=effect,
        )
        for position, (group, field, operator, value, points, effect) in enumerate(
            CRITERIA, 1
        )
    )  # fmt: skip
    Gate.objects.bulk_create(
        Gate(
            model=model,
            stage=stage,
            engagement=engagement,
            grade=GRADES.index(letter),
            leave_engagement=leave,
        )
        for stage, engagement, letter, leave in GATES
    )
    return model


def rule_fields(count: int) -> list[dict[str, Any]]:
    """Rules over sections of the site, then one for each kind; all but one capped."""
    made: list[dict[str, Any]] = [
        {
            "name": f"Section {section}",
            "kind": Kind.PAGE_VIEW,
            "conditions": {
                "field": "url",
                "operator": "contains",
                "value": f"/section-{section}/",
            },
            "points": float(section % 7 + 2),
            "speed": Speed.FAST,
            "cap_count": 2,
            "cap_period": Per.DAY,
            "cap_scope": Scope.URL if section % 2 else Scope.ALL,
        }
        for section in range(max(count - len(KINDS), 0))
    ]
    for kind, _share, points, speed, cap_count, cap_period, effect in KINDS:
        made.append(
            {
                "name": kind.label,
                "kind": kind,
                "points": float(points),
                "speed": speed,
                "cap_count": cap_count,
                "cap_period": cap_period,
                "effect": effect,
            }
        )
    return made
