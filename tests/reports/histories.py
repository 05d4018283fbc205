"""Random histories, lived as the product lives them: merged and erased people too."""

from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from handoff.choices import Blame, ClockKind, ClockOutcome, HandoffStatus
from handoff.models import Clock, Deal, Handoff
from leads import merging
from leads.choices import ActivityKind, Cause, Stage
from leads.erasing import erase
from leads.lifecycle import IllegalMoveError, Move, move
from leads.models import Activity, Campaign, Lead, StageChange
from leads.particulars import as_typed, save_lead
from tests.handoff.factories import DealFactory, HandoffFactory
from tests.leads.factories import LeadFactory
from tests.reports.factories import CAUSES

MOVES = [
    *(Stage.IQL, Stage.MQL, Stage.SQL, Stage.ACCEPTED, Stage.OPPORTUNITY),
    *(Stage.CUSTOMER, Stage.RECYCLED, Stage.LOST, Stage.NEW),
]
SOURCES = ["web", "fair", ""]
FATES = ["waits", "accepted", "rejected", "misrouted", "expired"]
TOUCHES = [
    *(ActivityKind.FORM_SUBMITTED, ActivityKind.PAGE_VIEW, ActivityKind.CALL),
    *(ActivityKind.WEBINAR_ATTENDED, ActivityKind.CALL, ActivityKind.EMAIL_CLICKED),
    *(ActivityKind.EMAIL_SENT, ActivityKind.UNSUBSCRIBED),
]
WHO = st.integers(0, 4)
# What happens next, to whom, after how many hours, and a number to decide the rest.
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["move"] * 6
            + ["offer"] * 4
            + ["touch"] * 6
            + ["deal"] * 2
            + ["import"] * 3
            + ["edit"] * 2
            + ["merge", "erase"]
        ),
        WHO,
        st.integers(1, 60),
        st.integers(0, 99_999),
    ),
    min_size=30,
    max_size=45,
)


class History:
    """Five leads and what happens to them; `at` is the present."""

    def __init__(self, *, start: datetime, reps, reasons, actor):
        self.at, self.reps, self.reasons, self.actor = start, reps, reasons, actor
        self.leads = [
            LeadFactory(
                source=SOURCES[number % 3],
                campaign=Campaign.objects.order_by("pk")[number % 2],
                created_at=start + timedelta(days=number),
                stage_at=start + timedelta(days=number),
            )
            for number in range(5)
        ]
        self.at += timedelta(days=5)

    def live(self, events):
        for deed, who, hours, number in events:
            self.at += timedelta(hours=hours)
            lead = self.leads[who % len(self.leads)]
            lead.refresh_from_db()
            if lead.erased_at is None:
                getattr(self, deed)(lead, number)
        return self

    def move(self, lead, number):
        to = MOVES[number % len(MOVES)]
        cause = CAUSES.get(to, Cause.PERSON)
        if to == Stage.RECYCLED and lead.standing.stage == Stage.SQL:
            cause = Cause.DECISION
        self._go(lead, to, cause, number)

    def _go(self, lead, to, cause, number, at=None):
        wanted = Move(lead.pk, to, cause, at or self.at)
        with suppress(IllegalMoveError):
            if made := move(wanted=wanted, now=self.at):
                StageChange.objects.filter(
                    lead=lead, at=made.at, cycle=made.cycle
                ).update(engagement=number % 140, grade=number % 13)
        lead.standing.refresh_from_db()

    def offer(self, lead, number):
        if lead.standing.stage != Stage.SQL:
            self._go(lead, Stage.SQL, Cause.PERSON, number)
        waiting = Handoff.objects.filter(lead=lead, status=HandoffStatus.PENDING)
        if lead.standing.stage != Stage.SQL or waiting.exists():
            return
        fate = FATES[number % len(FATES)]
        routed_at, rep = self.at, self.reps[number % 2]
        fields = {}
        if fate != "waits":
            self.at += timedelta(hours=number % 40 + 1)
            fields = {"status": "rejected" if fate == "misrouted" else fate}
            fields |= {"decided_at": self.at, "decided_by": rep.user}
        if fate in ("rejected", "misrouted"):
            fields["reason"] = self.reasons[fate]
        made = HandoffFactory(
            lead=lead,
            rep=rep,
            cycle=lead.standing.cycle,
            routed_at=routed_at,
            assigned_at=routed_at + timedelta(minutes=number % 90),
            due_at=routed_at + timedelta(hours=24),
            **fields,
        )
        self._promise(made, number)
        if fate == "accepted":
            self._go(lead, Stage.ACCEPTED, Cause.DECISION, number)
        elif fate == "rejected":
            self._go(lead, Stage.RECYCLED, Cause.DECISION, number)

    def _promise(self, handoff, number):
        outcome = list(ClockOutcome)[number % len(ClockOutcome)]
        at = handoff.routed_at
        Clock.objects.create(
            handoff=handoff,
            kind=list(ClockKind)[number % 2],
            priority="normal",
            started_at=at,
            warn_at=at + timedelta(hours=2),
            due_at=at + timedelta(hours=4),
            escalate_at=at + timedelta(hours=8),
            outcome=outcome,
            stopped_at=None if outcome == ClockOutcome.RUNNING else self.at,
            missed_at=self.at if outcome == ClockOutcome.MISSED else None,
            blame=Blame.REP if outcome == ClockOutcome.MISSED else "",
            warn_seconds=7_200,
            target_seconds=14_400,
            escalate_seconds=28_800,
        )

    def touch(self, lead, number):
        kind = TOUCHES[number % len(TOUCHES)]
        is_ours = kind in (ActivityKind.CALL, ActivityKind.EMAIL_SENT)
        Activity.objects.create(
            lead=lead,
            kind=kind,
            occurred_at=self.at,
            actor=self.reps[number % 2].user if is_ours and number % 3 else None,
            is_machine=number % 7 == 0,
            campaign=lead.campaign if number % 2 else None,
            source_system="test",
            external_id=f"{number}-{self.at.isoformat()}",
        )

    def deal(self, lead, number):
        given = Handoff.objects.filter(lead=lead).order_by("pk").last()
        ends = [{}, {"won_at": self.at}, {"won_at": self.at}, {"lost_at": self.at}]
        DealFactory(
            lead=lead,
            handoff=given if number % 3 else None,
            amount=Decimal(number) / 100 if number % 5 else None,
            opened_at=self.at - timedelta(hours=number % 300),
            owner=self.reps[number % 2].user,
            **ends[number % 4],
        )

    def import_(self, lead, number):
        to = MOVES[number % 7]
        at = self.at - timedelta(hours=number % 48)
        self._go(lead, to, Cause.IMPORT, number, at)

    def edit(self, lead, number):
        """Somebody says that the lead came from elsewhere."""
        campaigns = Campaign.objects.order_by("pk")
        typed = {"source": SOURCES[number % 3], "campaign": campaigns[number % 2]}
        save_lead(lead=lead, typed=as_typed(lead) | typed, now=self.at)

    def merge(self, lead, number):
        other = self.leads[number % len(self.leads)]
        other.refresh_from_db()
        if other == lead or other.erased_at is not None:
            return
        merging.merge(kept=lead, merged=other, chosen={}, actor=self.actor, now=self.at)
        self.leads.remove(other)
        lead.standing.refresh_from_db()

    def erase(self, lead, number):
        erase(lead=lead, actor=None, now=self.at)


setattr(History, "import", History.import_)


def forget_everything():
    """An empty house, so that one history knows nothing of the one before."""
    for model in (Clock, Deal, Handoff, Activity, StageChange):
        model.objects.all().delete()
    Lead.objects.all().delete()
