"""One lead's score under a version, line by line beside the active model."""

from dataclasses import dataclass
from datetime import datetime

from leads.choices import GRADES, Stage
from leads.models import Activity, Lead
from scoring import engagement, explanation, gates, moving
from scoring.explanation import CriterionLine, Explanation, Line
from scoring.models import ScoringModel

# Less than this many points is shown as 0.00.
VISIBLE = 0.005


@dataclass(frozen=True)
class Verdict:
    """What one model says of a lead; `stage` is the one whose gate the score meets."""

    model: ScoringModel
    engagement: float
    fit: float
    grade: int
    stage: Stage

    @property
    def letter(self) -> str:
        return GRADES[self.grade]


@dataclass(frozen=True)
class ActivityPair:
    """One activity, worth what under the active model and under the version."""

    activity: Activity
    before: Line | None
    after: Line

    @property
    def rule(self) -> str:
        """The rule under which it counts, in the version if it does there."""
        lines = [line for line in (self.after, self.before) if line and line.rule]
        return str(lines[0].rule) if lines else self.activity.get_kind_display()

    @property
    def values(self) -> tuple[float, float]:
        """What it is worth now: under the active model, and under the version."""
        return (self.before.value_now if self.before else 0.0), self.after.value_now

    @property
    def is_same(self) -> bool:
        before, after = self.values
        return abs(after - before) < VISIBLE

    @property
    def is_faded(self) -> bool:
        return max(map(abs, self.values)) < VISIBLE


@dataclass(frozen=True)
class CriterionPair:
    """One criterion by its name; None where a model has none of it."""

    name: str
    before: CriterionLine | None
    after: CriterionLine | None


@dataclass(frozen=True)
class Trial:
    """A lead under the version (`after`) and the active model (`before`, if any).

    `activities` are those worth anything under one of them, newest first; `faded` more
    count and are worth nothing any more.
    """

    lead: Lead
    before: Verdict | None
    after: Verdict
    activities: list[ActivityPair]
    faded: int
    criteria: list[CriterionPair]


def trial(*, lead: Lead, model: ScoringModel, now: datetime) -> Trial:
    """Score one lead both ways; nothing is written."""
    active = engagement.active_model()
    after = explanation.explain(lead=lead, now=now, model=model)
    before = explanation.explain(lead=lead, now=now, model=active) if active else None
    pairs = _activities(before, after)
    worth = [pair for pair in pairs if not pair.is_faded]
    return Trial(
        lead=lead,
        before=_verdict(active, before) if active and before else None,
        after=_verdict(model, after),
        activities=worth,
        faded=len(pairs) - len(worth),
        criteria=_criteria(before, after),
    )


def _verdict(model: ScoringModel, said: Explanation) -> Verdict:
    stage = gates.stage_reached(said.engagement, said.grade, moving.gates_of(model))
    return Verdict(model, said.engagement, said.fit, said.grade, stage)


def _activities(before: Explanation | None, after: Explanation) -> list[ActivityPair]:
    """Those that count under one of the two, newest first."""
    by_pk = {line.activity.pk: line for line in before.lines} if before else {}
    pairs = [
        ActivityPair(line.activity, by_pk.get(line.activity.pk), line)
        for line in after.lines
    ]
    return [
        pair
        for pair in pairs
        if pair.after.is_counted or (pair.before and pair.before.is_counted)
    ]


def _criteria(before: Explanation | None, after: Explanation) -> list[CriterionPair]:
    """Those that the lead matches under one of the two."""
    found: dict[str, list[CriterionLine | None]] = {}
    for place, said in enumerate((before, after)):
        for line in said.matched if said else []:
            found.setdefault(line.criterion.name, [None, None])[place] = line
    return [CriterionPair(name, *pair) for name, pair in found.items()]
