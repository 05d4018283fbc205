"""Accounts, duplicates and privacy, on a desk and on a phone."""

import pytest

from leads import particulars
from leads.choices import Role
from tests.browser.checks import assert_accessible, assert_fits_a_phone
from tests.leads.factories import NOON, AccountFactory, LeadFactory, UserFactory
from tests.scoring.factories import ActivityFactory

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"


def test_every_page_is_accessible_and_fits_a_phone(page_of, workspace):
    account = AccountFactory(name=LONG, name_key=LONG.casefold(), domain="d.example")
    leads = [LeadFactory(account=account, last_name=LONG) for _ in range(2)]
    for lead in leads:
        typed = particulars.as_typed(lead) | {"phone": "030 1234567"}
        particulars.save_lead(lead=lead, typed=typed, now=NOON)
        ActivityFactory(lead=lead)
    one, other = leads
    page = page_of(UserFactory(role=Role.MANAGER))
    for address in (
        "/accounts/",
        f"/accounts/{account.pk}/",
        f"/accounts/{account.pk}/edit/",
        f"/accounts/{account.pk}/merge/",
        "/duplicates/",
        f"/duplicates/{one.pk}/{other.pk}/",
        f"/leads/{one.pk}/wish/",
        f"/leads/{one.pk}/erase/",
    ):
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(address)
        assert_accessible(page)
        assert_fits_a_phone(page)


@pytest.mark.parametrize("is_merged", [True, False])
def test_two_are_merged_or_told_apart_by_a_click(page_of, workspace, is_merged):
    one, other = LeadFactory(title="CTO"), LeadFactory(title="CEO")
    page = page_of(UserFactory(role=Role.MARKETER))
    page.goto(f"/duplicates/{one.pk}/{other.pk}/")

    name = "Merge" if is_merged else "They are two people"
    page.get_by_role("button", name=name).click()

    page.wait_for_url(f"**/leads/{one.pk}/" if is_merged else "**/duplicates/")
