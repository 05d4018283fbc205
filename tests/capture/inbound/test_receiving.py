"""Webhooks from outside: signed, taken once, and what is refused is shown."""

import base64
import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from leads.capture import api_requests
from leads.capture.inbound import receiving, sources
from leads.capture.limits import Limit
from leads.capture.models import ReceivedWebhook, RefusedRecord, WebhookSource
from leads.choices import Role
from leads.models import Activity, Lead, User
from tests.bad_inputs import body_of, listed
from tests.capture.inbound.senders import (
    BATCH,
    PERSON,
    VISIT,
    headers_for,
    headers_of_case,
    make_source,
    post,
    send,
)
from tests.leads.factories import NOON, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
HOOKS = "/settings/webhooks/"


@pytest.fixture
def source(workspace, client):
    client.raise_request_exception = False
    return make_source()[0]


def counts():
    models = (Lead, Activity, ReceivedWebhook, RefusedRecord)
    return [model.objects.count() for model in models]


def test_leads_and_their_activities_come_in_one_message(client, source):
    answer = send(client, source)

    assert answer.status_code == 200
    assert answer.json() == {
        "leads": {"created": 1, "updated": 0, "unchanged": 0, "rejected": []},
        "activities": {"accepted": 1, "duplicates": 0, "rejected": []},
    }
    assert "Set-Cookie" not in answer
    assert Activity.objects.get().lead == Lead.objects.get()
    assert Activity.objects.get().source_system == "events"


def test_the_same_message_again_is_answered_alike_and_does_nothing(client, source):
    first = send(client, source)
    cache.clear()
    again = send(client, source, age=200)
    other = send(client, source, {"leads": [{"email": "b@acme.example"}]})

    assert (first.json(), again.status_code) == (again.json(), 200)
    assert other.status_code == 409
    assert counts() == [1, 1, 1, 0]


def test_what_is_refused_is_listed_and_shown_to_marketers(client, source):
    broken = {"email": "not an address", "first_name": "</script>\u0000\ud800"}
    content = {"leads": [PERSON, broken], "activities": [VISIT | {"kind": "dance"}]}

    answer = send(client, source, content).json()

    assert [one["field"] for one in answer["leads"]["rejected"]]
    assert answer["activities"]["rejected"][0] | {"reason": ""} == {
        "index": 0,
        "field": "kind",
        "reason": "",
    }
    received = ReceivedWebhook.objects.get()
    assert (received.taken, received.refused) == (1, 2)
    client.force_login(UserFactory(role=Role.MARKETER))
    assert received.webhook_id in client.get("/imports/webhooks/").content.decode()
    page = client.get(received.get_absolute_url()).content.decode()
    assert "leads 1" in page
    assert "not an address" in page
    assert "</script>\\u0000" not in page
    client.force_login(UserFactory(role=Role.REP))
    assert client.get("/imports/webhooks/").status_code == 403
    assert client.get(received.get_absolute_url()).status_code == 403


def test_it_may_do_what_its_person_may(client, workspace):
    source, _secret = make_source(user=RepFactory().user)

    assert send(client, source).status_code == 403
    assert counts() == [0, 0, 0, 0]
    Lead.objects.create(email=PERSON["email"], email_key=PERSON["email"])
    answer = send(client, source, {"activities": [VISIT]}).json()
    assert len(answer["activities"]["rejected"]) == 1
    assert not Activity.objects.exists()


def test_for_a_day_after_it_was_replaced_the_former_secret_counts(client, workspace):
    source, former = make_source()
    present = sources.rotate(source=source, now=timezone.now())

    codes = [send(client, source, secret=one).status_code for one in (former, present)]
    WebhookSource.objects.update(former_until=timezone.now())
    late = send(client, source, secret=former)

    assert codes == [200, 200]
    assert late.status_code == 401


def test_nobody_sends_to_a_source_that_is_off_gone_or_whose_person_left(client, source):
    def code():
        return send(client, source).status_code

    sources.switch(source=source, is_on=False)
    assert code() == 401
    sources.switch(source=source, is_on=True)
    User.objects.filter(pk=source.user_id).update(is_active=False)
    assert code() == 401
    sources.remove(source=WebhookSource.objects.get())
    assert code() == 401
    assert counts() == [0, 0, 0, 0]


def test_who_sends_too_often_is_told_when_to_come_back(client, source, monkeypatch):
    few = Limit(count=1, period=timedelta(hours=1), burst=1)
    monkeypatch.setattr("leads.capture.inbound.api.PER_KEY", few)

    answers = [send(client, source, webhook_id=f"m{n}") for n in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert int(answers[1]["Retry-After"]) > 3_000


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"deals": []}', 422),
        (b'{"leads": {}}', 422),
        (b'{"leads": []}', 422),
        (json.dumps({"activities": [1] * 1_001}).encode(), 422),
        (b'{"leads": "' + b"x" * api_requests.BATCH_BYTES + b'"}', 413),
    ],
)
def test_what_is_no_batch_is_refused_whole(client, source, content, code):
    answer = send(client, source, content)

    assert answer.status_code == code
    assert answer["Content-Type"] == "application/problem+json"
    assert counts() == [0, 0, 0, 0]


def test_every_hostile_signature_gets_the_same_refusal_and_leaves_no_row(
    client, source
):
    other, other_secret = make_source()
    own = sources.rotate(source=source, now=NOON - timedelta(days=9))
    body = json.dumps(BATCH).encode()
    sources.switch(source=other, is_on=False)
    plain = [
        (case, expect)
        for case, expect in listed("webhook_signatures")
        if not {"replay", "grace"} & case.keys()
    ]
    for case, expect in plain:
        secret = {"other": other_secret, "": "whsec_"}.get(case.get("secret"), own)
        to = other if case.get("endpoint") == "revoked" else source
        sent = json.dumps(BATCH, indent=1).encode() if "tamper" in case else body
        if case.get("tamper") == "body":
            sent = body.replace(b"Maya", b"Mara")
        if case.get("tamper") in ("id", "timestamp"):
            sent = body
        answer = post(client, to, sent, headers_of_case(case, secret, body))

        assert answer.status_code < 500, case["id"]
        if expect == "accept":
            assert answer.status_code == 200, case["id"]
            Lead.objects.all().delete()
            ReceivedWebhook.objects.all().delete()
        elif expect == "reject" or answer.status_code != 200:
            assert answer.status_code == 401, case["id"]
            assert answer.json()["detail"] == "The message is not signed as it must be."
            assert counts() == [0, 0, 0, 0], case["id"]


def test_odd_bodies_and_fields_rightly_signed_are_never_an_error_of_ours(
    client, source
):
    bodies = [body_of(case) for case, _expect in listed("json_bodies")]
    for number, body in enumerate(filter(None, bodies)):
        answer = send(client, source, body, webhook_id=f"b{number}")
        assert answer.status_code < 500
    for number, (case, _expect) in enumerate(listed("json_fields")):
        record = VISIT | case.get("set", {})
        content = {"activities": [record], "leads": [PERSON | case.get("set", {})]}
        answer = send(client, source, content, webhook_id=f"f{number}")
        assert answer.status_code in (200, 400, 422), case["id"]


def test_a_body_that_is_not_utf_8_is_refused_before_it_is_read(client, source):
    assert send(client, source, b'{"leads": ["\xff"]}').status_code == 401
    body = json.dumps(BATCH).encode()
    headers = headers_for("whsec_" + base64.b64encode(b"x" * 32).decode(), body)
    assert post(client, source, body, headers).status_code == 401
    form = post(client, source, body, headers, content_type="text/plain")
    assert form.status_code == 415


def test_what_was_received_is_forgotten_after_thirty_days(client, source):
    send(client, source, {"leads": [PERSON, {}]})

    assert receiving.forget(now=timezone.now()) == 0
    assert receiving.forget(now=timezone.now() + timedelta(days=31)) == 2
    assert counts() == [1, 0, 0, 0]


def test_an_administrator_makes_switches_and_removes_a_source(client, workspace):
    client.force_login(User.objects.create_superuser("ada@baton.example", None))
    manager, rep = UserFactory(role=Role.MANAGER), UserFactory(role=Role.REP)
    said = {"name": "Events", "user": manager.pk, "source_system": "events"}

    refused = client.post(f"{HOOKS}sources/new/", said | {"user": rep.pk})
    made = client.post(f"{HOOKS}sources/new/", said)

    assert refused.status_code == 422
    source = WebhookSource.objects.get()
    page = made.content.decode()
    assert "whsec_" in page
    assert f"/api/v1/hooks/{source.slug}" in page
    address = source.get_absolute_url()
    send(client, source, {"leads": [PERSON, {"email": "no"}]})
    for path in (HOOKS, address):
        assert "whsec_" not in client.get(path).content.decode()
    assert "msg_1" in client.get(address).content.decode()
    client.post(f"{address}switch/", {"is_on": "0"})
    assert not WebhookSource.objects.get().is_on
    assert "whsec_" in client.post(f"{address}rotate/").content.decode()
    client.get(f"{address}remove/")
    client.post(f"{address}remove/")
    assert not WebhookSource.objects.exists()
    assert Lead.objects.count() == 1


def test_only_administrators_see_the_sources(client, source):
    paths = [f"{HOOKS}sources/new/", source.get_absolute_url()]
    paths += [f"{source.get_absolute_url()}{deed}/" for deed in ("rotate", "remove")]

    client.force_login(UserFactory(role=Role.MANAGER))

    assert {client.get(path).status_code for path in paths} == {403}
