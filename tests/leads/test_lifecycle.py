from datetime import timedelta

import pytest
from django.db.models import F

from leads import lifecycle
from leads.choices import Cause, Stage
from leads.lifecycle import IllegalMoveError, Move
from leads.models import StageChange, Standing
from tests.leads.factories import NOON, LeadFactory

pytestmark = pytest.mark.django_db


def test_a_skipped_stage_is_entered_by_inference_at_the_same_instant():
    lead = LeadFactory(stage=Stage.NEW)

    lifecycle.move(wanted=Move(lead.pk, Stage.SQL, Cause.FAST_TRACK, NOON), now=NOON)

    changes = StageChange.objects.filter(lead=lead, cause=Cause.FAST_TRACK)
    assert [(row.to_stage, row.is_inferred, row.at) for row in changes] == [
        (Stage.IQL, True, NOON),
        (Stage.MQL, True, NOON),
        (Stage.SQL, False, NOON),
    ]


def test_asking_for_the_stage_it_has_changes_nothing():
    lead = LeadFactory(stage=Stage.MQL)
    before = StageChange.objects.count()

    wanted = Move(lead.pk, Stage.MQL, Cause.PERSON, NOON)
    assert lifecycle.move(wanted=wanted, now=NOON) is None

    assert StageChange.objects.count() == before


def test_a_held_lead_is_left_alone_by_automation_until_its_date():
    lead = LeadFactory(stage=Stage.NEW)
    by_hand = Move(lead.pk, Stage.IQL, Cause.PERSON, NOON)
    tomorrow = NOON + timedelta(days=1)
    lifecycle.move_by_hand(wanted=by_hand, until=tomorrow, now=NOON)
    wanted = Move(lead.pk, Stage.MQL, Cause.SCORE, NOON)

    with pytest.raises(IllegalMoveError, match="held in “IQL” by a person"):
        lifecycle.move(wanted=wanted, now=NOON)

    assert lifecycle.move(wanted=wanted, now=tomorrow)


def test_a_recycled_lead_begins_a_new_cycle_with_every_stage_below():
    lead = LeadFactory(stage=Stage.RECYCLED)

    lifecycle.move(wanted=Move(lead.pk, Stage.MQL, Cause.SCORE, NOON), now=NOON)

    lead.standing.refresh_from_db()
    entered = StageChange.objects.filter(lead=lead, cycle=2)
    assert lead.standing.cycle == 2
    assert [row.to_stage for row in entered] == [Stage.IQL, Stage.MQL]


def test_a_batch_leaves_out_what_is_no_longer_possible():
    movable, customer = LeadFactory(), LeadFactory(stage=Stage.CUSTOMER)
    wanted = [
        Move(lead.pk, Stage.IQL, Cause.SCORE, NOON) for lead in (movable, customer)
    ]

    assert lifecycle.move_many(wanted=wanted, now=NOON) == 1

    customer.standing.refresh_from_db()
    assert customer.standing.stage == Stage.CUSTOMER


def test_a_hold_ends_at_its_date_and_the_score_looks_again():
    lead, other = LeadFactory(stage=Stage.NEW), LeadFactory(stage=Stage.NEW)
    tomorrow = NOON + timedelta(days=1)
    for one, until in ((lead, tomorrow), (other, None)):
        by_hand = Move(one.pk, Stage.IQL, Cause.PERSON, NOON)
        lifecycle.move_by_hand(wanted=by_hand, until=until, now=NOON)
    lead.standing.refresh_from_db()
    Standing.objects.update(scored_seq=F("stale_seq"))

    assert lifecycle.release_expired(now=NOON) == 0
    assert lifecycle.release_expired(now=tomorrow) == 1
    assert lifecycle.release_expired(now=tomorrow) == 0

    released, held = (Standing.objects.get(lead=one) for one in (lead, other))
    assert (released.held_since, released.held_until) == (None, None)
    assert released.stale_seq == released.scored_seq + 1
    assert held.held_since == NOON


@pytest.mark.parametrize(
    ("cause", "is_owed"), [(Cause.PERSON, True), (Cause.SCORE, False)]
)
def test_a_move_that_the_score_did_not_ask_for_owes_the_lead_a_score(cause, is_owed):
    lead = LeadFactory(stage=Stage.NEW)
    Standing.objects.update(scored_seq=F("stale_seq"))

    lifecycle.move(wanted=Move(lead.pk, Stage.MQL, cause, NOON), now=NOON)

    standing = Standing.objects.get(lead=lead)
    assert (standing.stale_seq != standing.scored_seq) == is_owed
