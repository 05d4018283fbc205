import pytest
from django.core.cache import cache
from django.urls import reverse

from leads import roles
from leads.choices import Role
from leads.models import User

pytestmark = pytest.mark.django_db

PASSWORD = "baton-demo"  # noqa: S105 - the demo's, known to everybody


@pytest.fixture
def sign_in(client):
    def sign_in(email):
        roles.create_user(email=email, name="", role=Role.REP, password=PASSWORD)
        typed = {"login": email, "password": PASSWORD}
        return client.post(reverse("account_login"), typed)

    return sign_in


def test_a_person_signs_in_whatever_the_case_of_the_address(sign_in, client):
    sign_in("ana@acme.example")
    client.logout()

    typed = {"login": "Ana@ACME.example", "password": PASSWORD}
    response = client.post(reverse("account_login"), typed)

    assert response.url == reverse("home")


def test_the_demos_people_do_not_sign_in_outside_a_demo(sign_in, settings):
    settings.DEBUG = False

    assert b"not correct" in sign_in("rep@baton.example").content


def test_the_demos_people_sign_in_to_a_demo(sign_in, settings):
    settings.DEBUG = True

    assert sign_in("rep@baton.example").url == reverse("home")


def test_nobody_signs_up(client):
    typed = {"email": "eve@acme.example", "password1": "a-long-passphrase"}

    client.post("/auth/signup/", typed)

    assert not User.objects.exists()


@pytest.fixture
def limited(settings):
    """One try at signing in from each address, counted from nothing."""
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    yield settings
    cache.clear()


def try_to_sign_in(client, **extra):
    typed = {"login": "eve@acme.example", "password": "a guess"}
    return client.post(reverse("account_login"), typed, **extra)


def test_who_tries_too_often_is_told_so_on_a_page_of_ours(client, limited):
    first, second = try_to_sign_in(client), try_to_sign_in(client)

    assert (first.status_code, second.status_code) == (200, 429)
    assert "Too many tries" in second.content.decode()


def test_behind_a_proxy_one_person_does_not_use_up_the_tries_of_another(
    client, limited
):
    limited.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    tries = [
        try_to_sign_in(client, headers={"X-Forwarded-For": address})
        for address in ("192.0.2.1", "192.0.2.2", "192.0.2.1")
    ]

    assert [response.status_code for response in tries] == [200, 200, 429]
