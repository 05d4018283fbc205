"""What strangers try at the door: BL-11 to BL-21, TK-13 to TK-18."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.urls import reverse

from leads import roles
from leads.capture import keys
from leads.capture.choices import Scope
from leads.choices import Role
from leads.models import User
from tests.leads.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-passphrase-of-ana"  # noqa: S105 - of this test alone
EMAIL = "ana@acme.example"


@pytest.fixture
def ana(client, workspace):
    cache.clear()
    client.raise_request_exception = False
    yield roles.create_user(
        email=EMAIL, name="Ana", role=Role.MARKETER, password=PASSWORD
    )
    cache.clear()


def sign_in(client, login=EMAIL, password=PASSWORD):
    typed = {"login": login, "password": password}
    return client.post(reverse("account_login"), typed)


def test_no_strange_name_or_password_is_an_error_of_ours(client, ana):
    tries = [
        (EMAIL, "x" * 1_000_000),
        ("a\0", "b\0"),
        (EMAIL, "\0"),
        (f"{EMAIL}\0", PASSWORD),
        ("x" * 100_000, PASSWORD),
    ]

    codes = [sign_in(client, *said).status_code for said in tries]

    assert {*codes} <= {200, 400, 429}
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("spread", ["nothing", "addresses", "accounts"])
def test_who_guesses_is_stopped_and_the_right_password_waits_too(client, ana, spread):
    for number in range(25):
        login = f"rep{number}@acme.example" if spread == "accounts" else EMAIL
        address = f"192.0.2.{number if spread == 'addresses' else 200}"
        typed = {"login": login, "password": "wrong"}
        answer = client.post(reverse("account_login"), typed, REMOTE_ADDR=address)
    right = {"login": EMAIL, "password": PASSWORD}
    client.post(reverse("account_login"), right, REMOTE_ADDR=address)

    assert "Too many" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_session_is_new_at_sign_in_and_ends_with_it_or_the_persons_rights(
    client, ana, settings
):
    client.get(reverse("account_login"))
    client.session["seen"] = 1
    before = client.session.session_key
    sign_in(client)
    inside = client.session.session_key

    assert inside != before
    assert client.get("/imports/").status_code == 200

    ana.groups.set(Group.objects.filter(name=Role.REP))
    assert client.get("/imports/").status_code == 403

    User.objects.filter(pk=ana.pk).update(is_active=False)
    assert client.get("/leads/").status_code == 302

    User.objects.filter(pk=ana.pk).update(is_active=True)
    sign_in(client)
    name = settings.SESSION_COOKIE_NAME
    cookie = client.cookies[name].value
    client.post(reverse("account_logout"))
    client.cookies[name] = cookie
    assert client.get("/leads/").status_code == 302


def reset_address(mailoutbox):
    return re.search(r"https?://\S+?(/auth/\S+)", mailoutbox[-1].body)[1]


def set_anew(client, address, password):
    page = client.get(address, follow=True)
    typed = {"password1": password, "password2": password}
    return (
        client.post(page.redirect_chain[-1][0], typed) if page.redirect_chain else page
    )


def test_a_reset_tells_nobody_who_is_known_and_its_link_counts_once(
    client, ana, mailoutbox, settings
):
    asked = [
        client.post(reverse("account_reset_password"), {"email": email})
        for email in (EMAIL, "nobody@acme.example")
    ]
    address = reset_address([mail for mail in mailoutbox if mail.to == [EMAIL]])

    assert asked[0].status_code == asked[1].status_code == 302
    assert asked[0].url == asked[1].url
    set_anew(client, address, "another-long-passphrase")
    assert User.objects.get(pk=ana.pk).check_password("another-long-passphrase")

    set_anew(client, address, "a-third-long-passphrase")
    for broken in (address.replace("-", "-x", 1), address[:-3] + "/"):
        set_anew(client, broken, "a-third-long-passphrase")
    cache.clear()
    client.post(reverse("account_reset_password"), {"email": EMAIL})
    settings.PASSWORD_RESET_TIMEOUT = -1
    late = reset_address([mail for mail in mailoutbox if mail.to == [EMAIL]])
    set_anew(client, late, "a-third-long-passphrase")

    assert User.objects.get(pk=ana.pk).check_password("another-long-passphrase")


def test_a_key_counts_in_its_header_alone_and_letter_by_letter(client, workspace):
    _key, secret = keys.create(
        name="Shop",
        user=UserFactory(role=Role.MANAGER),
        scopes=[Scope.LEADS_READ],
        source_system="",
        actor=None,
        now=NOON,
    )
    leads = "/api/v1/leads"

    def code(told):
        return client.get(leads, headers={"Authorization": told}).status_code

    assert code(f"Bearer {secret}") == 200
    wrong = [secret.upper(), secret.swapcase(), f"{secret[:9]} {secret[9:]}", ""]
    assert {code(f"Bearer {it}") for it in wrong} == {401}
    assert {code(f"Basic {secret}"), code(secret)} == {401}
    for name in ("key", "api_key", "token", "access_token", "Authorization"):
        assert client.get(leads, {name: secret}).status_code == 401
