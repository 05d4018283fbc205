"""The same request many times at once counts once: by key, and by signed message."""

import json

import pytest
from django.test import Client

from leads.capture import keys
from leads.capture.choices import Scope
from leads.capture.models import KeptAnswer, ReceivedWebhook
from leads.choices import Role
from leads.models import Activity, Lead
from tests.capture.inbound.senders import BATCH, VISIT, make_source, send
from tests.connections import Work
from tests.leads.factories import NOON, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


@pytest.fixture(autouse=True)
def quiet(settings):
    """No task runs beside: the requests alone race."""
    settings.BELLS = {bell: [] for bell in settings.BELLS}


def at_once(request):
    """The one answer to so many of the same request at the same time."""
    works = [Work(request) for _number in range(AT_ONCE)]
    answers = [work.result() for work in works]
    assert {answer.status_code for answer in answers} == {200}
    # PostgreSQL keeps the members of an answer in an order of its own.
    [told] = {json.dumps(answer.json(), sort_keys=True) for answer in answers}
    return json.loads(told)


def test_requests_of_one_idempotency_key_at_once_count_once():
    LeadFactory(email=VISIT["email"])
    _key, secret = keys.create(
        name="Shop",
        user=UserFactory(role=Role.MANAGER),
        scopes=[Scope.ACTIVITIES_WRITE],
        source_system="",
        actor=None,
        now=NOON,
    )
    record = {"activities": [VISIT, {**VISIT, "id": "v-2"}]}
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "once"}

    def request():
        return Client().post(
            "/api/v1/activities",
            json.dumps(record),
            content_type="application/json",
            headers=headers,
        )

    answer = at_once(request)

    assert answer["accepted"] == 2
    assert Activity.objects.count() == 2
    assert KeptAnswer.objects.count() == 1


def test_a_signed_message_many_times_at_once_counts_once():
    source, _secret = make_source()

    answer = at_once(lambda: send(Client(), source, BATCH))

    assert answer["leads"]["created"] == 1
    assert (Lead.objects.count(), Activity.objects.count()) == (1, 1)
    assert ReceivedWebhook.objects.count() == 1
