"""A year of stage changes, hand-offs, promises and deals: the same each time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection

from handoff.choices import ReasonCategory, ReasonEffect
from handoff.models import Clock, Deal, Handoff, RejectionReason
from handoff.sla import calendars
from handoff.sla.calendars import Plan
from handoff.sla.hours import Minutes
from leads import cycles, roles
from leads.choices import ActivityKind, Cause, Role, Stage
from leads.models import Activity, Campaign, Rep, StageChange, Team, User
from scoring.benchmarks import sample

YEAR = timedelta(days=365)
START = sample.END - YEAR
TEAMS, REPS, CAMPAIGNS = 4, 40, 30
# Of a hundred in one stage so many go on to the next, and how many days that takes.
ONWARD = (
    (Stage.IQL, 65, 10),
    (Stage.MQL, 50, 20),
    (Stage.SQL, 45, 15),
    (Stage.ACCEPTED, 60, 2),
    (Stage.OPPORTUNITY, 55, 14),
    (Stage.CUSTOMER, 35, 40),
)
Row = tuple[Any, ...]


@dataclass
class History:
    """Rows of every table, by lead; ids are counted up from 1."""

    changes: list[Row] = field(default_factory=list)
    handoffs: list[Row] = field(default_factory=list)
    clocks: list[Row] = field(default_factory=list)
    deals: list[Row] = field(default_factory=list)
    calls: list[Row] = field(default_factory=list)


def make(*, leads: int, activities: int, changes: int) -> None:
    """Fill the tables beside a sample of leads and activities."""
    reps = _people()
    reason = RejectionReason.objects.create(
        key="fit",
        label="No fit",
        category=ReasonCategory.FIT,
        effect=ReasonEffect.RECYCLE,
    )
    _campaigns()
    made = _lived(leads, changes, reps, reason.pk)
    sample.fill(StageChange, _CHANGE, made.changes)
    cycles.retell(lead_ids={change[0] for change in made.changes})
    sample.fill(Handoff, _HANDOFF, made.handoffs)
    sample.fill(Clock, _CLOCK, made.clocks)
    sample.fill(Deal, _DEAL, made.deals)
    numbered = (
        (activities + place, *call, f"call-{place}")
        for place, call in enumerate(made.calls, 1)
    )
    sample.fill(Activity, _CALL, numbered)
    _stand()


_CHANGE = (
    "lead_id from_stage to_stage at cause engagement fit grade model_version cycle"
    " is_imported"
)
_HANDOFF = (
    "id lead_id cycle team_id rep_id status routed_at assigned_at due_at decided_at"
    " decided_by_id reason_id"
)
_CLOCK = (
    "handoff_id kind priority started_at warn_seconds target_seconds escalate_seconds"
    " warn_at due_at escalate_at outcome stopped_at missed_at"
)
_DEAL = "lead_id handoff_id owner_id name amount opened_at won_at lost_at stage"
_CALL = "id lead_id kind occurred_at recorded_at actor_id external_id"


def _people() -> list[tuple[int, int]]:
    """Person and team of each rep."""
    teams = [
        Team.objects.create(name=f"Team {number}", is_default=not number)
        for number in range(TEAMS)
    ]
    _open(teams)
    found = []
    for number in range(REPS):
        user = roles.create_user(
            email=f"rep{number}@sales.example", name="", role=Role.REP, password=None
        )
        team = teams[number % TEAMS]
        Rep.objects.create(user=user, team=team)
        found.append((user.pk, team.pk))
    return found


def _open(teams: Sequence[Team]) -> None:
    """All work by one calendar, with holidays and a change of the clock."""
    day: tuple[Minutes, ...] = ((9 * 60, 12 * 60), (13 * 60, 17 * 60))
    plan = Plan("Office", "Europe/Berlin", "DE", "", [day] * 5 + [()] * 2, teams, [])
    calendars.save(calendar=None, plan=plan)


def manager() -> User:
    return roles.create_user(
        email="lead@sales.example", name="", role=Role.MANAGER, password=None
    )


def _campaigns() -> None:
    for number in range(CAMPAIGNS):
        Campaign.objects.create(name=f"Campaign {number}", name_key=f"{number}")
    first = Campaign.objects.order_by("pk")[0].pk
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE leads_lead SET campaign_id = {first} + id %% {CAMPAIGNS}"  # noqa: S608
            " WHERE id %% 3 > 0",
            [],
        )


def _lived(
    leads: int, changes: int, reps: list[tuple[int, int]], reason_id: int
) -> History:
    """Lives of leads spread over all of them, until there are so many changes."""
    made, chance = History(), sample.chance_of("history")
    spread = 7_919 if leads % 7_919 else 7_907
    number = 0
    while len(made.changes) < changes and number < leads:
        lead_id = number * spread % leads + 1
        _live(made, lead_id, chance, reps, reason_id)
        number += 1
    return made


def _live(
    made: History,
    lead_id: int,
    chance: Random,
    reps: list[tuple[int, int]],
    reason_id: int,
) -> None:
    since = at = START + YEAR * chance.random()
    score, before = 5.0, ""
    for stage, onward, days in ((Stage.NEW, 100, 0), *ONWARD):
        if chance.random() * 100 >= onward:
            if before == Stage.SQL:
                decided = at + _hours(60 * chance.random() ** 3)
                _hand(made, lead_id, chance, reps, (at, decided), reason_id)
                _change(made, lead_id, before, Stage.RECYCLED, decided, score)
            return
        since = at
        at += timedelta(days=days) * (2 * chance.random())
        if at >= sample.END:
            return
        score += 18 * chance.random() + 2
        if stage == Stage.ACCEPTED:
            _hand(made, lead_id, chance, reps, (since, at), None)
        _change(made, lead_id, before, stage, at, score)
        before = stage
    deal = made.deals[-1]
    made.deals[-1] = (*deal[:6], sample.stamp(at), None, "negotiation")


def _change(
    made: History, lead_id: int, before: str, stage: str, at: datetime, score: float
) -> None:
    decided = (Stage.ACCEPTED, Stage.RECYCLED)
    cause = Cause.DECISION if stage in decided else Cause.SCORE
    # Nothing is measured yet of a lead that comes.
    score_row: Row = (None,) * 4
    if before:
        score_row = (score, 50.0, int(score) % 13, 1)
    made.changes.append(
        (lead_id, before, stage, sample.stamp(at), cause.value, *score_row, 1, False)
    )
    if stage == Stage.OPPORTUNITY:
        handoff_id, owner_id = made.handoffs[-1][0], made.handoffs[-1][4]
        name, amount = f"Deal {lead_id}", 1_000 + lead_id % 9_000
        open_one = (sample.stamp(at), None, None, "discovery")
        made.deals.append((lead_id, handoff_id, owner_id, name, amount, *open_one))


def _hours(count: float) -> timedelta:
    return timedelta(hours=count)


def _hand(
    made: History,
    lead_id: int,
    chance: Random,
    reps: list[tuple[int, int]],
    span: tuple[datetime, datetime],
    reason_id: int | None,
) -> None:
    """A hand-off, routed and decided so, its two promises, and perhaps a call."""
    pk = len(made.handoffs) + 1
    rep_id, team_id = reps[lead_id % len(reps)]
    routed_at, at = span
    routed, decided = map(sample.stamp, span)
    due = sample.stamp(routed_at + _hours(24))
    status = "rejected" if reason_id else "accepted"
    ended = (decided, rep_id, reason_id)
    made.handoffs.append(
        (pk, lead_id, 1, team_id, rep_id, status, routed, routed, due, *ended)
    )
    is_met = at - routed_at <= _hours(24)
    how = ("met", decided, None) if is_met else ("missed", decided, due)
    promised = ("normal", routed, 1, 86_400, 90_000, routed, due, due)
    for kind in ("decision", "follow_up"):
        made.clocks.append((pk, kind, *promised, *how))
    if chance.random() < 0.7:
        called = sample.stamp(at + _hours(30 * chance.random()))
        made.calls.append((lead_id, ActivityKind.CALL.value, called, called, rep_id))


def _stand() -> None:
    """Each lead stands where its last change brought it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE leads_standing SET stage = c.to_stage, stage_since = c.at FROM ("
            "SELECT lead_id, to_stage, at, row_number() OVER (PARTITION BY lead_id"
            " ORDER BY at DESC, id DESC) AS place FROM leads_stagechange) c"
            " WHERE c.place = 1 AND c.lead_id = leads_standing.lead_id"
        )
