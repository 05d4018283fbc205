"""Keys and webhooks are made, seen and ended by administrators on pages."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads import signing, webhooks
from leads.capture import keys
from leads.capture.choices import Scope
from leads.capture.models import ApiKey
from leads.choices import Role
from leads.models import User, WebhookDelivery, WebhookEndpoint
from leads.owed import OwedState
from tests.bad_inputs import listed, value_of
from tests.leads.factories import (
    NOON,
    EndpointFactory,
    LeadFactory,
    UserFactory,
    WebhookDeliveryFactory,
)

pytestmark = pytest.mark.django_db
KEYS, HOOKS = "/settings/api-keys/", "/settings/webhooks/"
SHOWN = re.compile(r"(baton_[\w-]{43}|whsec_[\w+/=]{44})")
ENDPOINT = {
    "url": "https://billing.example/hook",
    "description": "Billing",
    "kinds": ["deal.won", "deal.lost"],
}


@pytest.fixture
def administrator(client, workspace):
    person = User.objects.create_superuser("ada@baton.example", None)
    client.force_login(person)
    return person


def secret_on(page):
    """The secret that the page shows; None where it shows none."""
    found = SHOWN.search(page.content.decode())
    return found and found.group()


def key_of(person, **options):
    said = {"name": "Shop", "scopes": [Scope.LEADS_READ], "source_system": "shop"}
    return keys.create(user=person, actor=person, now=NOON, **said | options)


def test_a_key_is_shown_once_and_works(client, administrator):
    manager = UserFactory(role=Role.MANAGER)
    said = {"name": "Shop", "user": manager.pk, "scopes": ["leads:read"]}

    page = client.post(f"{KEYS}new/", said)

    secret = secret_on(page)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/leads", headers=headers).status_code == 200
    row = ApiKey.objects.get()
    assert (row.user, row.created_by, row.scopes) == (
        manager,
        administrator,
        ["leads:read"],
    )
    listed_page = client.get(KEYS)
    assert secret_on(listed_page) is None
    assert row.prefix in listed_page.content.decode()
    assert ApiKey.objects.get().last_used_at is not None


def test_a_key_is_revoked_after_a_question(client, administrator):
    key, secret = key_of(administrator)
    address = f"{KEYS}{key.pk}/revoke/"

    assert "cannot be taken back" in client.get(address).content.decode()
    assert ApiKey.objects.get().revoked_at is None
    client.post(address)
    client.post(address)

    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/leads", headers=headers).status_code == 401
    assert ApiKey.objects.get().revoked_by == administrator
    client.get(KEYS)  # shows what was done, once
    assert "Shop" not in client.get(KEYS).content.decode()
    assert "Shop" in client.get(f"{KEYS}?revoked=1").content.decode()


def test_a_key_is_taken_as_it_was_given_and_from_its_header_alone(
    client, administrator
):
    _key, secret = key_of(administrator)
    wrong = [secret.upper(), f"{secret[:20]} {secret[20:]}", f"{secret}x", secret[:-1]]

    by_header = [
        client.get("/api/v1/leads", headers={"Authorization": f"Bearer {one}"})
        for one in wrong
    ]
    by_query = client.get("/api/v1/leads", {"key": secret, "api_key": secret})

    assert {answer.status_code for answer in [*by_header, by_query]} == {401}


def test_what_is_wrong_with_a_new_key_or_webhook_is_said_beside_it(
    client, administrator
):
    wrong = [
        (f"{KEYS}new/", {"name": "x" * 101, "user": 0, "scopes": ["all"]}, 3),
        (f"{HOOKS}new/", {"url": "http://10.0.0.1/", "kinds": ["test"]}, 2),
    ]

    for address, said, faults in wrong:
        page = client.post(address, said)
        assert page.status_code == 422
        assert page.content.decode().count("errorlist") == faults
    assert not ApiKey.objects.exists()
    assert not WebhookEndpoint.objects.exists()


def test_only_administrators_connect_other_systems(client, workspace):
    endpoint, delivery = EndpointFactory(), WebhookDeliveryFactory()
    paths = [KEYS, f"{KEYS}new/", HOOKS, f"{HOOKS}new/", f"{HOOKS}{endpoint.pk}/"]
    paths += [f"{HOOKS}{endpoint.pk}/{deed}/" for deed in ("edit", "rotate", "remove")]
    paths += [f"{HOOKS}deliveries/{delivery.pk}/"]

    for role in (Role.MANAGER, Role.MARKETER, Role.REP):
        client.force_login(UserFactory(role=role))
        assert {client.get(path).status_code for path in paths} == {403}
        assert b"settings/webhooks" not in client.get("/leads/").content


def test_a_webhook_is_made_changed_and_its_secret_replaced(client, administrator):
    page = client.post(f"{HOOKS}new/", ENDPOINT)

    made = WebhookEndpoint.objects.get()
    assert secret_on(page) == signing.secret_of(made.seed)
    assert made.created_by == administrator
    address = made.get_absolute_url()
    changed = ENDPOINT | {"description": "Bookkeeping", "kinds": ["deal.won"]}
    assert client.post(f"{address}edit/", changed).status_code == 302
    replaced = secret_on(client.post(f"{address}rotate/"))
    made.refresh_from_db()
    assert (str(made), made.kinds) == ("Bookkeeping", ["deal.won"])
    assert replaced == signing.secret_of(made.seed)
    assert replaced != secret_on(page)
    for path in (HOOKS, address, f"{address}rotate/", f"{address}edit/"):
        assert secret_on(client.get(path)) is None


def test_a_webhook_is_tested_switched_and_removed(client, administrator, settings):
    settings.BELLS = {bell: [] for bell in settings.BELLS}
    endpoint = EndpointFactory()
    address = endpoint.get_absolute_url()

    client.post(f"{address}test/")
    [test] = WebhookDelivery.objects.all()
    assert (test.kind, test.state) == ("test", OwedState.DUE)
    assert 'hx-trigger="every 3s"' in client.get(address).content.decode()
    client.post(f"{address}switch/", {"is_on": "0"})
    assert not WebhookEndpoint.objects.get().is_on
    client.post(f"{address}switch/", {"is_on": "1"})
    assert WebhookEndpoint.objects.get().is_on
    client.post(f"{address}remove/")

    assert client.get(address).status_code == 404
    assert "Nobody is told yet" in client.get(HOOKS).content.decode()


def test_the_log_tells_what_came_back_and_sends_again(client, administrator, settings):
    settings.BELLS = {bell: [] for bell in settings.BELLS}
    stuck = WebhookDeliveryFactory(
        lead=LeadFactory(last_name="Ngũgĩ"),
        state=OwedState.STUCK,
        attempts=10,
        answer_code=500,
        ended_at=NOON,
        last_error="It answered 500: <b>no</b>",
    )
    endpoint = stuck.endpoint.get_absolute_url()

    log, one = client.get(endpoint), client.get(f"{HOOKS}deliveries/{stuck.pk}/")

    for page in (log, one):
        assert "It answered 500: &lt;b&gt;no&lt;/b&gt;" in page.content.decode()
        assert "Given up" in page.content.decode()
    assert stuck.message_id in one.content.decode()
    client.post(f"{HOOKS}deliveries/{stuck.pk}/again/")
    stuck.refresh_from_db()
    assert (stuck.state, stuck.attempts) == (OwedState.DUE, 0)


def test_the_log_comes_in_pages_and_a_row_costs_no_query(client, administrator):
    endpoint = EndpointFactory(kinds=["deal.won"])
    log = endpoint.get_absolute_url()
    for number in range(51):
        WebhookDeliveryFactory(endpoint=endpoint, lead=LeadFactory())
        if number == 0:
            client.get(log)
            with CaptureQueriesContext(connection) as for_one:
                client.get(log)
    with CaptureQueriesContext(connection) as for_fifty:
        page = client.get(log)

    assert len(for_fifty) <= len(for_one)
    cursor = page.context["page"].next_cursor
    later = client.get(log, {"after": cursor}, headers={"HX-Request": "true"})
    assert later.content.decode().count("<tr>") == 2
    assert "<html" not in later.content.decode()


def test_why_baton_switched_a_webhook_off_stands_on_its_page(client, administrator):
    endpoint = EndpointFactory(description="x" * 200)

    webhooks.switch_off(endpoint=endpoint, why="It answered 500.", now=NOON)

    page = client.get(endpoint.get_absolute_url()).content.decode()
    assert "Baton switched it off." in page
    assert "It answered 500." in page
    assert "Off after failures" in client.get(HOOKS).content.decode()


def test_no_hostile_address_is_taken_for_a_webhook(client, administrator):
    for case, _expect in listed("outbound_urls"):
        said = ENDPOINT | {"url": value_of(case)}
        answer = client.post(f"{HOOKS}new/", said)
        # A name that leads astray is refused when it is called.
        is_name = case["id"] in ("OU-30", "OU-31")
        assert answer.status_code in ((200, 422) if is_name else (422,)), case["id"]
