import pytest

from tests.browser.checks import assert_accessible, assert_fits_a_phone
from tests.leads.factories import UserFactory


@pytest.mark.parametrize("width", [1440, 390])
def test_every_component_is_accessible_in_both_themes(page_of, width):
    page = page_of(UserFactory(), width=width)

    page.goto("/styleguide/")

    assert_accessible(page)


def test_every_component_fits_a_phone(page_of):
    page = page_of(UserFactory())

    page.goto("/styleguide/")

    assert_fits_a_phone(page)


def test_a_menu_and_a_dialog_are_accessible_when_open(page_of):
    page = page_of(UserFactory())
    page.goto("/styleguide/")

    page.get_by_role("button", name="Move to…").click()
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Open a dialog").click()

    assert_accessible(page)


def test_focus_returns_to_the_button_that_opened_the_dialog(page_of):
    page = page_of(UserFactory())
    page.goto("/styleguide/")

    page.get_by_role("button", name="Open a dialog").click()
    page.keyboard.press("Escape")

    opener = page.get_by_role("button", name="Open a dialog")
    assert opener.evaluate("element => element === document.activeElement")


def test_the_theme_is_chosen_and_remembered(page_of):
    page = page_of(UserFactory())
    page.goto("/styleguide/")

    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Dark").click()
    page.reload()

    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_side_bar_opens_by_a_button_on_a_phone(page_of):
    page = page_of(UserFactory(), width=390)
    page.goto("/styleguide/")
    side_bar = page.get_by_role("navigation", name="Main")
    assert side_bar.count() == 0

    page.get_by_role("button", name="Menu").click()

    assert side_bar.is_visible()
    assert_accessible(page)


def test_a_countdown_says_what_is_left_and_what_is_overdue(page_of):
    page = page_of(UserFactory())

    page.goto("/styleguide/")

    left, overdue = page.locator("time[data-countdown]").all()
    assert left.inner_text().endswith("left")
    assert left.get_attribute("data-state") == "calm"
    assert overdue.inner_text().startswith("Overdue")
    assert overdue.get_attribute("data-state") == "overdue"


def test_a_toast_of_an_error_stays_until_it_is_closed(page_of):
    page = page_of(UserFactory())
    page.clock.install()
    page.goto("/styleguide/")
    toasts = page.locator("#toasts .toast")

    for tone in ("success", "error"):
        page.evaluate(
            """tone => document.body.dispatchEvent(new CustomEvent(
                "toast", {bubbles: true, detail: {text: "So it is.", tone}}))""",
            tone,
        )
    assert toasts.count() == 2
    page.clock.run_for(10_000)

    assert toasts.count() == 1
    toasts.get_by_role("button").click()
    assert toasts.count() == 0
