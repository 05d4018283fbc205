from datetime import date

import pytest
from django.utils import timezone

from handoff.models import CalendarDay, ServiceLevel, WorkingCalendar
from handoff.sla import enforcement
from leads.choices import Role
from tests.browser.checks import assert_accessible, assert_fits_a_phone
from tests.handoff.factories import HandoffFactory
from tests.handoff.sla.factories import CalendarFactory
from tests.leads.factories import RepFactory, TeamFactory, UserFactory

LONG_NAME = "Central and Eastern Europe, Mid-market and Public Sector Sales"


@pytest.fixture
def manager(workspace):
    return UserFactory(role=Role.MANAGER, name="Helen Marsh")


def test_a_manager_says_when_a_team_works(page_of, manager):
    TeamFactory(name=LONG_NAME)
    page = page_of(manager)
    page.goto("/settings/calendars/")
    page.get_by_role("link", name="New calendar").first.click()

    page.get_by_label("Name").fill("Munich office")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_label("Friday").fill("09:00–12:00, 13:00–15:00")
    page.get_by_label("Public holidays of").select_option(label="Germany")
    page.locator("#id_subdivision option[value=BY]").wait_for(state="attached")
    page.get_by_label("Part of the country").select_option("BY")
    page.get_by_label(LONG_NAME).check()
    page.get_by_role("button", name="Save").click()

    page.locator("#toasts", has_text="Munich office is made.").wait_for()
    made = WorkingCalendar.objects.get()
    assert (made.country, made.subdivision, made.shifts.count()) == ("DE", "BY", 6)
    assert_accessible(page)
    assert_fits_a_phone(page)
    page.goto("/settings/calendars/")
    assert_accessible(page)
    assert_fits_a_phone(page)


def test_a_day_that_differs_appears_at_once(page_of, manager):
    calendar = CalendarFactory(country="DE")
    page = page_of(manager, expecting={422})
    page.goto(f"/settings/calendars/{calendar.pk}/")
    days = page.locator("#calendar-days")

    days.get_by_role("button", name="Add the day").click()
    days.get_by_text("This field is required.").first.wait_for()
    assert_accessible(page)
    days.get_by_label("Day").fill("2026-12-24")
    days.get_by_label("What is on").fill("Christmas Eve")
    days.get_by_role("button", name="Add the day").click()
    days.get_by_text("Thu 24 Dec 2026").wait_for()
    assert CalendarDay.objects.get().day == date(2026, 12, 24)
    days.get_by_role("button", name="Remove Christmas Eve").click()
    days.get_by_text("A company holiday").wait_for()

    year = timezone.localdate().year
    page.get_by_role("link", name=str(year + 1)).click()
    page.get_by_role("heading", name=f"Public holidays {year + 1}").wait_for()


def test_a_manager_changes_a_promise(page_of, manager):
    page = page_of(manager)
    page.goto("/settings/service-levels/")
    assert_accessible(page)

    page.get_by_role("link", name="Every other team").first.click()
    page.get_by_label("Decide within").fill("4.5")
    page.get_by_label("What nobody decides").select_option("next")
    page.get_by_label("Why").fill("Agreed in March")
    assert_accessible(page)
    assert_fits_a_phone(page)
    page.get_by_role("button", name="Save").click()

    page.get_by_role("cell", name="4 h 30 min").wait_for()
    page.get_by_role("cell", name="goes to the next rep").wait_for()
    page.get_by_text("Agreed in March").wait_for()
    assert_fits_a_phone(page)
    assert ServiceLevel.objects.get(priority="normal").decide_minutes == 270


def test_a_manager_pauses_a_clock_and_lets_it_go_on(page_of, manager):
    now = timezone.now()
    handoff = HandoffFactory(rep=RepFactory(), routed_at=now, assigned_at=now)
    enforcement.enforce(now=now)
    page = page_of(manager)
    page.goto(f"/leads/{handoff.lead_id}/")

    page.get_by_role("link", name="Pause…").click()
    page.get_by_label("Reason").fill("At the fair until Friday")
    assert_accessible(page)
    page.get_by_role("button", name="Pause").click()

    page.get_by_text("At the fair until Friday").wait_for()
    assert page.locator(".handoff-offer time").inner_text().strip() == "Paused"
    assert_accessible(page)
    assert_fits_a_phone(page)
    page.get_by_role("button", name="Let it go on").click()
    page.locator("#toasts", has_text="The clock goes on.").wait_for()
