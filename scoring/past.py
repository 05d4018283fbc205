"""A lead's score through time: read in one query, drawn by pure calculation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from leads.choices import Stage
from leads.models import Lead, StageChange, Standing
from scoring import curve, engagement, landmark, ledger
from scoring.curve import Change, Impulse
from scoring.decay import TOLERANCE, Rates
from scoring.gates import AUTOMATIC_ENTRY, ONE_DOWN
from scoring.models import ScoringModel
from scoring.sql import LeadIds, compose, epoch

SHOWN = timedelta(days=180)
STEPS = 180
# One row of the table for so many steps of the drawing.
STEPS_A_ROW = 15
WIDTH, HEIGHT = 600, 96
# So that a quiet lead is not drawn as if it were hot.
LOWEST_TOP = 40.0

_COUNTED = """WITH {chain}
SELECT {seconds}, points, speed FROM counted ORDER BY occurred_at, activity_id"""


@dataclass(frozen=True)
class Point:
    """The engagement at an instant, and the stage that was entered then, if any."""

    at: datetime
    engagement: float
    change: StageChange | None = None


@dataclass(frozen=True)
class Mark:
    """A stage entered, and where it lies in the drawing."""

    point: Point
    x: str


@dataclass(frozen=True)
class Course:
    """The engagement of the last 180 days, or since the lead is known.

    `line`, `area` and the marks are coordinates in a drawing of 600 by 96, top left
    first; `table` says the same in figures, latest first. `falls_at` is when the lead
    leaves its stage if nothing happens, None where it does not.
    """

    points: list[Point]
    highest: Point
    line: str
    marks: list[Mark]
    table: list[Point]
    falls_at: datetime | None

    @property
    def area(self) -> str:
        """The line, closed along the bottom."""
        return f"0,{HEIGHT} {self.line} {WIDTH},{HEIGHT}"


def impulses_of(*, lead: Lead, model: ScoringModel, now: datetime) -> list[Impulse]:
    """What counts of the lead's activities up to now, in the order of time."""
    near = landmark.carried(model, to=now)
    opened = ledger.open_ledger(model=near, now=now)
    statement = compose(
        _COUNTED,
        chain=ledger.chain(opened, LeadIds((lead.pk,))),
        seconds=epoch("occurred_at"),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        return [Impulse(float(at), *row) for at, *row in cursor.fetchall()]


def change_since(
    *,
    impulses: Sequence[Impulse],
    model: ScoringModel,
    since: datetime,
    now: datetime,
) -> Change:
    """What became of the score between two instants."""
    rates = engagement.rates_of(model)
    return curve.change(
        impulses, rates, since=int(since.timestamp()), now=int(now.timestamp())
    )


def course_of(
    *,
    lead: Lead,
    impulses: Sequence[Impulse],
    changes: Sequence[StageChange],
    model: ScoringModel,
    now: datetime,
) -> Course:
    """Draw the lead's score, with the stages that it entered; all are given."""
    rates = engagement.rates_of(model)
    first = [lead.created_at, *(one.at for one in changes), *map(_instant, impulses)]
    start = max(min(first), now - SHOWN)
    start = min(start, now - timedelta(days=1))
    points = _evenly(impulses, rates, start, now)
    entered = [
        one
        for one in changes
        if start <= one.at <= now and not one.is_inferred and not one.is_undone
    ]
    of_changes = _points(impulses, rates, [(one.at, one) for one in entered])
    top = max(LOWEST_TOP, *(point.engagement for point in points))
    span = (now - start).total_seconds()
    marks = [
        Mark(point, f"{WIDTH * (point.at - start).total_seconds() / span:.1f}")
        for point in of_changes
    ]
    return Course(
        points=points,
        highest=max(points, key=lambda point: point.engagement),
        line=" ".join(
            f"{WIDTH * step / STEPS:.1f},{HEIGHT * (1 - point.engagement / top):.1f}"
            for step, point in enumerate(points)
        ),
        marks=marks,
        table=sorted(
            [*points[::STEPS_A_ROW], *of_changes], key=lambda one: one.at, reverse=True
        ),
        falls_at=_falls_at(lead.standing, impulses, model, now),
    )


def _instant(impulse: Impulse) -> datetime:
    return datetime.fromtimestamp(impulse.at, tz=UTC)


def _evenly(
    impulses: Sequence[Impulse], rates: Rates, start: datetime, now: datetime
) -> list[Point]:
    instants = [start + (now - start) * step / STEPS for step in range(STEPS + 1)]
    return _points(impulses, rates, [(at, None) for at in instants])


def _points(
    impulses: Sequence[Impulse],
    rates: Rates,
    instants: Sequence[tuple[datetime, StageChange | None]],
) -> list[Point]:
    in_order = sorted(instants, key=lambda pair: pair[0])
    seconds = [float(int(at.timestamp())) for at, _change in in_order]
    levels = curve.levels(impulses, rates, seconds)
    return [
        Point(at, points, change)
        for (at, change), points in zip(in_order, levels, strict=True)
    ]


def _falls_at(
    standing: Standing,
    impulses: Sequence[Impulse],
    model: ScoringModel,
    now: datetime,
) -> datetime | None:
    """When decay takes the lead out of its stage; as the ledger's `falls_at`."""
    may_fall = standing.stage_cause in AUTOMATIC_ENTRY and not standing.is_held(now)
    gate = model.gates.filter(stage=standing.stage).first()
    if gate is None or not may_fall or Stage(standing.stage) not in ONE_DOWN:
        return None
    rates = engagement.rates_of(model)
    seconds = curve.seconds_until_under(
        limit=gate.leave_engagement - TOLERANCE,
        sums=curve.sums(impulses, rates, now.timestamp()),
        rates=rates,
    )
    return None if seconds is None else now + timedelta(seconds=seconds)
