from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from handoff import lifecycle
from handoff.choices import MOVES, HandoffStatus, ReasonEffect
from handoff.desk import reassigning
from handoff.lifecycle import AlreadyDecidedError, NotYoursError, ReasonError
from handoff.models import Handoff
from leads import activities
from leads import lifecycle as leads_lifecycle
from leads.activities import NewActivity
from leads.choices import ActivityKind, Cause, Role, Stage
from leads.lifecycle import Move
from leads.models import StageChange, Standing
from scoring import rescoring
from tests.handoff.factories import HandoffFactory, ReasonFactory
from tests.leads.factories import (
    NOON,
    LeadFactory,
    RepFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(minutes=5)
CLOSED = [status for status in HandoffStatus if status != HandoffStatus.PENDING]


@pytest.fixture
def manager():
    return UserFactory(role=Role.MANAGER)


def standing_of(handoff):
    return Standing.objects.get(lead=handoff.lead_id)


def accept(handoff, actor=None):
    actor = actor or handoff.rep
    return lifecycle.accept(handoff=handoff, actor=actor, now=SOON)


def reject(handoff, reason=None, note="", actor=None):
    reason = reason or ReasonFactory()
    actor = actor or handoff.rep
    return lifecycle.reject(
        handoff=handoff, reason=reason, note=note, actor=actor, now=SOON
    )


def withdraw(handoff, actor):
    return lifecycle.withdraw(
        handoff=handoff, reason="Too early.", actor=actor, now=SOON
    )


def closed_handoff(status, **fields):
    reason = ReasonFactory() if status == HandoffStatus.REJECTED else None
    by = UserFactory(name="Ana")
    return HandoffFactory(
        status=status, decided_at=NOON, decided_by=by, reason=reason, **fields
    )


def test_only_a_waiting_hand_off_leads_anywhere():
    assert MOVES[HandoffStatus.PENDING] == (
        HandoffStatus.ACCEPTED,
        HandoffStatus.REJECTED,
        HandoffStatus.EXPIRED,
        HandoffStatus.WITHDRAWN,
    )
    assert not any(MOVES[status] for status in CLOSED)


def test_an_accepted_lead_is_sales_own():
    handoff = accept(HandoffFactory())

    assert handoff.status == HandoffStatus.ACCEPTED
    assert (handoff.decided_at, handoff.decided_by) == (SOON, handoff.rep)
    assert standing_of(handoff).stage == Stage.ACCEPTED
    change = StageChange.objects.filter(lead=handoff.lead).last()
    assert (change.cause, change.actor) == (Cause.DECISION, handoff.rep)
    assert change.engagement == 0


def test_accepting_twice_is_accepting_once():
    handoff = HandoffFactory()

    accept(handoff), accept(handoff)

    assert StageChange.objects.filter(to_stage=Stage.ACCEPTED).count() == 1


def test_a_rejected_lead_is_recycled_until_its_date():
    reason = ReasonFactory(recycle_days=30)

    handoff = reject(HandoffFactory(), reason, note=" Next year. ")

    assert (handoff.status, handoff.note) == (HandoffStatus.REJECTED, "Next year.")
    standing = standing_of(handoff)
    assert standing.stage == Stage.RECYCLED
    assert standing.returns_at == SOON + timedelta(days=30)
    assert standing.owner is None
    assert StageChange.objects.last().reason == str(reason)


def test_a_rejection_may_disqualify():
    handoff = reject(HandoffFactory(), ReasonFactory(effect=ReasonEffect.DISQUALIFY))

    assert standing_of(handoff).stage == Stage.DISQUALIFIED


def test_a_misrouted_lead_stays_sales_ready_and_is_nobodys():
    handoff = reject(HandoffFactory(), ReasonFactory(effect=ReasonEffect.REROUTE))

    standing = standing_of(handoff)
    assert (standing.stage, standing.owner) == (Stage.SQL, None)


def test_rejecting_twice_is_rejecting_once():
    handoff, reason = HandoffFactory(), ReasonFactory()

    reject(handoff, reason), reject(handoff, reason)

    assert StageChange.objects.filter(to_stage=Stage.RECYCLED).count() == 1


def test_a_reason_may_ask_for_a_note():
    handoff = HandoffFactory()

    with pytest.raises(ReasonError, match="add a note"):
        reject(handoff, ReasonFactory(needs_note=True), note="  ")

    handoff.refresh_from_db()
    assert handoff.is_open


def test_a_lead_of_the_pool_cannot_be_misrouted():
    rep = RepFactory()
    handoff = HandoffFactory(rep=None, team=rep.team)

    with pytest.raises(ReasonError, match="nobody's yet"):
        reject(handoff, ReasonFactory(effect=ReasonEffect.REROUTE), actor=rep.user)


def test_who_accepts_from_the_pool_becomes_the_rep():
    rep = RepFactory()

    handoff = accept(HandoffFactory(rep=None, team=rep.team), actor=rep.user)

    assert (handoff.rep, handoff.assigned_at) == (rep.user, SOON)
    assert standing_of(handoff).owner == rep.user


def test_a_manager_decides_for_a_rep(manager):
    handoff = HandoffFactory()

    accept(handoff, actor=manager)

    assert (handoff.decided_by, standing_of(handoff).owner) == (manager, handoff.rep)


@pytest.mark.parametrize("deed", [accept, reject], ids=["accept", "reject"])
def test_a_hand_off_of_another_rep_or_team_is_not_yours(deed):
    other = RepFactory().user

    for handoff in (HandoffFactory(), HandoffFactory(rep=None, team=TeamFactory())):
        with pytest.raises(NotYoursError):
            deed(handoff, actor=other)

        handoff.refresh_from_db()
        assert handoff.is_open


@pytest.mark.parametrize("deed", [accept, reject, withdraw], ids=lambda f: f.__name__)
@pytest.mark.parametrize("status", CLOSED, ids=str)
def test_what_is_closed_stays_closed(status, deed, manager):
    handoff = closed_handoff(status)

    with pytest.raises(AlreadyDecidedError, match="5\xa0minutes ago"):
        deed(handoff, actor=manager)

    handoff.refresh_from_db()
    assert (handoff.status, handoff.decided_at) == (status, NOON)
    assert standing_of(handoff).stage == Stage.SQL


def test_of_two_who_decide_the_slower_is_told_who_was_faster(manager):
    handoff = HandoffFactory()
    seen_by_the_rep = Handoff.objects.get(pk=handoff.pk)
    accept(handoff, actor=manager)

    with pytest.raises(AlreadyDecidedError, match=f"{manager} accepted this lead"):
        reject(seen_by_the_rep)

    assert standing_of(handoff).stage == Stage.ACCEPTED


def test_a_lead_that_left_the_offer_cannot_be_accepted():
    handoff = HandoffFactory()
    out = Move(handoff.lead_id, Stage.DISQUALIFIED, Cause.DISQUALIFYING, NOON)
    leads_lifecycle.move(wanted=out, now=NOON)

    with pytest.raises(AlreadyDecidedError, match="it is in “Disqualified”"):
        accept(handoff)


def test_a_withdrawn_lead_is_marketings_again():
    handoff = withdraw(HandoffFactory(), actor=UserFactory(role=Role.MARKETER))

    assert (handoff.status, handoff.note) == (HandoffStatus.WITHDRAWN, "Too early.")
    standing = standing_of(handoff)
    assert (standing.stage, standing.owner) == (Stage.MQL, None)


def hot_lead():
    """A lead whose score makes it sales ready, and who was offered to a rep."""
    lead = LeadFactory(title="Chief Operating Officer", country="Germany")
    activities.record(
        activities=[
            NewActivity(lead.pk, kind, NOON, external_id=kind.value)
            for kind in (ActivityKind.DEMO_REQUESTED, ActivityKind.PRICING_REQUESTED)
        ]
    )
    rescoring.rescore_stale(now=NOON)
    return lead


@pytest.mark.parametrize("until", [None, SOON + timedelta(days=30)], ids=str)
def test_a_withdrawn_lead_is_held_against_its_score(workspace, until):
    lead = hot_lead()
    assert Standing.objects.get(lead=lead).stage == Stage.SQL
    handoff = HandoffFactory(lead=lead)
    marketer = UserFactory(role=Role.MARKETER)

    lifecycle.withdraw(
        handoff=handoff, reason="Too early.", until=until, actor=marketer, now=SOON
    )
    rescoring.rescore_stale(now=SOON)

    standing = Standing.objects.get(lead=lead)
    assert standing.stage == Stage.MQL
    assert (standing.held_since, standing.held_until) == (SOON, until)


def test_a_rep_withdraws_nothing():
    handoff = HandoffFactory()

    with pytest.raises(NotYoursError):
        withdraw(handoff, actor=handoff.rep)


def test_a_manager_gives_a_hand_off_to_another_rep(manager):
    handoff, rep = HandoffFactory(), RepFactory()
    before = str(handoff.rep)

    reassigning.reassign(handoff=handoff, rep=rep, actor=manager, now=SOON)

    assert (handoff.rep, handoff.team) == (rep.user, rep.team)
    assert standing_of(handoff).owner == rep.user
    (step,) = handoff.trace["reassigned"]
    assert (step["from"], step["to"]) == (before, str(rep.user))


def test_a_rep_reassigns_nothing():
    handoff = HandoffFactory()

    with pytest.raises(NotYoursError):
        reassigning.reassign(
            handoff=handoff, rep=RepFactory(), actor=handoff.rep, now=SOON
        )


def test_an_offer_whose_lead_left_sales_is_withdrawn_once():
    orphan, open_one = HandoffFactory(), HandoffFactory()
    out = Move(orphan.lead_id, Stage.DISQUALIFIED, Cause.DISQUALIFYING, NOON)
    leads_lifecycle.move(wanted=out, now=NOON)

    assert [lifecycle.close_orphans(now=SOON) for _again in range(2)] == [1, 0]

    orphan.refresh_from_db(), open_one.refresh_from_db()
    assert (orphan.status, orphan.decided_at) == (HandoffStatus.WITHDRAWN, SOON)
    assert open_one.is_open


def test_a_lead_has_one_open_hand_off():
    handoff = HandoffFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        HandoffFactory(lead=handoff.lead)
