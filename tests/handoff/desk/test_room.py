"""Giving leads away looks under the lock of the rep whether there still is room.

A preview is as old as the page; the deed looks again.
"""

from datetime import timedelta

import pytest

from handoff.desk import covering, reassigning, sharing
from handoff.models import Absence, Handoff, Seat
from tests.handoff.factories import HandoffFactory, manager
from tests.leads.factories import NOON, RepFactory

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(minutes=1)


@pytest.fixture
def ana():
    return RepFactory(user__name="Ana Ruiz")


@pytest.fixture
def tom(ana):
    return RepFactory(team=ana.team, user__name="Tom Berg", capacity=3)


def give(handoffs, rep):
    return reassigning.reassign_many(
        wanted=[(one, rep) for one in handoffs],
        reason="Ana is ill",
        actor=manager(),
        now=SOON,
    )


def goes_away(rep):
    Absence.objects.create(
        rep=rep, starts_at=NOON, ends_at=NOON + timedelta(days=3), made_by=rep.user
    )


def takes_none(rep):
    rep.is_available = False
    rep.save(update_fields=["is_available"])


def leaves(rep):
    rep.user.is_active = False
    rep.user.save(update_fields=["is_active"])


def is_filled(rep):
    HandoffFactory.create_batch(3, rep=rep)


def fills_the_day(rep):
    Seat.objects.create(rep=rep, capacity_per_day=2)
    decided = {"status": "accepted", "decided_at": NOON, "assigned_at": NOON}
    HandoffFactory.create_batch(2, rep=rep, **decided)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (goes_away, "Tom Berg is away."),
        (takes_none, "Tom Berg is away."),
        (leaves, "Tom Berg does not sell any more."),
        (is_filled, "Tom Berg is full, with 3 of 3."),
        (fills_the_day, "Tom Berg has had enough for today, with 2 of 2."),
    ],
)
def test_who_can_take_no_more_since_the_preview_gets_nothing_and_the_page_says_why(
    ana, tom, changes, why
):
    handoff = HandoffFactory(rep=ana)
    (share,) = sharing.to_rep(handoffs=[handoff], rep=tom, now=NOON)
    assert share.rep == tom
    changes(tom)

    outcome = give([handoff], tom)

    assert outcome.refused == [f"{handoff.lead}: {why}"]
    assert Handoff.objects.get(pk=handoff.pk).rep == ana.user


def test_of_several_the_rep_gets_as_many_as_the_day_has_left(ana, tom):
    Seat.objects.create(rep=tom, capacity_per_day=1)
    first, second = HandoffFactory.create_batch(2, rep=ana)

    outcome = give([first, second], tom)

    assert [one.pk for one in outcome.moved] == [first.pk]
    why = "Tom Berg has had enough for today, with 1 of 1."
    assert outcome.refused == [f"{second.lead}: {why}"]


def test_what_the_rep_has_already_needs_no_room(tom):
    handoff = HandoffFactory(rep=tom)
    goes_away(tom)

    assert not give([handoff], tom).refused


def test_cover_promises_no_more_than_the_day_has_left(ana, tom):
    Seat.objects.create(rep=tom, capacity_per_day=1)
    HandoffFactory.create_batch(2, rep=ana)

    for to in (None, tom):
        found = covering.shares(rep=ana, to=to, now=NOON)

        assert [taker for _handoff, taker in found.taken] == [tom]
        assert found.why_some_stay == (
            "1 lead stays with Ana Ruiz: there is no room for more."
        )
