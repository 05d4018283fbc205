from datetime import timedelta

import pytest
from django.urls import reverse

from handoff import lifecycle
from handoff.models import Participant
from handoff.selling import conversations
from handoff.selling.conversations import ConversationError
from tests.handoff.factories import HandoffFactory
from tests.leads.factories import NOON, AccountFactory, LeadFactory, RepFactory

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(hours=1)


@pytest.fixture
def handoff():
    lead = LeadFactory(account=AccountFactory(), stage="sql")
    handoff = HandoffFactory(lead=lead, brief={"people": []})
    lifecycle.accept(handoff=handoff, actor=handoff.rep, now=NOON)
    return handoff


@pytest.fixture
def colleague(handoff):
    return LeadFactory(account=handoff.lead.account, first_name="Jon", title="Buyer")


def take_in(handoff, person):
    return conversations.take_in(
        handoff=handoff, person=person, actor=handoff.rep, now=SOON
    )


def test_a_colleague_takes_part_once(handoff, colleague):
    for _turn in range(2):
        take_in(handoff, colleague)

    assert Participant.objects.get().lead == colleague


def test_a_colleague_is_taken_out_again(handoff, colleague):
    take_in(handoff, colleague)

    for _turn in range(2):
        conversations.take_out(handoff=handoff, person=colleague, actor=handoff.rep)

    assert not Participant.objects.exists()


def test_nobody_of_another_company_takes_part(handoff):
    with pytest.raises(ConversationError, match="same company"):
        take_in(handoff, LeadFactory(account=AccountFactory()))


def test_the_lead_itself_takes_part_anyway(handoff):
    with pytest.raises(ConversationError, match="same company"):
        take_in(handoff, handoff.lead)


def test_who_takes_part_comes_first_after_the_lead(handoff, colleague):
    other = LeadFactory(account=handoff.lead.account, last_name="Aaron")
    take_in(handoff, colleague)

    found = conversations.people(lead=handoff.lead, handoff=handoff)

    assert list(found) == [handoff.lead, colleague, other]


def test_who_takes_part_stands_on_the_brief_and_in_the_meeting(
    client, handoff, colleague
):
    client.force_login(handoff.rep)
    address = reverse("handoff:take_in", args=[handoff.lead_id, colleague.pk])

    client.post(address)

    page = client.get(reverse("leads:detail", args=[handoff.lead_id])).content.decode()
    assert "Taking part" in page
    meeting = client.get(reverse("handoff:meeting_new", args=[handoff.lead_id]))
    chosen = meeting.context["form"].initial["people"]
    assert chosen == [handoff.lead_id, colleague.pk]


def test_another_reps_conversation_is_not_found(client, handoff, colleague):
    client.force_login(RepFactory().user)
    address = reverse("handoff:take_in", args=[handoff.lead_id, colleague.pk])

    assert client.post(address).status_code == 404
