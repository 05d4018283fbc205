"""Who claims from the pool first has it, and may put it back at once."""

from datetime import timedelta

import pytest

from handoff import lifecycle
from handoff.desk import claims
from handoff.desk.lifecycle import TooLateError
from handoff.models import Handoff
from tests.handoff.factories import HandoffFactory
from tests.leads.factories import NOON, RepFactory

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=2)


@pytest.fixture
def rep():
    return RepFactory(user__name="Ana Ruiz")


@pytest.fixture
def handoff(rep):
    return HandoffFactory(rep=None, team=rep.team)


def claim(handoff, rep, now=NOON):
    return claims.claim(handoff=handoff, actor=rep.user, now=now)


def test_a_claimed_hand_off_is_the_reps_and_still_waits(handoff, rep):
    claim(handoff, rep)
    claim(handoff, rep)

    handoff.refresh_from_db()
    handoff.lead.standing.refresh_from_db()
    assert (handoff.rep, handoff.assigned_at) == (rep.user, NOON)
    assert handoff.is_open
    assert handoff.lead.standing.owner == rep.user


def test_who_is_slower_is_told_who_was_faster(handoff, rep):
    slower = RepFactory(team=rep.team)
    claim(handoff, rep)

    with pytest.raises(lifecycle.AlreadyDecidedError, match="Ana Ruiz took this lead"):
        claim(Handoff.objects.get(), slower, LATER)


def test_the_pool_of_another_team_is_out_of_reach(handoff):
    with pytest.raises(lifecycle.NotYoursError):
        claim(handoff, RepFactory())


def test_a_claim_is_put_back_within_seconds(handoff, rep):
    claim(handoff, rep)
    soon = NOON + timedelta(seconds=5)

    for _again in range(2):
        claims.give_back(handoff=handoff, actor=rep.user, now=soon)

    handoff.refresh_from_db()
    handoff.lead.standing.refresh_from_db()
    assert (handoff.rep, handoff.lead.standing.owner) == (None, None)
    assert handoff.trace["claimed"][0]["undone_at"] == soon.isoformat()


def test_what_was_given_to_a_rep_is_not_put_back(rep):
    handoff = HandoffFactory(rep=rep)

    with pytest.raises(TooLateError):
        claims.give_back(handoff=handoff, actor=rep.user, now=NOON)


def test_later_a_claim_stays(handoff, rep):
    claim(handoff, rep)

    with pytest.raises(TooLateError):
        claims.give_back(handoff=handoff, actor=rep.user, now=LATER)
