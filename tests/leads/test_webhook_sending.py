"""Webhooks go out signed, again under the same id, and not for ever."""

import json
from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from leads import outgoing, signing, webhook_sending, webhooks
from leads.choices import NotificationKind, WebhookKind
from leads.models import Notification, User, WebhookDelivery, WebhookEndpoint
from leads.outgoing import Answer, NoAnswerError
from leads.owed import LEASE, OwedState
from tests.leads.factories import (
    NOON,
    EndpointFactory,
    LeadFactory,
    WebhookDeliveryFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
KINDS_TOLD = ("deal.won", "lead.stage_changed", "test")


class Receiver:
    """What was posted, and the answers that are given: a code, or an error."""

    def __init__(self):
        self.posted, self.answer = [], 204

    def post(self, *, url, body, headers):
        self.posted.append((url, body, headers))
        if isinstance(self.answer, Exception):
            raise self.answer
        return Answer(self.answer, b"so it says", 0.1)

    @property
    def ids(self):
        return [headers["webhook-id"] for _url, _body, headers in self.posted]


@pytest.fixture
def receiver(monkeypatch):
    made = Receiver()
    monkeypatch.setattr(outgoing, "post", made.post)
    return made


@pytest.fixture
def administrator():
    return User.objects.create_superuser("ada@baton.example", None)


def send_for(span, *, step, since=NOON):
    """Let the sweep come by for so long."""
    for number in range(int(span / step)):
        webhook_sending.send_owed(now=since + number * step)


def signature_of(secret, headers, body):
    at = webhook_sending.datetime.fromtimestamp(
        int(headers["webhook-timestamp"]), tz=NOON.tzinfo
    )
    return Webhook(secret).sign(headers["webhook-id"], at, body.decode())


def test_a_message_is_signed_with_the_endpoints_secret(receiver):
    delivery = WebhookDeliveryFactory()

    assert webhook_sending.send_owed(now=NOON) == 1

    [(url, body, headers)] = receiver.posted
    secret = signing.secret_of(delivery.endpoint.seed)
    assert (url, body.decode()) == (delivery.endpoint.url, delivery.body)
    assert headers["webhook-id"] == delivery.message_id
    assert headers["webhook-signature"] == signature_of(secret, headers, body)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.answer_code) == (OwedState.DONE, 204)
    assert webhook_sending.send_owed(now=NOON) == 0


def test_for_a_day_after_its_secret_was_replaced_both_sign(receiver):
    endpoint = EndpointFactory()
    former = signing.secret_of(endpoint.seed)
    present = webhooks.rotate(endpoint=endpoint, now=NOON)
    for at in (NOON, NOON + 2 * DAY):
        WebhookDeliveryFactory(endpoint=endpoint)
        webhook_sending.send_owed(now=at)

    (_url, body, first), (_url, later_body, later) = receiver.posted
    assert former != present
    assert first["webhook-signature"].split() == [
        signature_of(present, first, body),
        signature_of(former, first, body),
    ]
    expected = signature_of(present, later, later_body)
    assert later["webhook-signature"] == expected


def test_a_secret_outlives_a_change_of_the_workspaces_key(receiver, settings):
    delivery = WebhookDeliveryFactory()
    secret = signing.secret_of(delivery.endpoint.seed)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = settings.SECRET_KEY[::-1]

    webhook_sending.send_owed(now=NOON)

    [(_url, body, headers)] = receiver.posted
    assert signature_of(secret, headers, body) in headers["webhook-signature"]


@pytest.mark.parametrize("answer", [500, 302, NoAnswerError("nobody there")])
def test_a_failure_is_tried_again_later_under_the_same_id(receiver, answer):
    delivery = WebhookDeliveryFactory()
    receiver.answer = answer

    webhook_sending.send_owed(now=NOON)
    webhook_sending.send_owed(now=NOON + timedelta(seconds=4))

    delivery.refresh_from_db()
    assert len(receiver.posted) == 1
    assert delivery.last_error in ("nobody there", f"It answered {answer}: so it says")
    receiver.answer = 200
    assert webhook_sending.send_owed(now=NOON + timedelta(seconds=6)) == 1
    assert receiver.ids == [delivery.message_id] * 2


def test_after_three_days_it_is_given_up_and_the_endpoint_is_off(
    receiver, administrator
):
    delivery = WebhookDeliveryFactory()
    receiver.answer = 500

    send_for(5 * DAY, step=timedelta(minutes=30))

    delivery.refresh_from_db()
    endpoint = delivery.endpoint
    endpoint.refresh_from_db()
    assert delivery.state == OwedState.STUCK
    assert timedelta(days=3) < delivery.ended_at - NOON < timedelta(days=4)
    assert len(receiver.posted) == delivery.attempts == 10
    assert not endpoint.is_on
    assert "500" in endpoint.off_why
    [news] = Notification.objects.filter(kind=NotificationKind.WEBHOOK_OFF)
    assert (news.person, news.path) == (administrator, endpoint.get_absolute_url())


def test_a_receiver_that_is_away_is_asked_now_and_then_and_then_gets_all(receiver):
    endpoint = EndpointFactory()
    waiting = [WebhookDeliveryFactory(endpoint=endpoint) for _each in range(30)]
    receiver.answer = NoAnswerError("away")

    send_for(timedelta(hours=6), step=timedelta(minutes=5))
    tries = len(receiver.posted)
    receiver.answer = 200
    send_for(timedelta(hours=12), step=timedelta(hours=1), since=NOON + DAY)

    assert tries < 15
    assert {*receiver.ids[tries:]} == {one.message_id for one in waiting}
    assert len(receiver.ids[tries:]) == len(waiting)
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since) == (0, None)


def test_a_receiver_that_is_away_holds_no_other_up(receiver, monkeypatch):
    bad, good = EndpointFactory(), EndpointFactory()
    for _each in range(3):
        WebhookDeliveryFactory(endpoint=bad)
        WebhookDeliveryFactory(endpoint=good)

    def post(*, url, body, headers):
        if url == bad.url:
            raise NoAnswerError("away")
        return receiver.post(url=url, body=body, headers=headers)

    monkeypatch.setattr(outgoing, "post", post)

    assert webhook_sending.send_owed(now=NOON) == 3


def test_one_that_says_it_is_gone_is_switched_off_at_once(receiver, administrator):
    delivery = WebhookDeliveryFactory()
    WebhookDeliveryFactory(endpoint=delivery.endpoint)
    receiver.answer = 410

    send_for(DAY, step=timedelta(hours=1))

    assert len(receiver.posted) == 1
    [news] = Notification.objects.filter(person=administrator)
    assert news.lines[1].startswith("2 messages wait")
    receiver.answer = 200
    webhooks.switch(endpoint=delivery.endpoint, is_on=True, now=NOON + DAY)
    assert webhook_sending.send_owed(now=NOON + DAY) == 2


def test_a_test_goes_to_one_that_is_off_and_is_tried_once(receiver):
    endpoint = EndpointFactory(is_on=False)
    WebhookDeliveryFactory(endpoint=endpoint)
    made = webhooks.send_test(endpoint=endpoint, now=NOON)
    receiver.answer = 500

    send_for(DAY, step=timedelta(hours=1))

    made.refresh_from_db()
    endpoint.refresh_from_db()
    assert receiver.ids == [made.message_id]
    assert (made.state, endpoint.failures) == (OwedState.STUCK, 0)


def test_sent_again_it_carries_the_same_id(receiver):
    delivery = WebhookDeliveryFactory()
    webhook_sending.send_owed(now=NOON)

    assert webhooks.send_again(delivery=delivery, now=NOON)
    assert not webhooks.send_again(delivery=delivery, now=NOON)
    webhook_sending.send_owed(now=NOON)

    assert receiver.ids == [delivery.message_id] * 2


def test_what_another_worker_holds_is_left_alone_until_its_lease_is_over(receiver):
    delivery = WebhookDeliveryFactory()
    WebhookDelivery.objects.claim(delivery.pk, now=NOON)

    assert webhook_sending.send_owed(now=NOON + LEASE / 2) == 0
    assert webhook_sending.send_owed(now=NOON + LEASE * 2) == 1


def test_a_removed_endpoint_is_told_nothing_more(receiver):
    delivery = WebhookDeliveryFactory()

    webhooks.remove(endpoint=delivery.endpoint, now=NOON)

    assert webhook_sending.send_owed(now=NOON) == 0
    assert not webhooks.send_again(delivery=delivery, now=NOON)
    assert WebhookEndpoint.objects.filter(removed_at=NOON).count() == 1
    delivery.refresh_from_db()
    assert delivery.state == OwedState.CANCELLED


def test_what_waits_about_a_lead_goes_with_it(receiver):
    delivery = WebhookDeliveryFactory(lead=LeadFactory())

    delivery.lead.delete()

    assert webhook_sending.send_owed(now=NOON) == 0
    assert not receiver.posted


def test_a_channel_of_a_chat_gets_one_text_for_people(receiver):
    lead = {"first_name": "Ada", "last_name": "<b>", "company": "Acme & Co"}
    lead |= {"url": "https://baton.example.com/leads/7/"}
    deal = {"amount": "900.00", "currency": "EUR"}
    endpoint = EndpointFactory(is_chat=True)
    for kind, data in (
        ("deal.won", {"lead": lead, "deal": deal}),
        ("lead.stage_changed", {"lead": lead, "from": "mql", "to": "sql"}),
        ("test", {}),
    ):
        body = json.dumps({"type": kind, "timestamp": "x", "data": data})
        WebhookDeliveryFactory(endpoint=endpoint, kind=kind, body=body)

    send_for(timedelta(minutes=1), step=timedelta(seconds=20))

    texts = [json.loads(body)["text"] for _url, body, _headers in receiver.posted]
    who = "Ada &lt;b&gt;, Acme &amp; Co"
    won, moved, test = (str(WebhookKind(it).label) for it in KINDS_TOLD)
    assert texts == [
        f"{won}: {who}\n900.00 EUR\n{lead['url']}",
        f"{moved}: {who}\nmql → sql\n{lead['url']}",
        test,
    ]
