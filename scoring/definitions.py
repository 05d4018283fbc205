"""What IQL, MQL and SQL mean here, in words made from the model that decides."""

from dataclasses import dataclass

from leads.choices import GRADES, Stage
from scoring import comparison, values, wording
from scoring.choices import Effect
from scoring.comparison import Comparison
from scoring.models import ScoringModel
from scoring.values import LineValues, ModelValues


@dataclass(frozen=True)
class Definition:
    """One stage: what it asks for, and under which engagement it is left."""

    stage: Stage
    engagement: float
    grade: str
    leave: float
    is_any_grade: bool


@dataclass(frozen=True)
class Definitions:
    """What the model says; `changes` is against the version before, if there was one.

    `shortcuts` make a lead sales ready at once, `bars` disqualify it, `strongest` bring
    most points: each is a name and its conditions in words.
    """

    model: ScoringModel
    stages: list[Definition]
    shortcuts: list[tuple[str, str]]
    bars: list[tuple[str, str]]
    strongest: list[tuple[str, str]]
    fit: list[tuple[str, str]]
    before: ScoringModel | None
    changes: Comparison | None


MOST_STRONGEST = 6


def definitions_of(*, model: ScoringModel) -> Definitions:
    """Everything that the page of definitions tells of a version."""
    said = values.of_model(model)
    lines: list[LineValues] = [*said.rules, *said.criteria]
    used = [line for line in lines if line.is_on]
    before = replaced_by(model)
    return Definitions(
        model=model,
        stages=_stages(said),
        shortcuts=_named([one for one in used if one.effect == Effect.FAST_TRACK]),
        bars=_named([one for one in used if one.effect == Effect.DISQUALIFY]),
        strongest=_best([one for one in said.rules if one.is_on]),
        fit=_best([one for one in said.criteria if one.is_on]),
        before=before,
        changes=comparison.compare(before=before, after=model) if before else None,
    )


def replaced_by(model: ScoringModel) -> ScoringModel | None:
    """The version that decided before this one."""
    earlier = ScoringModel.objects.exclude(pk=model.pk).exclude(activated_at=None)
    if model.activated_at is not None:
        earlier = earlier.filter(activated_at__lte=model.activated_at)
    return earlier.order_by("-activated_at").first()


def _stages(said: ModelValues) -> list[Definition]:
    return [
        Definition(
            stage=Stage(gate.stage),
            engagement=gate.engagement,
            grade=GRADES[gate.grade],
            leave=gate.leave_engagement,
            is_any_grade=gate.grade == 0,
        )
        for gate in said.gates
    ]


def _named(lines: list[LineValues]) -> list[tuple[str, str]]:
    return [
        (line.name, wording.tree(line) if line.conditions else "") for line in lines
    ]


def _best(lines: list[LineValues]) -> list[tuple[str, str]]:
    best = sorted(lines, key=lambda line: -line.points)[:MOST_STRONGEST]
    return [(line.name, wording.signed(line.points)) for line in best]
