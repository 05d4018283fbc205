"""What marketers and the manager do by hand: a move, or an offer taken back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from config.demo import chance as chances
from config.demo.agenda import Agenda
from handoff import lifecycle as handoff_lifecycle
from handoff.models import Handoff
from leads import lifecycle
from leads.choices import Cause, Stage
from leads.lifecycle import Move
from leads.models import Lead, Standing, User
from scoring.engagement import score_of

EVERY = timedelta(days=6)
HELD_FOR = timedelta(days=21)
# How far down the list of the warmest leads a marketer picks.
REACH = 12

PROMOTED = [
    "Met at the fair, asked for a call in two weeks",
    "Their partner vouches for them",
    "Evaluates three suppliers, we are one",
]
DISQUALIFIED = ["Works for a competitor", "Asked not to be contacted"]
WITHDRAWN = ["Asked for a call after the holidays", "Wrong company, same name"]


class Marketers:
    """Plans the deeds of nine months on the agenda."""

    def __init__(self, *, marketers: list[User], manager: User) -> None:
        self._marketers = marketers
        self._manager = manager

    def plan(self, *, agenda: Agenda, starts_at: datetime, until: datetime) -> None:
        """Every few days one of them does something, the last time yesterday."""
        deeds: list[Callable[[int, datetime], None]] = [
            self._promote,
            self._promote,
            self._disqualify,
            self._promote,
            self._withdraw,
        ]
        day, number = until - timedelta(days=1), 0
        while day > starts_at:
            at = chances.daytime(chances.stream("marketers", number), day)
            agenda.add(min(at, until), partial(deeds[number % len(deeds)], number))
            day, number = day - EVERY, number + 1

    def _promote(self, number: int, at: datetime) -> None:
        reason = PROMOTED[number % len(PROMOTED)]
        self._move(Stage.IQL, Stage.MQL, reason, number, at)

    def _disqualify(self, number: int, at: datetime) -> None:
        reason = DISQUALIFIED[number % len(DISQUALIFIED)]
        self._move(Stage.MQL, Stage.DISQUALIFIED, reason, number, at)

    def _move(
        self, current: Stage, to: Stage, reason: str, number: int, at: datetime
    ) -> None:
        lead = self._pick(current, number)
        if lead is None:
            return
        actor = self._marketers[number % len(self._marketers)]
        score = score_of(standing=lead.standing, now=at)
        wanted = Move(lead.pk, to, Cause.PERSON, at, actor, reason, score)
        lifecycle.move_by_hand(wanted=wanted, until=at + HELD_FOR, now=at)

    def _withdraw(self, number: int, at: datetime) -> None:
        waiting = Handoff.objects.pending().filter(routed_at__lt=at)
        handoff = waiting.order_by("-routed_at", "pk").first()
        if handoff is not None:
            handoff_lifecycle.withdraw(
                handoff=handoff,
                reason=WITHDRAWN[number % len(WITHDRAWN)],
                actor=self._manager,
                now=at,
            )

    def _pick(self, stage: Stage, number: int) -> Lead | None:
        """One of the warmest leads of a stage, always the same for the number."""
        free = Standing.objects.filter(stage=stage, held_since=None)
        warmest = free.order_by("-ceiling", "pk").select_related("lead")[:REACH]
        found = list(warmest)
        if not found:
            return None
        return chances.stream("pick", number).choice(found).lead
