"""How the scoring model changed in nine months: two releases, and a draft today."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from config.demo.agenda import Agenda
from leads.models import User
from scoring import agreements, editing, lifecycle, values, versions
from scoring.choices import Side
from scoring.defaults import STARTER
from scoring.models import ScoringModel

SECOND_AFTER = timedelta(days=160)
DRAFT_BEFORE_END = timedelta(hours=20)
NOTE = (
    "Quarterly review with sales: whoever comes to a webinar means it, and a look at"
    " our careers page costs less than it did."
)
# By the name of the rule: its new points.
SECOND = {"Webinar attended": 20.0, "Career page seen": -3.0}
THIRD = {"E-mail opened": 0.5, "Pricing page seen": 10.0}


def begin(*, now: datetime) -> ScoringModel:
    """Let the first version decide from the first day, in place of the one set up."""
    ScoringModel.objects.all().delete()
    model = versions.start(starter=STARTER, actor=None, now=now)
    return lifecycle.activate(model=model, note="", actor=None, now=now)


def plan(
    *,
    agenda: Agenda,
    marketer: User,
    manager: User,
    starts_at: datetime,
    until: datetime,
) -> None:
    """Both sides sign each release; the marketer makes the second and the draft."""
    signers = {Side.MARKETING: marketer, Side.SALES: manager}
    second_at = starts_at + SECOND_AFTER
    deeds: list[tuple[datetime, Callable[[datetime], None]]] = [
        (starts_at + timedelta(days=1), partial(_sign, signers)),
        (second_at, partial(_release, SECOND, marketer)),
        (second_at + timedelta(days=2), partial(_sign, signers)),
        (until - DRAFT_BEFORE_END, partial(_draft, THIRD, marketer)),
    ]
    for at, deed in deeds:
        agenda.add(at, deed)


def _sign(signers: dict[Side, User], at: datetime) -> None:
    model = ScoringModel.objects.get(status="active")
    for side, person in signers.items():
        agreements.sign(model=model, side=side, person=person, now=at)


def _release(points: dict[str, float], actor: User, at: datetime) -> None:
    _draft(points, actor, at)
    draft = ScoringModel.objects.get(status="draft")
    lifecycle.activate(model=draft, note=NOTE, actor=actor, now=at)


def _draft(points: dict[str, float], actor: User, at: datetime) -> None:
    active = ScoringModel.objects.get(status="active")
    draft = versions.copy(model=active, actor=actor, now=at)
    for rule in draft.rules.filter(name__in=points).order_by("position"):
        said = values.of_line(rule)
        editing.change(
            line=rule,
            to=replace(said, points=points[rule.name]),
            seen=values.fingerprint(said),
            actor=actor,
            now=at,
        )
