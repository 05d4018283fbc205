"""The scoring model that a new workspace begins with."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from leads.choices import GRADES, Stage
from leads.choices import ActivityKind as Kind
from scoring.choices import CapPeriod as Per
from scoring.choices import CriterionGroup, Effect, ModelStatus, Speed
from scoring.models import BehaviourRule, FitCriterion, Gate, ScoringModel

Tree = dict[str, Any]


def _leaf(field: str, operator: str, value: Any = None) -> Tree:
    leaf = {"field": field, "operator": operator}
    return leaf if value is None else leaf | {"value": value}


def _any(field: str, operator: str, *values: str) -> Tree:
    return {"any": [_leaf(field, operator, value) for value in values]}


BUYING_PAGES = _any("url", "contains", "/pricing", "/plans", "/compare")
CAREER_PAGES = _any("url", "contains", "/careers", "/jobs")

# Name, kind, conditions, points, speed, at most N times (None: no cap), per, effect.
RULES: list[tuple[str, Kind, Tree, float, Speed, int | None, Per, Effect]] = [
    ("Pricing page seen", Kind.PAGE_VIEW, BUYING_PAGES,
     8, Speed.FAST, 2, Per.DAY, Effect.NONE),
    ("Career page seen", Kind.PAGE_VIEW, CAREER_PAGES,
     -5, Speed.MEDIUM, 1, Per.WEEK, Effect.NONE),
    ("Page seen", Kind.PAGE_VIEW, {},
     1, Speed.FAST, 5, Per.DAY, Effect.NONE),
    ("Form submitted", Kind.FORM_SUBMITTED, {},
     10, Speed.MEDIUM, 2, Per.MONTH, Effect.NONE),
    ("Content downloaded", Kind.CONTENT_DOWNLOADED, {},
     10, Speed.MEDIUM, 3, Per.MONTH, Effect.NONE),
    ("Webinar registered", Kind.WEBINAR_REGISTERED, {},
     8, Speed.MEDIUM, 2, Per.MONTH, Effect.NONE),
    ("Webinar attended", Kind.WEBINAR_ATTENDED, {},
     15, Speed.MEDIUM, 2, Per.MONTH, Effect.NONE),
    ("Event visited", Kind.EVENT_VISITED, {},
     15, Speed.SLOW, 2, Per.MONTH, Effect.NONE),
    ("E-mail opened", Kind.EMAIL_OPENED, {},
     1, Speed.FAST, 1, Per.DAY, Effect.NONE),
    ("E-mail clicked", Kind.EMAIL_CLICKED, {},
     4, Speed.FAST, 2, Per.DAY, Effect.NONE),
    ("E-mail replied", Kind.EMAIL_REPLIED, {},
     15, Speed.MEDIUM, 2, Per.WEEK, Effect.NONE),
    ("E-mail bounced", Kind.EMAIL_BOUNCED, {},
     -10, Speed.SLOW, 1, Per.MONTH, Effect.NONE),
    ("Unsubscribed", Kind.UNSUBSCRIBED, {},
     -25, Speed.SLOW, 1, Per.MONTH, Effect.NONE),
    ("Demo requested", Kind.DEMO_REQUESTED, {},
     50, Speed.MEDIUM, 1, Per.WEEK, Effect.FAST_TRACK),
    ("Pricing requested", Kind.PRICING_REQUESTED, {},
     40, Speed.MEDIUM, 1, Per.WEEK, Effect.NONE),
    ("Trial started", Kind.TRIAL_STARTED, {},
     30, Speed.MEDIUM, 1, Per.MONTH, Effect.NONE),
    ("Chat", Kind.CHAT, {},
     10, Speed.FAST, 1, Per.DAY, Effect.NONE),
    ("Social interaction", Kind.SOCIAL, {},
     2, Speed.FAST, 2, Per.WEEK, Effect.NONE),
]  # fmt: skip

PERSON, COMPANY = CriterionGroup.DEMOGRAPHIC, CriterionGroup.FIRMOGRAPHIC
SOURCE = CriterionGroup.SOURCE

C_LEVEL = ["ceo", "cto", "cio", "ciso", "cfo", "cmo", "coo", "cro", "vp", "svp", "evp"]
TOP = {
    "any": [
        *_any("title", "contains", "chief ", "founder", "vice president")["any"],
        *_any("title", "starts_with", "vp ", "svp ", "evp ", "president")["any"],
        _leaf("title", "one_of", C_LEVEL),
    ]
}
HEAD = {
    "all": [_any("title", "contains", "head of", "director"), {"none": [TOP]}],
}
MANAGER = {
    "all": [_any("title", "contains", "manager", "lead"), {"none": [TOP, HEAD]}],
}
DEPARTMENT = _any(
    "title", "contains", "sales", "marketing", "revenue", "operations", "growth",
    "information", "technology", "digital",
)  # fmt: skip
STUDENT = _any("title", "contains", "student", "intern ", "trainee", "apprentice")
INDUSTRIES = [
    "software", "saas", "information technology", "financial services", "banking",
    "insurance", "telecommunications", "health care", "healthcare", "manufacturing",
    "professional services", "logistics", "media",
]  # fmt: skip
MIDDLE_SIZE = {
    "all": [_leaf("employees", "at_least", 50), _leaf("employees", "at_most", 199)]
}

# Looks at, name, conditions, points, effect. Points add up to 100 where all is best.
CRITERIA: list[tuple[CriterionGroup, str, Tree, float, Effect]] = [
    (PERSON, "Top of the house", TOP, 25, Effect.NONE),
    (PERSON, "Head or director", HEAD, 20, Effect.NONE),
    (PERSON, "Manager", MANAGER, 10, Effect.NONE),
    (PERSON, "Department that buys", DEPARTMENT, 10, Effect.NONE),
    (PERSON, "Company e-mail address",
     _leaf("email_domain_type", "is", "company"), 15, Effect.NONE),
    (PERSON, "Free e-mail address",
     _leaf("email_domain_type", "is", "free"), -10, Effect.NONE),
    (PERSON, "Student or trainee", STUDENT, -30, Effect.DISQUALIFY),
    (COMPANY, "Industry we sell to",
     _leaf("industry", "one_of", INDUSTRIES), 15, Effect.NONE),
    (COMPANY, "200 employees or more",
     _leaf("employees", "at_least", 200), 20, Effect.NONE),
    (COMPANY, "50 to 199 employees", MIDDLE_SIZE, 15, Effect.NONE),
    (COMPANY, "Fewer than 10 employees",
     _leaf("employees", "at_most", 9), -10, Effect.NONE),
    (COMPANY, "Country known", _leaf("country", "is_known"), 5, Effect.NONE),
    (SOURCE, "Referral, partner or event",
     _leaf("source", "one_of", ["referral", "partner", "event", "webinar"]),
     10, Effect.NONE),
]  # fmt: skip

# Stage, engagement, grade, left under.
GATES = [
    (Stage.IQL, 10.0, "F", 5.0),
    (Stage.MQL, 40.0, "C", 25.0),
    (Stage.SQL, 80.0, "B", 60.0),
]


@transaction.atomic
def ensure_model() -> None:
    """Make the first model and let it decide, where the workspace has none."""
    if ScoringModel.objects.exists():
        return
    now = timezone.now().replace(microsecond=0)
    model = ScoringModel.objects.create(
        version=1,
        name="B2B software",
        status=ModelStatus.ACTIVE,
        landmark=now,
        activated_at=now,
    )
    BehaviourRule.objects.bulk_create(_rules(model))
    FitCriterion.objects.bulk_create(
        FitCriterion(
            model=model,
            position=position,
            group=group,
            name=name,
            conditions=tree,
            points=points,
            effect=effect,
        )
        for position, (group, name, tree, points, effect) in enumerate(CRITERIA, 1)
    )
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


def _rules(model: ScoringModel) -> list[BehaviourRule]:
    made = []
    for position, rule in enumerate(RULES, 1):
        name, kind, tree, points, speed, cap_count, cap_period, effect = rule
        made.append(
            BehaviourRule(
                model=model,
                position=position,
                name=name,
                kind=kind,
                conditions=tree,
                points=points,
                speed=speed,
                cap_count=cap_count,
                cap_period=cap_period,
                effect=effect,
            )
        )
    return made
