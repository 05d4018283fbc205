"""The pages about leads hold what every page must, on a desk and on a phone."""

import pytest
from playwright.sync_api import expect

from leads.choices import Role, Stage
from tests.browser.checks import assert_accessible, assert_pages_hold
from tests.leads.factories import AccountFactory, LeadFactory, UserFactory

PAGES = [
    "/board/",
    "/board/mql/",
    "/leads/",
    "/leads/?q=nobody",
    "/leads/new/",
    "/leads/{pk}/",
    "/leads/{pk}/edit/",
    "/leads/{pk}/move/",
]


@pytest.fixture
def marketer(workspace):
    return UserFactory(role=Role.MARKETER)


@pytest.fixture
def lead(workspace):
    """A lead with a name that is longer than any column."""
    account = AccountFactory(name="Donaudampfschifffahrtselektrizitätenhauptbetrieb")
    return LeadFactory(
        stage=Stage.MQL,
        first_name="Maximiliane-Alexandra",
        last_name="von und zu Hohenlohe-Schillingsfürst",
        title="Senior Vice President of Global Supply Chain Operations",
        account=account,
        source="a trade fair that went on for a very long time",
        custom={"landing_page": "https://baton.example/" + "x" * 120},
    )


def test_every_page_is_accessible_in_both_themes_and_fits_a_phone(
    page_of, marketer, lead
):
    addresses = [address.format(pk=lead.pk) for address in PAGES]

    assert_pages_hold(page_of(marketer), addresses)


def test_the_dialog_of_the_board_is_accessible_and_gives_the_focus_back(
    page_of, marketer, lead
):
    page = page_of(marketer)
    page.goto("/board/")
    opener = page.get_by_role("link", name="Move Maximiliane")
    opener.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()

    assert_accessible(page)
    page.keyboard.press("Escape")

    expect(opener).to_be_focused()


def test_filters_stay_in_the_address_and_come_back_with_the_back_button(
    page_of, marketer, lead
):
    page = page_of(marketer)
    page.goto("/leads/")
    page.get_by_label("Stage").select_option("customer")
    expect(page.locator("#lead-table")).to_contain_text("No lead matches")
    assert "stage=customer" in page.url

    page.go_back()

    expect(page.locator("#lead-table")).to_contain_text("Hohenlohe")


def test_the_slash_key_goes_to_the_search(page_of, marketer, lead):
    page = page_of(marketer)
    page.goto("/board/")
    page.keyboard.press("/")
    page.keyboard.type("hohenlohe maximiliane")
    page.keyboard.press("Enter")

    expect(page.locator("#lead-table")).to_contain_text("Hohenlohe")
