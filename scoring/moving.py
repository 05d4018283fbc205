"""Moving the leads whose score asks for another stage."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import F

from leads import lifecycle
from leads.choices import PATH, Cause, Stage
from leads.lifecycle import Move, Score
from leads.models import StageChange, Standing
from scoring import decay, engagement, fit, ledger
from scoring.decay import TOLERANCE
from scoring.gates import (
    AUTOMATIC_ENTRY,
    BARRED_FROM,
    ONE_DOWN,
    RAISED_FROM,
    GateLimits,
    Position,
    Signals,
    decide,
)
from scoring.ledger import Ledger
from scoring.models import ScoringModel
from scoring.sql import LeadIds, Leads, Sql, compose, joined, moment, number

_SIGNALS = """WITH {chain}, {fit},
latest AS (
    SELECT placed.lead_id,
        max(placed.occurred_at) FILTER (WHERE rule.effect = 'fast_track') AS fast_track,
        max(placed.occurred_at) FILTER (WHERE rule.effect = 'disqualify') AS disqualify,
        max(placed.occurred_at) FILTER (WHERE placed.points > 0) AS intent
    FROM placed JOIN scoring_behaviourrule rule ON rule.id = placed.rule_id
    GROUP BY placed.lead_id
)
SELECT fit.lead_id, latest.fast_track, latest.disqualify, latest.intent,
    fit.is_promoted, fit.is_barred
FROM fit LEFT JOIN latest ON latest.lead_id = fit.lead_id"""


_ASKING = """SELECT lead_id, points FROM (
    SELECT lead_id, stage, stage_cause, grade, is_fast_tracked, is_disqualified_by_rule,
        s_never + s_fast * {fast} + s_medium * {medium} + s_slow * {slow} AS points
    FROM leads_standing
    WHERE {in_question} AND (
        held_since IS NULL OR (held_until IS NOT NULL AND held_until <= {now}))
) free
WHERE is_disqualified_by_rule AND stage IN ({barred})
    OR is_fast_tracked AND stage IN ({raised}){gates}"""


def gates_of(model: ScoringModel) -> list[GateLimits]:
    """The gates of a model as plain values."""
    return [
        GateLimits(
            Stage(gate.stage), gate.engagement, gate.grade, gate.leave_engagement
        )
        for gate in model.gates.all()
    ]


def move_by_score(
    *, opened: Ledger, gates: Sequence[GateLimits], leads: Leads, now: datetime
) -> list[int]:
    """Move those of the leads whose score asks for it; the ids of the moved.

    `lifecycle` locks each and looks again, in case a person was faster.
    """
    standings = _candidates(opened, gates, leads)
    if not standings:
        return []
    steps_by_lead_id = steps_of(opened=opened, gates=gates, standings=standings)
    moves: list[list[Move]] = [[], []]
    for standing in standings:
        points = standing.now_engagement  # type: ignore[attr-defined]
        score = _score(standing, points, opened.model)
        for step, (to, cause) in enumerate(steps_by_lead_id[standing.pk]):
            wanted = Move(standing.pk, to, cause, now, score=score)
            moves[step].append(wanted)
    for wanted_moves in moves:
        if wanted_moves:
            lifecycle.move_many(wanted=wanted_moves, now=now)
    return sorted(move.lead_id for move in moves[0])


def steps_of(
    *, opened: Ledger, gates: Sequence[GateLimits], standings: Sequence[Standing]
) -> dict[int, list[tuple[Stage, Cause]]]:
    """For each lead the moves that its score asks for, in order; nothing is written.

    The standings carry that score: `now_engagement`, `grade` and the two effects.
    """
    by_lead_id = _positions(standings)
    signals = _signals(opened, standings)
    return {
        lead_id: decide(position, signals.get(lead_id, Signals()), gates)
        for lead_id, position in by_lead_id.items()
    }


def _candidates(
    opened: Ledger, gates: Sequence[GateLimits], leads: Leads
) -> list[Standing]:
    """Standings that may have to move; the rest never leave the database."""
    statement = _asking(opened, gates, leads)
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        points_by_lead_id = dict(cursor.fetchall())
    standings = []
    found = Standing.objects.filter(pk__in=list(points_by_lead_id))
    for standing in found.order_by("pk"):
        standing.now_engagement = points_by_lead_id[standing.pk]  # type: ignore[attr-defined]
        standings.append(standing)
    return standings


def _asking(opened: Ledger, gates: Sequence[GateLimits], leads: Leads) -> Sql:
    """The leads to decide about, with their points."""
    rates = vars(engagement.rates_of(opened.model))
    seconds = engagement.seconds_since_landmark(opened.model, opened.now)
    left = {
        speed: number(decay.factor(rate=rate, seconds=seconds))
        for speed, rate in rates.items()
    }
    return compose(
        _ASKING,
        now=moment(opened.now),
        in_question=leads.sql("lead_id"),
        barred=_listed(BARRED_FROM),
        raised=_listed(RAISED_FROM),
        gates=joined("", [_across(gate) for gate in gates]),
        **left,
    )


def _across(gate: GateLimits) -> Sql:
    """Whether the points open the gate, or are under what keeps the lead behind it."""
    up = compose(
        f" OR stage IN ({_listed(_below(gate.stage))}) AND grade >= {gate.grade}"
        " AND points >= {limit}",
        limit=number(gate.engagement - TOLERANCE),
    )
    down = compose(
        f" OR stage = '{gate.stage}' AND stage_cause IN ({_listed(AUTOMATIC_ENTRY)})"
        " AND points < {limit}",
        limit=number(gate.leave_engagement - TOLERANCE),
    )
    return joined("", [up, down] if gate.stage in ONE_DOWN else [up])


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _below(stage: Stage) -> list[Stage]:
    """The stages from which a gate takes a lead up."""
    return [one for one in RAISED_FROM if one not in PATH[PATH.index(stage) :]]


def _positions(standings: Sequence[Standing]) -> dict[int, Position]:
    began = _cycle_beginnings([one for one in standings if one.cycle > 1])
    return {
        standing.pk: Position(
            stage=Stage(standing.stage),
            stage_cause=Cause(standing.stage_cause),
            stage_since=standing.stage_since,
            cycle_began_at=began[standing.pk].at if standing.pk in began else None,
            was_pardoned=standing.pk in began
            and began[standing.pk].from_stage == Stage.DISQUALIFIED,
            engagement=standing.now_engagement,  # type: ignore[attr-defined]
            grade=standing.grade,
        )
        for standing in standings
    }


def _cycle_beginnings(standings: Sequence[Standing]) -> dict[int, StageChange]:
    """The first change of each lead's present cycle."""
    changes = StageChange.objects.filter(
        lead__in=[standing.pk for standing in standings],
        cycle=F("lead__standing__cycle"),
    )
    return {change.lead_id: change for change in changes.order_by("-at", "-pk")}


def _signals(opened: Ledger, standings: Sequence[Standing]) -> dict[int, Signals]:
    """What moves leads beside their points; asked only where it could matter."""
    asked = LeadIds(
        tuple(
            one.pk
            for one in standings
            if one.is_fast_tracked
            or one.is_disqualified_by_rule
            or one.stage == Stage.RECYCLED
        )
    )
    if not asked.ids:
        return {}
    statement = compose(
        _SIGNALS,
        chain=ledger.chain(opened, asked),
        fit=fit.fit_relation(opened.model, asked),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        return {row[0]: _read(row[1:]) for row in cursor.fetchall()}


def _read(row: Iterable[Any]) -> Signals:
    fast_tracked, disqualified, intent, is_promoted, is_barred = row
    return Signals(
        fast_tracked_at=_instant(fast_tracked),
        disqualified_at=_instant(disqualified),
        intent_at=_instant(intent),
        is_promoted=bool(is_promoted),
        is_barred=bool(is_barred),
    )


def _instant(value: datetime | str | None) -> datetime | None:
    """SQLite gives instants as texts in UTC."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value


def _score(standing: Standing, points: float, model: ScoringModel) -> Score:
    return Score(max(points, 0.0), standing.fit, standing.grade, model.version)
