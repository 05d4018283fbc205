"""What every request goes through: key, scope, limit, cookies, bodies, problems."""

import logging
import sqlite3
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from leads.capture import api_requests, keys
from leads.capture.choices import Scope
from leads.capture.limits import Limit
from leads.capture.models import ApiKey, KeptAnswer
from leads.choices import Role
from leads.models import Activity, Lead, User
from tests.api.conftest import ApiClient
from tests.bad_inputs import body_of, listed
from tests.leads.factories import NOON, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
ADA = {"email": "ada@acme.example"}
ADDRESSES = [
    *(("get", "leads"), ("get", "leads/1"), ("get", "leads/1/score")),
    *(("post", "leads"), ("post", "activities"), ("post", "deals")),
    *(("get", "handoffs"), ("post", "handoffs/1/accept")),
    *(("post", "handoffs/1/reject"), ("get", "reports/funnel")),
]


def is_problem(answer, status):
    same = answer.data["status"] == answer.status_code == status
    return same and answer["Content-Type"] == PROBLEM


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
@pytest.mark.parametrize("secret", ["", "baton_wrong", "x" * 5_000, "baton_é"])
def test_nothing_is_told_without_a_key(workspace, client, method, path, secret):
    client.force_login(UserFactory(role=Role.MANAGER))

    answer = ApiClient(client, secret)
    answer = answer.get(path) if method == "get" else answer.post(path, {})

    assert is_problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Bearer"
    assert "Set-Cookie" not in answer


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_a_key_does_only_what_its_scopes_say(api_of, method, path):
    ours = {"leads/1/score": "leads", "leads/1": "leads"}.get(path, path.split("/")[0])
    verb = "read" if method == "get" else {"handoffs": "decide"}.get(ours, "write")
    others = [scope for scope in Scope.values if scope != f"{ours}:{verb}"]
    api = api_of(UserFactory(role=Role.MANAGER), *others)

    answer = api.get(path) if method == "get" else api.post(path, {})

    assert is_problem(answer, 403)
    assert f"{ours}:{verb}" in answer.data["detail"]


def test_a_key_ends_when_it_is_revoked_or_its_person_is_deactivated(api_of):
    manager = UserFactory(role=Role.MANAGER)
    api = api_of(manager)
    assert api.get("leads").status_code == 200

    User.objects.update(is_active=False)
    assert is_problem(api.get("leads"), 401)

    User.objects.update(is_active=True)
    assert keys.revoke(key=ApiKey.objects.get(), actor=manager, now=NOON)
    assert is_problem(api.get("leads"), 401)


def test_a_key_is_kept_as_a_hash_and_its_use_is_noted(api):
    before = timezone.now()
    api.get("leads")

    key = ApiKey.objects.get()
    secret = api.headers["Authorization"].removeprefix("Bearer ")
    assert secret not in str(ApiKey.objects.values().get())
    assert secret.startswith(key.prefix)
    assert key.last_used_at >= before


def test_no_secret_is_logged(api, caplog):
    caplog.set_level(logging.DEBUG)
    secret = api.headers["Authorization"]

    api.post("leads", {"email": "nobody"})
    api.get("nowhere")

    assert secret.removeprefix("Bearer ") not in caplog.text


def test_who_asks_too_often_is_told_when_to_come_back(api, monkeypatch):
    few = Limit(count=1, period=timedelta(hours=1), burst=2)
    monkeypatch.setattr(api_requests, "PER_KEY", few)

    answers = [api.post("leads", ADA) for _number in range(3)]

    assert [answer.status_code for answer in answers] == [201, 200, 429]
    assert is_problem(answers[2], 429)
    assert 3_000 < int(answers[2]["Retry-After"]) <= 3_600


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        *(("get", "nowhere", 404), ("get", "", 404), ("get", "leads/0", 404)),
        *(
            ("put", "leads", 405),
            ("delete", "leads/1", 405),
            ("get", "activities", 405),
        ),
        *(("frob", "leads", 405), ("trace", "leads", 405), ("options", "leads", 405)),
        ("get", "leads/1/accept", 404),
    ],
)
def test_what_is_not_there_is_told_as_a_problem(api, method, path, status):
    answer = api.client.generic(method.upper(), f"/api/v1/{path}", headers=api.headers)

    assert is_problem(ApiClient._read(answer), status)


def test_no_strange_id_breaks_anything(api):
    lead = LeadFactory()

    for case, expect in listed("ids"):
        value = case["value"].replace("{lead}", str(lead.pk))
        answers = [
            api.get(f"leads/{value}"),
            api.get(f"leads/{value}/score"),
            api.post(f"handoffs/{value}/accept", {}),
            api.post(f"handoffs/{value}/reject", {"reason": "timing"}),
        ]

        allowed = (404,) if expect == "reject" else (200, 404)
        assert {answer.status_code for answer in answers} <= {*allowed}, case["id"]


@pytest.mark.parametrize(
    "content_type",
    [
        *("text/plain", "", "application/x-www-form-urlencoded", "multipart/form-data"),
        *("application/json; charset=utf-16", "application/jsonp", "x" * 10_000),
    ],
)
def test_a_body_that_is_not_json_is_not_read(api, content_type):
    answer = api.post("leads", ADA, content_type=content_type)

    assert is_problem(answer, 415)
    assert not Lead.objects.exists()


def test_a_compressed_body_is_not_read(api):
    answer = api.post("leads", ADA, headers={"Content-Encoding": "gzip"})

    assert is_problem(answer, 415)


def test_a_body_over_the_limit_is_refused_before_it_is_read(api):
    record, batch = b" " * (256 * 1024 + 1), b" " * (1024 * 1024 + 1)

    assert is_problem(api.post("leads", None, raw=record), 413)
    assert is_problem(api.post("activities", None, raw=batch), 413)


@pytest.mark.parametrize("path", ["leads", "activities"])
def test_no_hostile_body_breaks_anything(api, path):
    bodies = {case["id"]: body_of(case) for case, _expect in listed("json_bodies")}

    for name, body in bodies.items():
        if body is None:
            continue  # batches and wide objects, which have tests of their own
        answer = api.post(path, None, raw=body)

        assert answer.status_code in (400, 413, 415, 422), name
        assert answer["Content-Type"] == PROBLEM, name
    assert (Lead.objects.count(), Activity.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "custom",
    [
        '{"a": NaN}',
        '{"a": 1e400}',
        '{"a": -Infinity}',
        '{"a": 9' + "9" * 5_000 + "}",
        '{"a": "x\\u0000y"}',
        '{"a\\u0000b": 1}',
        '{"a": "\\ud800"}',
        '{"a": 1, "a": 2}',
        "{" + ",".join(f'"n{number}": 1' for number in range(10_000)) + "}",
        '{"' + "n" * 100_000 + '": 1}',
        '{"a":' * 5_000 + "1" + "}" * 5_000,
        '{"a":' * 21 + "1" + "}" * 21,
        '{"a": 9223372036854775808}',
    ],
)
def test_what_not_both_databases_can_keep_is_refused(api, custom):
    raw = f'{{"email": "ada@acme.example", "custom": {custom}}}'.encode()

    answer = api.post("leads", None, raw=raw)

    assert answer.status_code in (400, 422)
    assert not Lead.objects.exists()


def assert_taken_as_expected(api, visit, expect, name):
    """One activity counts or is rejected, as the list says, and leaves no more."""
    before = Activity.objects.count()
    answer = api.post("activities", {"activities": [visit]})

    accepted = {"accept": [1], "reject": [0]}.get(expect, [0, 1])
    assert answer.status_code == 200, name
    assert answer.data["accepted"] in accepted, name
    assert answer.data["accepted"] + len(answer.data["rejected"]) == 1, name
    assert Activity.objects.count() - before == answer.data["accepted"], name


def test_no_hostile_field_breaks_anything(api):
    LeadFactory(email="jf@b.example")
    visit = {"email": "jf@b.example", "kind": "page_view"}
    visit |= {"occurred_at": "2026-03-01T10:00:00Z"}
    renamed = {"key": "id", "props": "properties"}

    for case, expect in listed("json_fields"):
        given = {renamed.get(name, name): value for name, value in case["set"].items()}
        sent = {**visit, "id": case["id"], **given}
        assert_taken_as_expected(api, sent, expect, case["id"])


def test_no_strange_date_breaks_anything(api):
    LeadFactory(email="dt@b.example")
    visit = {"email": "dt@b.example", "kind": "page_view"}

    for case, expect in listed("dates"):
        sent = {**visit, "id": case["id"], "occurred_at": case["value"]}
        assert_taken_as_expected(api, sent, expect, case["id"])


def headers_of(case):
    """The headers of a case; none where it is about a socket, a path or a page."""
    if "header_repeat" in case:
        repeat = case["header_repeat"]
        return {repeat["name"]: repeat["prefix"] + repeat["text"] * repeat["times"]}
    pairs = case.get("headers", [])
    return {name: value for name, value in pairs if "{" not in value}


def test_no_strange_header_breaks_anything(api):
    for case, _expect in listed("http"):
        headers = headers_of(case)
        headers.pop("Content-Length", None)
        answer = api.post("leads", ADA, headers=headers)

        assert answer.status_code < 500, case["id"]
        is_fine = answer.status_code < 300 or answer["Content-Type"] == PROBLEM
        assert is_fine, case["id"]


def test_a_database_that_is_away_is_told_as_such(api, monkeypatch):
    def away(**kwargs):
        raise OperationalError("no connection")

    monkeypatch.setattr(keys, "find", away)

    answer = api.get("leads")

    assert is_problem(answer, 503)
    assert answer["Retry-After"] == "2"


def test_who_meets_the_lock_of_somebody_else_is_told_so(api, monkeypatch):
    def locked(**kwargs):
        cause = sqlite3.OperationalError("database is locked")
        cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise OperationalError("database is locked") from cause

    monkeypatch.setattr(keys, "find", locked)

    answer = api.get("leads")

    assert is_problem(answer, 503)
    assert "Somebody else writes the same records" in answer.data["detail"]


def test_plain_http_is_refused_rather_than_redirected(api, settings):
    settings.SECURE_SSL_REDIRECT = True

    answer = ApiClient._read(api.client.get("/api/v1/leads", headers=api.headers))

    assert is_problem(answer, 403)


def test_the_same_request_under_one_key_is_done_once(api):
    lead, headers = LeadFactory(**ADA), {"Idempotency-Key": "k-1"}

    first = api.post("leads", {**ADA, "title": "CTO"}, headers=headers)
    Lead.objects.filter(pk=lead.pk).update(title="CEO")
    again = api.post("leads", {**ADA, "title": "CTO"}, headers=headers)

    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert Lead.objects.get().title == "CEO"


def test_another_request_under_the_same_key_is_refused(api):
    headers = {"Idempotency-Key": "k-1"}
    api.post("leads", ADA, headers=headers)

    answer = api.post("leads", {"email": "bob@acme.example"}, headers=headers)

    assert is_problem(answer, 422)
    assert Lead.objects.count() == 1


def test_a_refused_request_may_be_mended_under_the_same_key(api):
    headers = {"Idempotency-Key": "k-1"}

    assert api.post("leads", {"email": "ada"}, headers=headers).status_code == 422
    assert not KeptAnswer.objects.exists()
    assert api.post("leads", ADA, headers=headers).status_code == 201


def test_one_bad_text_in_a_batch_takes_no_other_along(api):
    LeadFactory(**ADA)
    visit = {**ADA, "kind": "page_view", "occurred_at": "2026-03-01T10:00:00Z"}
    batch = [
        *(visit | {"id": "1"}, visit | {"id": "a\x00b"}, visit | {"id": "2"}),
        *(visit | {"id": "3", "a\x00b": 1}, visit | {"id": "4", "subject": "\ud800"}),
        visit | {"id": "5", "properties": {"a\x00b": 1}},
    ]
    headers = {"Idempotency-Key": "k-1"}

    answer = api.post("activities", {"activities": batch}, headers=headers)

    assert answer.data["accepted"] == 2
    assert [one["index"] for one in answer.data["rejected"]] == [1, 3, 4, 5]
    assert api.post("activities", {"activities": batch}, headers=headers).data == (
        answer.data
    )


def test_a_key_is_free_again_after_a_day(api):
    headers = {"Idempotency-Key": "k-1"}
    api.post("leads", ADA, headers=headers)
    KeptAnswer.objects.update(created_at=NOON)

    answer = api.post("leads", {"email": "bob@acme.example"}, headers=headers)

    assert answer.status_code == 201


@pytest.mark.parametrize("key", ["a b", "é", "x" * 201])
def test_a_key_that_is_none_is_refused(api, key):
    answer = api.post("leads", ADA, headers={"Idempotency-Key": key})

    assert is_problem(answer, 400)
    assert not Lead.objects.exists()


def test_the_command_prints_a_key_once(workspace, capsys, client):
    UserFactory(role=Role.MANAGER, email="mia@baton.example")

    call_command(
        *("create_api_key", "Shop", "--user", "Mia@baton.example"),
        *("--scope", "leads:read", "--scope", "leads:read"),
    )

    secret = capsys.readouterr().out.strip()
    assert ApiClient(client, secret).get("leads").status_code == 200
    assert ApiKey.objects.get().scopes == ["leads:read"]


@pytest.mark.parametrize(
    "words",
    [
        ("Shop", "--user", "nobody@baton.example", "--scope", "leads:read"),
        ("Shop", "--user", "mia@baton.example", "--scope", "leads:eat"),
        ("Shop", "--user", "mia@baton.example"),
        ("", "--user", "mia@baton.example", "--scope", "leads:read"),
    ],
)
def test_the_command_refuses_what_makes_no_key(workspace, words):
    UserFactory(role=Role.MANAGER, email="mia@baton.example")

    with pytest.raises(CommandError):
        call_command("create_api_key", *words)

    assert not ApiKey.objects.exists()
