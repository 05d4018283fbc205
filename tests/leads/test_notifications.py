"""What happened stands in the list of whoever it concerns, once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads import bulk, notifications
from leads.choices import MailTiming, NotificationKind
from leads.models import (
    Notification,
    NotificationChoice,
    NotificationDelivery,
    NotificationPreference,
)
from leads.notifications import News
from tests.leads.factories import (
    NOON,
    LeadFactory,
    NotificationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
PAGE = "/notifications/"
PREFERENCES = "/notifications/preferences/"


def news(person, event="one", kind=NotificationKind.PAST_DUE):
    return News(person.pk, kind, event, "A decision is past due", ("Maya",), "/queue/")


def form(**changes):
    wishes = {f"{kind.value}-mail": "off" for kind in NotificationKind}
    times = {"quiet_from": "", "quiet_until": "", "digest_hour": "8", "chat_url": ""}
    return wishes | times | changes


@pytest.fixture
def person(client):
    person = UserFactory()
    client.force_login(person)
    return person


def test_nobody_is_told_twice_of_one_event(person):
    told = [
        notifications.notify(news=[news(person), news(person)], now=NOON)
        for _again in range(2)
    ]

    assert told == [1, 0]
    assert Notification.objects.get().person == person
    assert NotificationDelivery.objects.get().channel == "mail"


def test_two_people_are_told_of_the_same_event(person):
    other = UserFactory()

    assert notifications.notify(news=[news(person), news(other)], now=NOON) == 2


def test_what_is_not_urgent_stands_in_the_list_alone(person):
    one = news(person, kind=NotificationKind.IMPORT_FINISHED)

    notifications.notify(news=[one], now=NOON)

    assert not NotificationDelivery.objects.exists()


def test_the_person_chooses_how_to_be_told(person):
    NotificationPreference.objects.create(
        person=person, chat_url="https://chat.example/x"
    )
    NotificationChoice.objects.create(
        person=person, kind="past_due", mail=MailTiming.DAILY, is_chatted=True
    )

    notifications.notify(news=[news(person)], now=NOON)

    found = NotificationDelivery.objects.order_by("channel")
    assert [(one.channel, one.is_digest) for one in found] == [
        ("mail", True),
        ("webhook", False),
    ]
    assert found[0].not_before > NOON


def test_ten_news_cost_as_many_queries_as_one(person, django_assert_num_queries):
    people = UserFactory.create_batch(11)
    with CaptureQueriesContext(connection) as for_one:
        notifications.notify(news=[news(people[0])], now=NOON)

    with django_assert_num_queries(len(for_one)):
        notifications.notify(news=[news(one) for one in people[1:]], now=NOON)


def test_opening_news_leads_to_the_thing_and_marks_it_read(client, person):
    one = NotificationFactory(person=person, path="/definitions/")

    answer = client.get(f"{PAGE}{one.pk}/")

    assert (answer.status_code, answer["Location"]) == (302, "/definitions/")
    one.refresh_from_db()
    assert one.read_at


def test_anothers_news_is_not_found(client, person):
    theirs = NotificationFactory()

    assert client.get(f"{PAGE}{theirs.pk}/").status_code == 404
    assert theirs.title not in client.get(PAGE).text


def test_all_can_be_marked_as_read(client, person):
    NotificationFactory.create_batch(2, person=person)
    theirs = NotificationFactory()

    answer = client.post(f"{PAGE}read/", follow=True)

    assert "All is marked as read." in answer.text
    assert notifications.unread(person=person) == 0
    assert notifications.unread(person=theirs.person) == 1


def test_the_bell_tells_how_many_are_unread(client, person):
    NotificationFactory.create_batch(3, person=person)

    assert "3 unread" in client.get(f"{PAGE}bell/").text


def test_ten_rows_cost_as_many_queries_as_one(
    client, person, django_assert_num_queries
):
    NotificationFactory(person=person)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as for_one:
        client.get(PAGE)
    NotificationFactory.create_batch(9, person=person)

    with django_assert_num_queries(len(for_one)):
        client.get(PAGE)


def test_preferences_are_kept_and_shown_again(client, person):
    sent = form(quiet_from="20:00", quiet_until="07:30", **{"task_due-mail": "daily"})

    answer = client.post(PREFERENCES, sent, follow=True)

    assert "Saved." in answer.text
    assert 'value="20:00"' in answer.text
    assert NotificationChoice.objects.get(kind="task_due").mail == "daily"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"quiet_from": "20:00"}, "Quiet hours need a beginning and an end."),
        ({"digest_hour": "24"}, "less than or equal to 23"),
        ({"chat_url": "http://chat.example/"}, "https"),
        ({"chat_url": "javascript:alert(1)"}, "error"),
        ({"past_due-mail": "weekly"}, "weekly is not one of the available choices"),
    ],
)
def test_what_cannot_be_is_told_beside_the_field(client, person, change, problem):
    answer = client.post(PREFERENCES, form(**change))

    assert answer.status_code == 422
    assert problem in answer.text
    assert not NotificationPreference.objects.exists()


def test_news_told_twice_at_once_is_one():
    lead, person = LeadFactory(), UserFactory()
    row = {"person": person, "kind": "past_due", "event": "once", "lead": lead}
    first = Notification(**row, made_at=NOON, title="First")
    second = Notification(**row, made_at=NOON, title="Second")

    bulk.insert_many([first], known_by=("person", "event"))
    bulk.insert_many([second], known_by=("person", "event"))

    assert second.pk == first.pk
    assert Notification.objects.get().title == "First"
