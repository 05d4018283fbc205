"""The sales floor at work: decisions, calls and deals, each at its own time."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from config.demo import selling
from config.demo.agenda import Agenda
from config.demo.people import BY_EMAIL
from config.demo.prospects import Prospect
from config.demo.selling import Pursuit, Verdict
from handoff import lifecycle as handoff_lifecycle
from handoff.choices import DealStage, TaskKind
from handoff.desk import claims
from handoff.lifecycle import DecisionError
from handoff.models import Deal, Handoff, RejectionReason, Task
from handoff.selling import contacts, deals, follow_ups, giving_back
from handoff.selling.contacts import Contact
from handoff.selling.deals import DealError
from handoff.selling.follow_ups import TaskError
from handoff.selling.giving_back import GiveBackError
from leads import currencies
from leads.choices import ActivityKind, Outcome
from leads.lifecycle import IllegalMoveError
from leads.models import Lead, Rep, User

# Whoever tries the workspace is this rep, and finds the last day undecided.
VISITOR = "rep@baton.example"
LEFT_TO_VISITOR = timedelta(hours=27)
LEFT_IN_POOL = timedelta(hours=12)
GIVES_UP_AFTER = timedelta(days=18)
NURTURED_FOR = timedelta(days=60)
LATER_STAGES = (DealStage.PROPOSAL, DealStage.NEGOTIATION)


class Sales:
    """The reps: what they mean to do is on the agenda.

    A deed whose lead has gone elsewhere meanwhile is left undone, as in life.
    """

    def __init__(
        self, *, agenda: Agenda, prospects: Mapping[int, Prospect], until: datetime
    ) -> None:
        self._agenda = agenda
        self._prospects = prospects
        self._until = until
        self._reasons = {reason.key: reason for reason in RejectionReason.objects.all()}

    def take_up(self, handoffs: Iterable[Handoff]) -> None:
        """Let the rep of each new hand-off make up their mind."""
        for handoff in handoffs:
            rep = handoff.rep
            if handoff.lead_id not in self._prospects:
                continue  # whom sales found itself
            if rep is None:
                self._leave_in_pool(handoff)
            elif not self._is_left_to_visitor(rep, handoff.routed_at):
                self._think_over(handoff, rep, handoff.routed_at)

    def _think_over(self, handoff: Handoff, rep: User, since: datetime) -> None:
        verdict = selling.judge(
            prospect=self._prospects[handoff.lead_id],
            person=BY_EMAIL[rep.email],
            routed_at=since,
        )
        self._agenda.add(verdict.at, partial(self._decide, handoff, rep, verdict))

    def _leave_in_pool(self, handoff: Handoff) -> None:
        """Let a colleague of the team claim it after a while, but for the last ones."""
        if handoff.routed_at > self._until - LEFT_IN_POOL:
            return
        reps = Rep.objects.filter(team=handoff.team).exclude(user__email=VISITOR)
        people = [one.user for one in reps.select_related("user").order_by("pk")]
        prospect = self._prospects[handoff.lead_id]
        claimed_at = handoff.routed_at + selling.wait_in_pool(prospect)
        rep = people[prospect.number % len(people)]
        self._agenda.add(claimed_at, partial(self._claim, handoff, rep))

    def _claim(self, handoff: Handoff, rep: User, at: datetime) -> None:
        try:
            claims.claim(handoff=handoff, actor=rep, now=at)
        except DecisionError:
            return
        self._think_over(handoff, rep, at)

    def _is_left_to_visitor(self, rep: User, routed_at: datetime) -> bool:
        return rep.email == VISITOR and routed_at > self._until - LEFT_TO_VISITOR

    def _decide(
        self, handoff: Handoff, rep: User, verdict: Verdict, at: datetime
    ) -> None:
        try:
            if verdict.reason:
                self._try_to_reach(handoff, rep, verdict)
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

    def _try_to_reach(self, handoff: Handoff, rep: User, verdict: Verdict) -> None:
        """Log the calls that a reason asks for, spread since the offer."""
        tries = self._reasons[verdict.reason].min_attempts
        pause = (verdict.at - handoff.routed_at) / (tries + 1)
        for number in range(tries):
            at = handoff.routed_at + pause * (number + 1)
            outcome = selling.VAIN[number % len(selling.VAIN)]
            self._contact(handoff, rep, ActivityKind.CALL, outcome, "", at)

    def _follow_up(self, handoff: Handoff, rep: User, at: datetime) -> None:
        prospect = self._prospects[handoff.lead_id]
        person = BY_EMAIL[rep.email]
        pursuit = selling.pursue(prospect=prospect, person=person, accepted_at=at)
        self._call(handoff, rep, pursuit, at)
        if pursuit.opens_at is None:
            gives_up_at = pursuit.calls_at + GIVES_UP_AFTER
            self._agenda.add(gives_up_at, partial(self._hand_back, handoff, rep))
            return
        said = (ActivityKind.EMAIL_SENT, Outcome.SENT, "What we discussed")
        self._plan_contact(handoff, rep, pursuit.mails_at, *said)
        met = (ActivityKind.MEETING, Outcome.HELD, "Demo")
        self._plan_contact(handoff, rep, pursuit.meets_at, *met)
        tasks = (
            (pursuit.calls_at, "Show the product", TaskKind.MEETING, pursuit.meets_at),
            (pursuit.meets_at, "Send the offer", TaskKind.OTHER, pursuit.opens_at),
        )
        for planned_at, title, kind, due_at in tasks:
            deed = partial(self._plan_task, handoff, rep, title, kind, due_at)
            self._agenda.add(planned_at, deed)
        self._agenda.add(
            pursuit.opens_at, partial(self._open_deal, handoff, rep, pursuit)
        )

    def _call(
        self, handoff: Handoff, rep: User, pursuit: Pursuit, accepted_at: datetime
    ) -> None:
        """Call until somebody is reached."""
        prospect = self._prospects[handoff.lead_id]
        outcomes = selling.vain_tries(prospect=prospect, accepted_at=accepted_at)
        pause = (pursuit.calls_at - accepted_at) / (len(outcomes) + 1)
        for number, outcome in enumerate(outcomes, start=1):
            at = accepted_at + pause * number
            tried = (ActivityKind.CALL, outcome, "")
            self._plan_contact(handoff, rep, at, *tried)
        reached = (ActivityKind.CALL, Outcome.REACHED, "First call")
        self._plan_contact(handoff, rep, pursuit.calls_at, *reached)

    def _plan_contact(
        self, handoff: Handoff, rep: User, at: datetime, *words: Any
    ) -> None:
        self._agenda.add(at, partial(self._contact, handoff, rep, *words))

    def _contact(
        self,
        handoff: Handoff,
        rep: User,
        kind: ActivityKind,
        outcome: Outcome,
        note: str,
        at: datetime,
    ) -> None:
        external_id = f"demo-{handoff.pk}-{kind}-{at:%Y%m%d%H%M%S}"
        contacts.log(
            lead=Lead.objects.with_standing().get(pk=handoff.lead_id),
            contact=Contact(kind, outcome, note, at, external_id),
            settles=True,
            next_due_at=None,
            actor=rep,
            now=at,
        )

    def _plan_task(
        self,
        handoff: Handoff,
        rep: User,
        title: str,
        kind: TaskKind,
        due_at: datetime,
        at: datetime,
    ) -> None:
        try:
            follow_ups.add(
                lead=handoff.lead,
                title=title,
                kind=kind,
                due_at=due_at,
                actor=rep,
                now=at,
            )
        except TaskError:
            return

    def _hand_back(self, handoff: Handoff, rep: User, at: datetime) -> None:
        try:
            giving_back.to_nurture(
                lead=handoff.lead,
                reason="Went quiet after the first call",
                until=at + NURTURED_FOR,
                actor=rep,
                now=at,
            )
        except (GiveBackError, IllegalMoveError):
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
                currency=currencies.own(),
                expected_close_on=pursuit.closes_at.date(),
                actor=rep,
                now=at,
            )
        except DealError:
            return
        third = (pursuit.closes_at - at) / 3
        for number, stage in enumerate(LATER_STAGES, start=1):
            deed = partial(self._move_deal, deal, rep, stage)
            self._agenda.add(at + third * number, deed)
        for task in Task.objects.open().filter(lead=handoff.lead):
            follow_ups.complete(task=task, actor=rep, now=at)
        self._agenda.add(
            pursuit.closes_at, partial(self._close_deal, deal, rep, pursuit)
        )

    def _move_deal(self, deal: Deal, rep: User, stage: DealStage, at: datetime) -> None:
        try:
            deals.move(deal=deal, to=stage, actor=rep, now=at)
        except DealError:
            return

    def _close_deal(
        self, deal: Deal, rep: User, pursuit: Pursuit, at: datetime
    ) -> None:
        try:
            if pursuit.is_won:
                reason = selling.won_reason(deal.pk)
                deals.win(deal=deal, reason=reason, actor=rep, now=at)
            else:
                deals.lose(deal=deal, reason=pursuit.lost_reason, actor=rep, now=at)
        except DealError:
            return
