from dataclasses import replace
from datetime import timedelta

import pytest

from handoff import attempts, lifecycle
from handoff.forms import RejectForm
from handoff.lifecycle import ReasonError
from handoff.models import Task
from handoff.selling import contacts
from handoff.selling.contacts import OLDEST, Contact, ContactError
from leads.choices import ActivityKind, Outcome
from leads.models import Activity, Standing
from tests.handoff.factories import (
    HandoffFactory,
    ReasonFactory,
    TaskFactory,
    owned_lead,
)
from tests.leads.factories import NOON, RepFactory

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)
NO_ANSWER = Contact(
    ActivityKind.CALL, Outcome.NO_ANSWER, "Line was busy.", LATER, "call-1"
)


@pytest.fixture
def rep():
    return RepFactory().user


@pytest.fixture
def lead(rep):
    return owned_lead(rep)


def log(lead, rep, contact=NO_ANSWER, *, settles=True, next_due_at=None):
    return contacts.log(
        lead=lead,
        contact=contact,
        settles=settles,
        next_due_at=next_due_at,
        actor=rep,
        now=LATER,
    )


def test_a_contact_stands_in_the_timeline_with_its_outcome(lead, rep):
    log(lead, rep)

    activity = Activity.objects.get()
    assert (activity.kind, activity.actor) == (ActivityKind.CALL, rep)
    assert activity.properties == {"outcome": "no_answer"}
    assert activity.subject == "Line was busy."


def test_a_contact_makes_the_lead_owe_a_rescore(lead, rep):
    before = Standing.objects.get(lead=lead).stale_seq

    log(lead, rep)

    assert Standing.objects.get(lead=lead).stale_seq == before + 1


def test_the_same_contact_sent_twice_is_logged_once(lead, rep):
    TaskFactory.create_batch(2, lead=lead)

    for _turn in range(2):
        log(lead, rep, next_due_at=LATER + timedelta(days=1))

    assert Activity.objects.count() == 1
    assert Task.objects.open().count() == 2  # one of the two, and the next one


def test_a_task_stays_open_where_the_rep_says_so(lead, rep):
    TaskFactory(lead=lead)

    assert log(lead, rep, settles=False) is None
    assert Task.objects.open().count() == 1


def test_the_next_try_is_on_the_list(lead, rep):
    log(lead, rep, next_due_at=LATER + timedelta(days=1))

    assert Task.objects.get().title == "Try again: no answer"


@pytest.mark.parametrize("ago", [OLDEST + timedelta(minutes=1), timedelta(minutes=-1)])
def test_what_is_too_old_or_to_come_is_not_logged(lead, rep, ago):
    contact = replace(NO_ANSWER, happened_at=LATER - ago)

    with pytest.raises(ContactError, match="last 60 days"):
        log(lead, rep, contact)

    assert not Activity.objects.exists()


def test_an_outcome_belongs_to_its_kind(lead, rep):
    contact = replace(NO_ANSWER, kind=ActivityKind.MEETING)

    with pytest.raises(ContactError, match="does not belong"):
        log(lead, rep, contact)


def offered(attempt_count, **reason):
    handoff = HandoffFactory()
    for number in range(attempt_count):
        log(handoff.lead, handoff.rep, replace(NO_ANSWER, external_id=f"try-{number}"))
    return handoff, ReasonFactory(min_attempts=3, **reason)


def test_a_lead_is_out_of_reach_only_after_three_tries():
    handoff, reason = offered(2)

    with pytest.raises(ReasonError, match="Log 1 more attempt"):
        lifecycle.reject(
            handoff=handoff, reason=reason, note="", actor=handoff.rep, now=LATER
        )

    handoff.refresh_from_db()
    assert handoff.is_open


def test_after_three_tries_the_lead_may_be_called_out_of_reach():
    handoff, reason = offered(3)

    lifecycle.reject(
        handoff=handoff, reason=reason, note="", actor=handoff.rep, now=LATER
    )

    assert handoff.reason == reason


def test_notes_and_what_came_before_the_offer_are_no_tries():
    handoff, _reason = offered(1)
    note = replace(NO_ANSWER, kind=ActivityKind.NOTE, outcome=Outcome.WRITTEN)
    early = replace(NO_ANSWER, happened_at=NOON - timedelta(hours=1))
    log(handoff.lead, handoff.rep, replace(note, external_id="note"))
    log(handoff.lead, handoff.rep, replace(early, external_id="early"))

    assert attempts.count(handoff=handoff) == 1


def test_the_form_says_beside_the_reason_how_many_tries_are_missing():
    handoff, reason = offered(0)

    form = RejectForm({"reason": reason.pk, "note": ""}, handoff=handoff)

    assert form.errors["reason"] == [
        "Log 3 more attempts to reach this lead before you choose this."
    ]
