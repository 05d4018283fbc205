"""News goes out by mail and chat: once, later where that is wanted, and not in vain."""

import json
from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads import deliveries, outgoing
from leads.choices import NotificationChannel, Role
from leads.models import NotificationDelivery, NotificationPreference, User
from leads.outgoing import Answer, RefusedAddressError
from leads.owed import MAX_ATTEMPTS, OwedQuerySet, OwedState
from tests.leads.factories import (
    NOON,
    DeliveryFactory,
    NotificationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
PAGE = "/operations/"


class CrashError(Exception):
    """Ends a worker in the middle of its work."""


def raising(error):
    def fail(*_args, **_options):
        raise error

    return fail


@pytest.fixture
def broken_server(monkeypatch):
    monkeypatch.setattr(
        EmailMessage, "send", raising(ConnectionRefusedError("nobody listens"))
    )


@pytest.fixture
def chat(monkeypatch):
    """What was posted; answers as it is told to."""
    posted = []

    def post(*, url, body, headers):
        posted.append((url, json.loads(body)))
        return Answer(200, b"ok", 0.1)

    monkeypatch.setattr(outgoing, "post", post)
    return posted


@pytest.fixture
def stuck():
    return DeliveryFactory(
        state=OwedState.STUCK,
        attempts=MAX_ATTEMPTS,
        ended_at=NOON,
        last_error="SMTPRecipientsRefused: no such person",
    )


def chatted(**options):
    delivery = DeliveryFactory(channel=NotificationChannel.WEBHOOK, **options)
    NotificationPreference.objects.create(
        person=delivery.notification.person, chat_url="https://chat.example/hook"
    )
    return delivery


def test_a_second_worker_does_not_send_what_the_first_is_sending(
    mailoutbox, monkeypatch
):
    DeliveryFactory()
    send, meanwhile = EmailMessage.send, []

    def slowly(self, fail_silently=False):
        meanwhile.append(deliveries.send_owed(now=NOON))
        return send(self)

    monkeypatch.setattr(EmailMessage, "send", slowly)

    assert deliveries.send_owed(now=NOON) == 1
    assert (meanwhile, len(mailoutbox)) == ([0], 1)


def test_after_a_crash_it_is_sent_again_under_the_same_id(mailoutbox, monkeypatch):
    DeliveryFactory()
    with monkeypatch.context() as crashing:
        crashing.setattr(OwedQuerySet, "finish", raising(CrashError()))
        with pytest.raises(CrashError):
            deliveries.send_owed(now=NOON)

    assert deliveries.send_owed(now=NOON + timedelta(minutes=6)) == 1

    first, second = (mail.extra_headers["Message-ID"] for mail in mailoutbox)
    assert first == second


def test_a_failure_leaves_it_due_and_it_is_sent_later(mailoutbox, monkeypatch):
    delivery = DeliveryFactory()
    with monkeypatch.context() as broken:
        refused = SMTPRecipientsRefused({"a@b.example": (450, b"busy")})
        broken.setattr(EmailMessage, "send", raising(refused))
        assert deliveries.send_owed(now=NOON) == 0

    delivery.refresh_from_db()
    assert delivery.state == OwedState.DUE
    assert "busy" in delivery.last_error
    assert deliveries.send_owed(now=NOON) == 0
    assert deliveries.send_owed(now=NOON + timedelta(seconds=10)) == 1


def test_a_server_that_is_away_costs_one_try_a_round(broken_server):
    for _number in range(3):
        DeliveryFactory()

    deliveries.send_owed(now=NOON)

    attempts = NotificationDelivery.objects.values_list("attempts", flat=True)
    assert sorted(attempts) == [0, 0, 1]


def test_after_five_failures_it_is_stuck_and_can_be_run_again(
    broken_server, mailoutbox, monkeypatch
):
    delivery = DeliveryFactory()
    for hour in range(MAX_ATTEMPTS):
        deliveries.send_owed(now=NOON + timedelta(hours=hour))
    delivery.refresh_from_db()
    assert delivery.is_stuck
    monkeypatch.undo()

    every = NotificationDelivery.objects.all()
    assert deliveries.run_again(deliveries=every, now=NOON) == 1

    assert deliveries.send_owed(now=NOON) == 1


def test_who_has_left_is_told_nothing(mailoutbox):
    delivery = DeliveryFactory()
    User.objects.update(is_active=False)

    assert deliveries.send_owed(now=NOON) == 0

    delivery.refresh_from_db()
    assert (delivery.state, mailoutbox) == (OwedState.CANCELLED, [])


def test_what_waits_for_one_hour_goes_out_in_one_mail(mailoutbox):
    person = UserFactory()
    for title in ("One", "Two", "Three"):
        news = NotificationFactory(person=person, title=title)
        DeliveryFactory(notification=news, is_digest=True)
    DeliveryFactory(is_digest=True)

    assert deliveries.send_owed(now=NOON) == 2

    digest, other = mailoutbox
    assert digest.subject == "3 news"
    assert [digest.body.count(title) for title in ("One", "Two", "Three")] == [1, 1, 1]
    assert other.to != [person.email]


def test_chat_gets_a_message_that_slack_reads(chat, settings):
    settings.SITE_URL = "https://baton.example"
    chatted()

    assert deliveries.send_owed(now=NOON) == 1

    text = (
        "The import of leads.csv has finished\n12 created, 3 updated\n"
        "https://baton.example/leads/"
    )
    assert chat == [("https://chat.example/hook", {"text": text})]


def test_an_address_inside_our_network_is_not_called(monkeypatch):
    monkeypatch.setattr(
        outgoing, "post", raising(RefusedAddressError("not a public address"))
    )
    delivery = chatted()

    assert deliveries.send_owed(now=NOON) == 0

    delivery.refresh_from_db()
    assert "not a public address" in delivery.last_error


def manager(client):
    client.force_login(UserFactory(role=Role.MANAGER))


def test_a_manager_finds_what_is_stuck_and_runs_it_again(client, stuck, mailoutbox):
    manager(client)

    page = client.get(PAGE)
    answer = client.post(f"{PAGE}{stuck.pk}/run-again/", follow=True)

    assert "no such person" in page.text
    assert "1 message will be tried again." in answer.text
    assert "Nothing is stuck" in answer.text
    stuck.refresh_from_db()
    assert stuck.state == OwedState.DUE


def test_all_that_is_stuck_can_be_run_again_at_once(client, stuck):
    DeliveryFactory(state=OwedState.STUCK, ended_at=NOON)
    manager(client)

    assert "Run all again" in client.get(PAGE).text
    client.post(f"{PAGE}run-again/")

    assert not deliveries.count_stuck()


@pytest.mark.parametrize("role", [Role.REP, Role.MARKETER])
def test_others_do_not_see_operations(client, stuck, role):
    client.force_login(UserFactory(role=role))

    answers = [client.get(PAGE), client.post(f"{PAGE}{stuck.pk}/run-again/")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert PAGE not in client.get("/leads/").text


def test_ten_stuck_rows_cost_as_many_queries_as_one(
    client, stuck, django_assert_num_queries
):
    manager(client)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as for_one_row:
        client.get(PAGE)
    for _number in range(9):
        DeliveryFactory(state=OwedState.STUCK, ended_at=NOON)

    with django_assert_num_queries(len(for_one_row)):
        client.get(PAGE)
