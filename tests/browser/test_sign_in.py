import pytest

from leads import roles
from leads.choices import Role
from tests.browser.checks import assert_accessible, assert_fits_a_phone
from tests.leads.factories import UserFactory

WORDS = "pass the baton"


@pytest.fixture
def ana(workspace):
    return roles.create_user(
        email="ana@baton.example", name="Ana Silva", role=Role.REP, password=WORDS
    )


def sign_in(page, *, words):
    page.get_by_label("Email").fill("Ana@baton.example")
    page.get_by_label("Password").fill(words)
    page.get_by_role("button", name="Sign in").click()


def test_signing_in_leads_to_the_page_that_was_asked_for(page_of, ana):
    page = page_of(None)

    page.goto("/styleguide/")
    sign_in(page, words=WORDS)

    page.wait_for_url("**/styleguide/")
    assert page.get_by_role("heading", level=1).inner_text() == "Style guide"


def test_a_wrong_password_is_told_on_the_form(page_of, ana):
    page = page_of(None)

    page.goto("/auth/login/")
    sign_in(page, words="pass the button")

    assert "not correct" in page.locator("form .errorlist").inner_text()
    assert_accessible(page)


def test_signing_out_ends_the_session(page_of):
    page = page_of(UserFactory())
    page.goto("/styleguide/")

    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Sign out").click()

    page.wait_for_url("**/auth/login/")
    page.goto("/styleguide/")
    assert "/auth/login/" in page.url


@pytest.mark.parametrize(
    "address",
    [
        "/auth/login/",
        "/auth/signup/",
        "/auth/inactive/",
        "/auth/password/reset/",
        "/auth/password/reset/done/",
        "/auth/password/reset/key/done/",
        "/auth/password/reset/key/1-set-password/",
    ],
)
def test_pages_for_people_outside_are_accessible(page_of, address):
    page = page_of(None)

    page.goto(address)

    assert page.locator("link[href*='tokens']").count() == 1
    assert_accessible(page)
    assert_fits_a_phone(page)


@pytest.mark.parametrize(
    "address",
    ["/auth/logout/", "/auth/password/change/", "/auth/reauthenticate/"],
)
def test_pages_of_the_account_are_accessible(page_of, ana, address):
    page = page_of(ana)

    page.goto(address)

    assert page.locator("link[href*='tokens']").count() == 1
    assert_accessible(page)
    assert_fits_a_phone(page)


def test_an_address_that_is_not_there_is_told_in_our_look(page_of):
    page = page_of(UserFactory(), expecting={404})

    page.goto("/nowhere/")

    assert page.get_by_role("heading", level=1).inner_text() == "There is nothing here"
    assert_accessible(page)
