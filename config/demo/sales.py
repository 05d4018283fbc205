"""The sales floor at work: decisions, calls and deals, each at its own time."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from config.demo import selling
from config.demo.agenda import Agenda
from config.demo.people import BY_EMAIL
from config.demo.prospects import Prospect
from config.demo.selling import Pursuit, Verdict
from handoff import lifecycle as handoff_lifecycle
from handoff.lifecycle import DecisionError
from handoff.models import Deal, Handoff, RejectionReason
from handoff.selling import deals
from handoff.selling.deals import DealError
from leads import lifecycle
from leads.activities import NewActivity
from leads.choices import ActivityKind, Cause, Stage
from leads.lifecycle import IllegalMoveError, Move
from leads.models import User

# Whoever tries the workspace is this rep, and finds the last day undecided.
VISITOR = "rep@baton.example"
LEFT_TO_VISITOR = timedelta(hours=27)
GIVES_UP_AFTER = timedelta(days=18)
NURTURED_FOR = timedelta(days=60)


class Sales:
    """The reps: what they mean to do is on the agenda, what they did in `outbound`.

    A deed whose lead has gone elsewhere meanwhile is left undone, as in life.
    """

    def __init__(
        self, *, agenda: Agenda, prospects: Mapping[int, Prospect], until: datetime
    ) -> None:
        self.outbound: list[NewActivity] = []
        self._agenda = agenda
        self._prospects = prospects
        self._until = until
        self._reasons = {reason.key: reason for reason in RejectionReason.objects.all()}

    def take_up(self, handoffs: Iterable[Handoff]) -> None:
        """Let the rep of each new hand-off make up their mind."""
        for handoff in handoffs:
            rep = handoff.rep
            if rep is None or self._is_left_to_visitor(rep, handoff.routed_at):
                continue
            verdict = selling.judge(
                prospect=self._prospects[handoff.lead_id],
                person=BY_EMAIL[rep.email],
                routed_at=handoff.routed_at,
            )
            self._agenda.add(verdict.at, partial(self._decide, handoff, rep, verdict))

    def _is_left_to_visitor(self, rep: User, routed_at: datetime) -> bool:
        return rep.email == VISITOR and routed_at > self._until - LEFT_TO_VISITOR

    def _decide(
        self, handoff: Handoff, rep: User, verdict: Verdict, at: datetime
    ) -> None:
        try:
            if verdict.reason:
                handoff_lifecycle.reject(
                    handoff=handoff,
                    reason=self._reasons[verdict.reason],
                    note=verdict.note,
                    actor=rep,
                    now=at,
                )
            else:
                handoff_lifecycle.accept(handoff=handoff, actor=rep, now=at)
                self._follow_up(handoff, rep, at)
        except DecisionError:
            return

    def _follow_up(self, handoff: Handoff, rep: User, at: datetime) -> None:
        pursuit = selling.pursue(
            prospect=self._prospects[handoff.lead_id],
            person=BY_EMAIL[rep.email],
            accepted_at=at,
        )
        self._did(handoff, ActivityKind.CALL, "First call", rep, pursuit.calls_at)
        if pursuit.opens_at is None:
            gives_up_at = pursuit.calls_at + GIVES_UP_AFTER
            self._agenda.add(gives_up_at, partial(self._hand_back, handoff, rep))
            return
        self._did(
            handoff, ActivityKind.EMAIL_SENT, "What we discussed", rep, pursuit.mails_at
        )
        self._did(handoff, ActivityKind.MEETING, "Demo", rep, pursuit.meets_at)
        self._agenda.add(
            pursuit.opens_at, partial(self._open_deal, handoff, rep, pursuit)
        )

    def _did(
        self,
        handoff: Handoff,
        kind: ActivityKind,
        subject: str,
        rep: User,
        at: datetime,
    ) -> None:
        self.outbound.append(
            NewActivity(
                lead_id=handoff.lead_id,
                kind=kind,
                occurred_at=at,
                source_system="baton",
                subject=subject,
                actor=rep,
            )
        )

    def _hand_back(self, handoff: Handoff, rep: User, at: datetime) -> None:
        wanted = Move(
            lead_id=handoff.lead_id,
            to=Stage.RECYCLED,
            cause=Cause.PERSON,
            at=at,
            actor=rep,
            reason="Went quiet after the first call",
            returns_at=at + NURTURED_FOR,
        )
        try:
            lifecycle.move(wanted=wanted, now=at)
        except IllegalMoveError:
            return

    def _open_deal(
        self, handoff: Handoff, rep: User, pursuit: Pursuit, at: datetime
    ) -> None:
        company = self._prospects[handoff.lead_id].company
        try:
            deal = deals.open_deal(
                lead=handoff.lead,
                name=f"{company.name if company else handoff.lead}: route planner",
                amount=Decimal(pursuit.amount),
                currency="EUR",
                actor=rep,
                now=at,
            )
        except DealError:
            return
        self._agenda.add(
            pursuit.closes_at, partial(self._close_deal, deal, rep, pursuit)
        )

    def _close_deal(
        self, deal: Deal, rep: User, pursuit: Pursuit, at: datetime
    ) -> None:
        try:
            if pursuit.is_won:
                deals.win(deal=deal, actor=rep, now=at)
            else:
                deals.lose(deal=deal, reason=pursuit.lost_reason, actor=rep, now=at)
        except DealError:
            return
