"""Two people or two workers at the same instant, each with an own connection."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail

from handoff.choices import AnswerState, DealStage, Question
from handoff.models import Answer, Deal, Invitation
from handoff.selling import deals, invitations, meetings, qualification
from handoff.selling.deals import DealChangedError, Terms
from handoff.selling.meetings import Invited, Plan
from handoff.selling.qualification import AnswerChangedError
from leads.choices import Stage
from leads.owed import OwedState
from tests.connections import Work
from tests.handoff.factories import DealFactory, owned_lead
from tests.leads.factories import NOON, RepFactory

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
SOON = NOON + timedelta(hours=1)


@pytest.fixture
def rep():
    return RepFactory().user


def results(*deeds):
    """What each deed returned or raised, all done at the same time."""

    def doing(deed):
        try:
            return deed()
        except (DealChangedError, AnswerChangedError) as refused:
            return refused

    works = [Work(lambda deed=deed: doing(deed)) for deed in deeds]
    return [work.result() for work in works]


def test_two_workers_send_each_invitation_once(rep):
    guests = [Invited(f"guest{number}@example.com") for number in range(20)]
    plan = Plan("Demo", NOON + timedelta(days=1), 30, "", "", guests)
    meetings.schedule(lead=owned_lead(rep), plan=plan, actor=rep, now=NOON)
    # The bell had them sent at once.
    Invitation.objects.update(state=OwedState.DUE, attempts=0, ended_at=None)
    mail.outbox.clear()

    counts = results(*[lambda: invitations.send_owed(now=SOON)] * 2)

    assert sum(counts) == 20
    assert len({one.to[0] for one in mail.outbox}) == len(mail.outbox) == 20
    assert set(Invitation.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.parametrize("number", range(3))
def test_of_two_who_edit_a_deal_at_once_one_is_told(rep, number):
    deal = DealFactory(lead=owned_lead(rep, Stage.OPPORTUNITY), owner=rep)
    seen = [Deal.objects.get(pk=deal.pk) for _person in range(2)]

    def saved(one, name):
        terms = Terms(name, Decimal(5), "EUR", DealStage.PROPOSAL, None)
        return deals.edit(deal=one, version=1, terms=terms, actor=rep, now=SOON)

    ended = results(lambda: saved(seen[0], "One"), lambda: saved(seen[1], "Two"))

    told = [one for one in ended if isinstance(one, DealChangedError)]
    assert len(told) == 1
    assert Deal.objects.get().version == 2


def test_of_two_who_answer_at_once_one_is_told(rep):
    lead = owned_lead(rep)

    def answered(note):
        return qualification.answer(
            lead=lead,
            question=Question.NEED,
            state=AnswerState.KNOWN,
            note=note,
            seen=0,
            actor=rep,
            now=SOON,
        )

    ended = results(lambda: answered("One"), lambda: answered("Two"))

    assert sum(isinstance(one, AnswerChangedError) for one in ended) == 1
    assert Answer.objects.count() == 1
