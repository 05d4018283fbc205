"""The pages of the questions: asking from the brief, the list, the answer box."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from handoff.inquiries import asking
from handoff.models import Inquiry
from leads.choices import Role
from tests.handoff.factories import HandoffFactory, manager
from tests.leads.factories import NOON, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = reverse("handoff:inquiries")


@pytest.fixture
def marketer():
    return UserFactory(role=Role.MARKETER)


def asked(**handoff):
    made = HandoffFactory(**handoff)
    return asking.ask(handoff=made, text="Who signs <there>?", actor=made.rep, now=NOON)


def answer_of(client, inquiry, text, **headers):
    address = reverse("handoff:inquiries_answer", args=[inquiry.pk])
    return client.post(address, {"text": text}, **headers)


def test_a_rep_asks_from_the_queue_and_reads_the_answer_in_the_brief(client, marketer):
    handoff = HandoffFactory()
    client.force_login(handoff.rep)
    address = reverse("handoff:ask", args=[handoff.pk])
    assert "Ask marketing about" in client.get(address).content.decode()

    answer = client.post(address, {"text": "Who signs?", "tab": "mine"})

    assert answer.url == f"/queue/?tab=mine&open={handoff.pk}"
    asking.answer(
        inquiry=Inquiry.objects.get(), text="The CFO.", actor=marketer, now=NOON
    )
    assert "The CFO." in client.get(answer.url).content.decode()
    lead_page = client.get(reverse("leads:detail", args=[handoff.lead_id]))
    assert "The CFO." in lead_page.content.decode()


def test_an_empty_question_is_asked_again(client):
    handoff = HandoffFactory()
    client.force_login(handoff.rep)

    answer = client.post(reverse("handoff:ask", args=[handoff.pk]), {"text": " "})

    assert answer.status_code == 422
    assert not Inquiry.objects.exists()


def test_marketing_answers_from_the_list(client, marketer):
    inquiry = asked()
    client.force_login(marketer)
    page = client.get(LIST).content.decode()
    assert "Who signs &lt;there&gt;?" in page
    assert f'id="answer-{inquiry.pk}-text"' in page

    refused = answer_of(client, inquiry, "", headers={"hx-request": "true"})
    done = answer_of(client, inquiry, "The CFO.", headers={"hx-request": "true"})
    late = answer_of(client, inquiry, "The CEO.", headers={"hx-request": "true"})

    assert [one.status_code for one in (refused, done, late)] == [422, 200, 409]
    assert "Who signs" not in client.get(LIST).content.decode()
    assert "The CFO." in client.get(f"{LIST}?tab=ended").content.decode()


def test_without_script_answering_leads_back(client, marketer):
    inquiry = asked()
    client.force_login(marketer)

    assert answer_of(client, inquiry, "").status_code == 422
    assert answer_of(client, inquiry, "The CFO.").url == LIST


def test_a_rep_takes_the_own_question_back_and_sees_no_other(client):
    mine, other = asked(), asked()
    client.force_login(mine.asked_by)
    address = "handoff:inquiries_withdraw"

    assert client.post(reverse(address, args=[mine.pk])).url == LIST
    assert client.post(reverse(address, args=[other.pk])).status_code == 404
    assert answer_of(client, other, "Yes.").status_code == 404
    assert str(other.handoff.lead) not in client.get(LIST).content.decode()
    mine.refresh_from_db()
    assert mine.state == "withdrawn"


def test_who_only_sells_asks_about_offers_that_are_theirs(client):
    handoff = HandoffFactory()
    client.force_login(RepFactory().user)

    answer = client.post(reverse("handoff:ask", args=[handoff.pk]), {"text": "Who?"})

    assert answer.status_code == 404


def test_ten_questions_cost_no_more_queries_than_one(client, django_assert_num_queries):
    asked()
    client.force_login(manager())
    client.get(LIST)
    with CaptureQueriesContext(connection) as for_one:
        client.get(LIST)
    for _number in range(9):
        asked()

    with django_assert_num_queries(len(for_one)):
        client.get(LIST)
