"""Sales asks marketing before it decides; the answer reaches whoever has the lead."""

from datetime import timedelta

import pytest

from handoff import lifecycle
from handoff.desk import reassigning
from handoff.inquiries import asking
from handoff.models import Inquiry
from handoff.sla import enforcement
from leads import erasing
from leads.choices import Role
from leads.models import Notification
from tests.handoff.factories import HandoffFactory, ReasonFactory, manager
from tests.handoff.sla.factories import ServiceLevelFactory
from tests.leads.factories import NOON, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TEXT = "Did they see the prices?"


@pytest.fixture
def marketer():
    return UserFactory(role=Role.MARKETER)


@pytest.fixture
def handoff(marketer):
    return HandoffFactory()


def asked(handoff, **changes):
    return asking.ask(
        **{"handoff": handoff, "text": TEXT, "actor": handoff.rep, "now": NOON}
        | changes
    )


def told(person):
    return [one.title for one in Notification.objects.filter(person=person)]


def test_marketing_is_told_and_the_answer_comes_back(handoff, marketer):
    rep = handoff.rep
    inquiry = asked(handoff)

    for _twice in range(2):
        asking.answer(inquiry=inquiry, text=" Twice. ", actor=marketer, now=NOON + HOUR)

    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.answer) == ("answered", "Twice.")
    assert told(marketer) == [f"{rep} asks about {handoff.lead}"]
    assert told(rep) == [f"{marketer} answered about {handoff.lead}"]


def test_the_clock_stands_still_meanwhile_where_that_was_promised(handoff, marketer):
    ServiceLevelFactory(team=handoff.team, question_pauses=True)
    enforcement.enforce(now=NOON)
    handoff.refresh_from_db()
    due_at = handoff.due_at

    inquiry = asked(handoff)
    handoff.refresh_from_db()
    assert handoff.paused_at == NOON
    asking.answer(inquiry=inquiry, text="Yes.", actor=marketer, now=NOON + 2 * HOUR)

    handoff.refresh_from_db()
    assert (handoff.paused_at, handoff.due_at) == (None, due_at + 2 * HOUR)


def test_a_question_that_is_taken_back_lets_the_clock_go_on(handoff):
    ServiceLevelFactory(team=handoff.team, question_pauses=True)
    enforcement.enforce(now=NOON)
    inquiry = asked(handoff)

    asking.withdraw(inquiry=inquiry, actor=handoff.rep, now=NOON + HOUR)

    handoff.refresh_from_db()
    assert handoff.paused_at is None
    assert asked(handoff).pk != inquiry.pk


def test_of_two_answers_the_first_counts(handoff, marketer):
    inquiry = asked(handoff)
    stale = Inquiry.objects.get(pk=inquiry.pk)
    asking.answer(inquiry=inquiry, text="Yes.", actor=marketer, now=NOON)

    with pytest.raises(asking.InquiryError, match=f"{marketer} has answered"):
        asking.answer(inquiry=stale, text="No.", actor=manager(), now=NOON)

    assert Inquiry.objects.get().answer == "Yes."


def test_one_question_at_a_time_and_only_of_who_may_decide(handoff, marketer):
    with pytest.raises(lifecycle.NotYoursError):
        asked(handoff, actor=RepFactory().user)
    inquiry = asked(handoff)

    with pytest.raises(asking.InquiryError, match="waits for an answer"):
        asked(handoff)
    with pytest.raises(lifecycle.NotYoursError):
        asking.answer(inquiry=inquiry, text="Yes.", actor=handoff.rep, now=NOON)
    with pytest.raises(lifecycle.NotYoursError):
        asking.withdraw(inquiry=inquiry, actor=RepFactory().user, now=NOON)


def test_a_question_ends_with_its_offer(handoff, marketer):
    inquiry = asked(handoff)
    lifecycle.reject(
        handoff=handoff,
        reason=ReasonFactory(),
        note="",
        actor=handoff.rep,
        now=NOON,
    )

    with pytest.raises(asking.InquiryError, match="decided meanwhile"):
        asking.answer(inquiry=inquiry, text="Yes.", actor=marketer, now=NOON)

    assert not Inquiry.objects.open().exists()
    with pytest.raises(lifecycle.AlreadyDecidedError):
        asked(handoff)


def test_after_a_reassignment_both_reps_hear_the_answer(handoff, marketer):
    former, other = handoff.rep, RepFactory()
    inquiry = asked(handoff)
    reassigning.reassign(handoff=handoff, rep=other, actor=manager(), now=NOON)

    fresh = Inquiry.objects.get(pk=inquiry.pk)
    asking.answer(inquiry=fresh, text="Yes.", actor=marketer, now=NOON)

    title = f"{marketer} answered about {handoff.lead}"
    assert title in told(former)
    assert title in told(other.user)


def test_erasing_the_person_clears_what_was_asked(handoff, marketer):
    inquiry = asked(handoff)
    asking.answer(inquiry=inquiry, text="Yes.", actor=marketer, now=NOON)

    erasing.erase(lead=handoff.lead, actor=manager(), now=NOON)

    inquiry.refresh_from_db()
    assert (inquiry.text, inquiry.answer) == ("", "")
