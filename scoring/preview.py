"""What a draft would change, without touching anything."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nlargest
from typing import Any

from django.db import connection

from leads.choices import GRADES, PATH, Stage
from leads.models import Lead, Standing
from scoring import decay, engagement, fit, ledger, moving, sampling
from scoring.choices import Speed
from scoring.ledger import Ledger
from scoring.models import ScoringModel
from scoring.sql import LeadIds, Sql, compose, greatest, joined, number

MOST_SHOWN = 20
# A change of less than this many points is none.
NOTICEABLE = 0.005

_SCORES = """WITH {chain}, {fit},
points AS (
    SELECT lead_id, sum(weight * CASE speed {left} END) AS engagement
    FROM counted GROUP BY lead_id
),
effects AS (
    SELECT placed.lead_id,
        max(CASE WHEN rule.effect = 'fast_track' THEN 1 ELSE 0 END) AS fast_track,
        max(CASE WHEN rule.effect = 'disqualify' THEN 1 ELSE 0 END) AS disqualify
    FROM placed JOIN scoring_behaviourrule rule ON rule.id = placed.rule_id
    WHERE rule.effect <> 'none' GROUP BY placed.lead_id
)
SELECT fit.lead_id, {greatest}({none}, coalesce(points.engagement, 0)), {grade},
    fit.is_promoted = 1 OR coalesce(effects.fast_track, 0) = 1,
    fit.is_barred = 1 OR coalesce(effects.disqualify, 0) = 1
FROM fit
LEFT JOIN points ON points.lead_id = fit.lead_id
LEFT JOIN effects ON effects.lead_id = fit.lead_id"""


@dataclass(frozen=True)
class Change:
    """One lead now, and under the draft; `to` is its stage then."""

    lead_id: int
    stage: Stage
    to: Stage
    engagement: float
    engagement_then: float
    grade: int
    grade_then: int

    @property
    def difference(self) -> float:
        return self.engagement_then - self.engagement

    @property
    def letters(self) -> tuple[str, str]:
        """The grade now and then."""
        return GRADES[self.grade], GRADES[self.grade_then]


@dataclass(frozen=True)
class StageMove:
    """How many leads would go from a stage to a stage; direction up, down or out."""

    stage: Stage
    to: Stage
    leads: int

    @property
    def direction(self) -> str:
        if self.to not in PATH or self.stage not in PATH:
            return "up" if self.to in PATH else "out"
        return "up" if PATH.index(self.to) > PATH.index(self.stage) else "down"


@dataclass
class Preview:
    """What a draft would change. `size` of the `total` leads were looked at.

    `biggest` are the largest changes of engagement, at most 20, with their leads.
    """

    total: int
    size: int
    grade_up: int = 0
    grade_down: int = 0
    score_up: int = 0
    score_down: int = 0
    moves: list[StageMove] = field(default_factory=list)
    biggest: list[tuple[Lead, Change]] = field(default_factory=list)

    @property
    def is_partial(self) -> bool:
        return self.size < self.total

    @property
    def moved_up(self) -> int:
        return self._moved("up")

    @property
    def moved_down(self) -> int:
        return self._moved("down")

    @property
    def moved_out(self) -> int:
        return self._moved("out")

    def _moved(self, direction: str) -> int:
        return sum(move.leads for move in self.moves if move.direction == direction)


def preview(*, model: ScoringModel, now: datetime) -> Preview:
    """What would change at `now` if this version decided.

    A stage counts as changed where automation may move the lead. Of more than 10,000
    leads an even sample is looked at.
    """
    sample = sampling.even_sample()
    opened = ledger.open_ledger(model=model, now=now)
    found = Preview(total=sample.total, size=sample.size)
    moves: Counter[tuple[Stage, Stage]] = Counter()
    biggest: list[Change] = []
    for chunk in sample.chunks:
        changes = list(_changes(opened, chunk))
        _count(found, moves, changes)
        biggest = nlargest(
            MOST_SHOWN, biggest + changes, key=lambda one: abs(one.difference)
        )
    found.moves = [
        StageMove(stage, to, leads) for (stage, to), leads in moves.most_common()
    ]
    shown = [one for one in biggest if abs(one.difference) >= NOTICEABLE]
    leads = Lead.objects.select_related("account").in_bulk(one.lead_id for one in shown)
    found.biggest = [(leads[one.lead_id], one) for one in shown]
    return found


def _count(
    found: Preview, moves: Counter[tuple[Stage, Stage]], changes: list[Change]
) -> None:
    for one in changes:
        found.grade_up += one.grade_then > one.grade
        found.grade_down += one.grade_then < one.grade
        found.score_up += one.difference >= NOTICEABLE
        found.score_down += one.difference <= -NOTICEABLE
        if one.to != one.stage:
            moves[one.stage, one.to] += 1


def _changes(opened: Ledger, leads: LeadIds) -> Iterator[Change]:
    """Each of the leads, now and under the model; the standings are not saved."""
    active = engagement.active_model()
    points = engagement.engagement_expression(model=active, now=opened.now)
    standings = Standing.objects.annotate(before=points).filter(leads.q("pk"))
    scores = _scores(opened, leads)
    now_by_lead_id: dict[int, tuple[float, int]] = {}
    movable = []
    scored = [standing for standing in standings if standing.pk in scores]
    for standing in scored:
        now_by_lead_id[standing.pk] = standing.before, standing.grade
        then, standing.grade, is_fast_tracked, is_disqualified = scores[standing.pk]
        standing.now_engagement = then  # type: ignore[attr-defined]
        standing.is_fast_tracked = bool(is_fast_tracked)
        standing.is_disqualified_by_rule = bool(is_disqualified)
        if not standing.is_held(opened.now):
            movable.append(standing)
    gates = moving.gates_of(opened.model)
    steps = moving.steps_of(opened=opened, gates=gates, standings=movable)
    for standing in scored:
        stage = Stage(standing.stage)
        path = steps.get(standing.pk)
        engagement_now, grade_now = now_by_lead_id[standing.pk]
        yield Change(
            lead_id=standing.pk,
            stage=stage,
            to=path[-1][0] if path else stage,
            engagement=engagement_now,
            engagement_then=standing.now_engagement,  # type: ignore[attr-defined]
            grade=grade_now,
            grade_then=standing.grade,
        )


def _scores(opened: Ledger, leads: LeadIds) -> dict[int, tuple[Any, ...]]:
    """Engagement, grade and effects of each lead under the model."""
    statement = compose(
        _SCORES,
        chain=ledger.chain(opened, leads),
        fit=fit.fit_relation(opened.model, leads),
        left=_left(opened),
        greatest=greatest(),
        none=number(0.0),
        grade=fit.grade_case(opened.model, "fit.points"),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        return {row[0]: row[1:] for row in cursor.fetchall()}


def _left(opened: Ledger) -> Sql:
    """What is left now of a point at the landmark, by speed."""
    seconds = engagement.seconds_since_landmark(opened.model, opened.now)
    whens = [
        compose(
            f"WHEN '{speed}' THEN {{left}}",
            left=number(decay.factor(rate=opened.rate(speed), seconds=seconds)),
        )
        for speed in Speed
    ]
    return joined(" ", whens)
