"""A decision is taken back within seconds, and nothing counts it."""

from datetime import timedelta

import pytest

from handoff import lifecycle, queue
from handoff.choices import ClockOutcome, HandoffStatus, ReasonEffect
from handoff.desk import lifecycle as undoing
from handoff.models import Clock, Handoff, Task, UndoneDecision
from handoff.selling import deals
from handoff.sla import clocks, stopping
from leads.choices import Cause, Stage
from leads.models import StageChange
from reports import cohorts
from reports.entries import Cell, Entries
from reports.periods import Period
from tests.handoff.factories import HandoffFactory, ReasonFactory, manager
from tests.leads.factories import NOON, RepFactory

pytestmark = pytest.mark.django_db
DECIDED = NOON + timedelta(minutes=30)
SOON = DECIDED + timedelta(seconds=6)


def accept(handoff, actor=None):
    actor = actor or handoff.rep
    return lifecycle.accept(handoff=handoff, actor=actor, now=DECIDED)


def reject(handoff, **reason):
    return lifecycle.reject(
        handoff=handoff,
        reason=ReasonFactory(**reason),
        note="Not now.",
        actor=handoff.rep,
        now=DECIDED,
    )


def undo(handoff, actor=None, now=SOON):
    return undoing.undo(handoff=handoff, actor=actor or handoff.decided_by, now=now)


def entered(handoff, stage):
    """How many reports count as having come to the stage."""
    day = Period(NOON.date(), NOON.date() + timedelta(days=1))
    question = cohorts.Question(cohort=Stage.SQL, period=day, by=cohorts.By.NONE)
    return len(Entries(Cell(question, reached=stage)))


def test_an_acceptance_is_taken_back_whole():
    handoff = HandoffFactory()
    rep = accept(handoff).rep

    undo(handoff)

    handoff.refresh_from_db()
    standing = handoff.lead.standing
    standing.refresh_from_db()
    assert (handoff.status, handoff.rep) == (HandoffStatus.PENDING, rep)
    assert (handoff.decided_at, handoff.decided_by) == (None, None)
    assert (standing.stage, standing.stage_since) == (Stage.SQL, NOON)
    assert (standing.owner, standing.stage_cause) == (rep, Cause.IMPORT)
    assert Task.objects.get().is_cancelled


@pytest.mark.parametrize("effect", [ReasonEffect.RECYCLE, ReasonEffect.DISQUALIFY])
def test_a_rejection_is_taken_back_in_the_same_cycle(effect):
    handoff = HandoffFactory()
    rep = reject(handoff, effect=effect).rep

    undo(handoff)

    handoff.refresh_from_db()
    standing = handoff.lead.standing
    standing.refresh_from_db()
    assert (handoff.status, handoff.reason, handoff.note) == ("pending", None, "")
    assert (standing.stage, standing.cycle, standing.owner) == (Stage.SQL, 1, rep)
    assert standing.returns_at is None


def test_what_was_decided_stays_in_the_history():
    handoff = HandoffFactory()
    reject(handoff)

    undo(handoff)

    kept = UndoneDecision.objects.get()
    assert (kept.status, kept.note) == (HandoffStatus.REJECTED, "Not now.")
    assert (kept.decided_at, kept.undone_at) == (DECIDED, SOON)
    causes = StageChange.objects.filter(is_undone=True).values_list("cause", flat=True)
    assert list(causes) == [Cause.DECISION, Cause.UNDO]


def test_no_number_counts_what_was_taken_back():
    handoff = HandoffFactory()
    accept(handoff)
    before = entered(handoff, Stage.ACCEPTED)

    undo(handoff)

    figures = queue.figures(handoffs=Handoff.objects.all(), now=SOON)
    assert (before, entered(handoff, Stage.ACCEPTED)) == (1, 0)
    assert (figures.waiting, figures.decided) == (1, 0)


def test_the_promise_runs_on_from_its_beginning():
    handoff = HandoffFactory()
    clocks.start_missing()
    due_at = Clock.objects.get().due_at
    accept(handoff)
    stopping.stop_ended(now=DECIDED)
    assert Clock.objects.follow_ups().exists()

    undo(handoff)

    clock = Clock.objects.get()
    assert (clock.outcome, clock.due_at) == (ClockOutcome.RUNNING, due_at)
    assert clock.next_at == clock.warn_at


def test_what_was_taken_back_can_be_decided_again():
    handoff = HandoffFactory()
    accept(handoff)
    undo(handoff)

    accept(handoff)

    assert Task.objects.open().get().handoff == handoff
    assert entered(handoff, Stage.ACCEPTED) == 1


def test_what_was_accepted_from_the_pool_goes_back_to_it():
    rep = RepFactory()
    handoff = HandoffFactory(rep=None, team=rep.team)
    accept(handoff, rep.user)

    undo(handoff, rep.user)

    handoff.refresh_from_db()
    handoff.lead.standing.refresh_from_db()
    assert (handoff.rep, handoff.assigned_at) == (None, None)
    assert handoff.lead.standing.owner is None


def test_twice_is_once():
    handoff = HandoffFactory()
    rep = accept(handoff).rep

    undo(handoff, rep)
    undo(handoff, rep)

    assert UndoneDecision.objects.count() == 1


def test_only_who_decided_takes_it_back():
    handoff = HandoffFactory()
    accept(handoff)

    with pytest.raises(lifecycle.NotYoursError, match="accepted this lead"):
        undo(handoff, manager())

    assert Handoff.objects.get().status == HandoffStatus.ACCEPTED


def test_later_is_too_late():
    handoff = HandoffFactory()
    accept(handoff)

    with pytest.raises(undoing.TooLateError):
        undo(handoff, now=DECIDED + timedelta(seconds=21))


def test_what_went_on_to_the_next_rep_stays_there():
    handoff = HandoffFactory()
    reject(handoff, effect=ReasonEffect.REROUTE)

    with pytest.raises(lifecycle.AlreadyDecidedError, match="next rep"):
        undo(handoff)


def test_a_lead_that_has_moved_on_stays_there():
    handoff = HandoffFactory()
    rep = accept(handoff).rep
    deals.open_deal(
        lead=handoff.lead,
        name="Fleet",
        amount=None,
        currency="EUR",
        expected_close_on=None,
        actor=rep,
        now=DECIDED,
    )

    with pytest.raises(lifecycle.AlreadyDecidedError, match="moved on"):
        undo(handoff)


def test_what_still_waits_cannot_be_taken_back():
    handoff = HandoffFactory()

    with pytest.raises(lifecycle.AlreadyDecidedError, match="still waits"):
        undo(handoff, handoff.rep)


@pytest.mark.parametrize(
    ("seconds", "offered"), [(0, True), (9, True), (10, False), (60, False)]
)
def test_taking_back_is_offered_for_ten_seconds(seconds, offered):
    handoff = accept(HandoffFactory())
    now = DECIDED + timedelta(seconds=seconds)

    assert undoing.may_undo(handoff=handoff, user=handoff.rep, now=now) is offered
    assert not undoing.may_undo(handoff=handoff, user=manager(), now=now)
