from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from handoff.choices import DealStage
from handoff.models import Answer, Deal, Meeting, Task
from leads.choices import Stage
from leads.models import Activity
from tests.browser.checks import assert_accessible, assert_fits_a_phone
from tests.handoff.factories import (
    DealFactory,
    HandoffFactory,
    TaskFactory,
    owned_lead,
)
from tests.leads.factories import AccountFactory, LeadFactory, RepFactory


@pytest.fixture
def rep(workspace):
    return RepFactory(user__name="Ana Ruiz").user


@pytest.fixture
def lead(rep):
    company = AccountFactory(name="Meridian Logistics")
    LeadFactory(account=company, first_name="Jon", last_name="Bell", title="Buyer")
    lead = owned_lead(rep, account=company, first_name="Maya", last_name="Okafor")
    decided = {"status": "accepted", "decided_at": timezone.now()}
    HandoffFactory(lead=lead, rep=rep.rep, brief={"people": []}, **decided)
    return lead


def test_tasks_are_done_taken_up_and_put_off(page_of, rep, lead):
    now = timezone.now()
    TaskFactory(lead=lead, rep=rep, title="Send the offer", due_at=now)
    TaskFactory(lead=lead, rep=rep, due_at=now + timedelta(days=2))
    page = page_of(rep)
    page.goto("/tasks/")
    row = page.locator(".task", has_text="Send the offer")

    row.get_by_role("button", name="Done").click()
    row.get_by_role("button", name="Undo").wait_for()
    assert page.locator("#count-open").inner_text() == "1"
    row.get_by_role("button", name="Undo").click()
    row.get_by_role("button", name="Later").click()
    row.get_by_role("button", name="In a week").click()

    page.locator("#toasts", has_text="Later: Send the offer.").wait_for()
    assert Task.objects.get(title="Send the offer").due_at > now + timedelta(days=5)
    assert_accessible(page)
    assert_fits_a_phone(page)


def test_a_call_takes_two_clicks_and_settles_its_task(page_of, rep, lead):
    TaskFactory(lead=lead, rep=rep)
    page = page_of(rep)
    page.goto(f"/leads/{lead.pk}/")

    page.get_by_role("link", name="Log a call").click()
    assert_accessible(page)
    page.get_by_role("button", name="Left a message").click()

    page.locator(".timeline", has_text="Left a message").wait_for()
    assert Activity.objects.get().properties == {"outcome": "left_message"}
    assert not Task.objects.open().exists()
    assert_accessible(page)
    assert_fits_a_phone(page)


def test_answers_are_saved_while_talking_and_a_draft_stays(page_of, rep, lead):
    page = page_of(rep)
    page.goto(f"/leads/{lead.pk}/")
    budget = page.locator("#answer-bant-budget")
    note = budget.get_by_label("Note on Budget")

    note.fill("50,000 a year")
    note.press("Enter")
    budget.locator("[aria-pressed=true]", has_text="Known").wait_for()
    budget.get_by_role("button", name="Blocked").click()
    budget.locator("[aria-pressed=true]", has_text="Blocked").wait_for()
    note.fill("Half")
    page.reload()
    draft = (note.input_value(), budget.locator(".draft").is_visible())
    note.press("Escape")

    assert draft == ("Half", True)
    assert note.input_value() == "50,000 a year"
    assert budget.locator(".draft").is_hidden()
    answers = Answer.objects.values_list("state", "note")
    assert list(answers) == [("known", "50,000 a year"), ("blocked", "50,000 a year")]


def test_a_colleague_is_taken_in_and_invited(page_of, rep, lead):
    page = page_of(rep)
    page.goto(f"/leads/{lead.pk}/")
    page.get_by_role("button", name="Take in Jon Bell").click()
    page.get_by_role("button", name="Take out Jon Bell").wait_for()

    page.get_by_role("link", name="Plan a meeting").click()
    assert page.get_by_label("Jon Bell, Buyer").is_checked()
    assert_accessible(page)
    page.get_by_role("button", name="Plan and invite").click()

    page.locator("#lead-meetings .chip", has_text="Planned").wait_for()
    assert Meeting.objects.get().guests.count() == 2


def test_a_deal_goes_over_the_board_and_is_won(page_of, rep, lead):
    won = owned_lead(rep, Stage.OPPORTUNITY)
    DealFactory(lead=won, owner=rep, name="Fleet licence", amount=1200)
    page = page_of(rep)
    page.goto("/deals/")
    assert_accessible(page)

    page.get_by_role("button", name="Move Fleet licence to").click()
    page.get_by_role("button", name="Negotiation").click()
    page.locator("#toasts", has_text="is in “Negotiation” now").wait_for()
    assert Deal.objects.get().stage == DealStage.NEGOTIATION
    page.get_by_role("link", name="Fleet licence").click()
    assert_accessible(page)
    page.get_by_role("link", name="Won…").click()
    page.get_by_label("Because").select_option("Price")
    page.get_by_role("button", name="Won", exact=True).click()

    page.locator(".page-head .chip", has_text="Won").wait_for()
    assert Deal.objects.get().won_reason == "Price"
    assert_fits_a_phone(page)


def test_on_a_phone_tasks_and_particulars_come_before_the_long_score(
    page_of, rep, lead
):
    page = page_of(rep, width=390, height=844)
    page.goto(f"/leads/{lead.pk}/")

    def top(selector):
        return page.locator(selector).bounding_box()["y"]

    assert top(".work-bar") < top("#lead-tasks") < top("#particulars-title")
    assert top("#particulars-title") < top("#timeline") < top("#handoff-history")


def test_the_note_of_a_call_outlives_the_session_until_it_is_logged(page_of, rep, lead):
    page = page_of(rep, expecting={401})
    page.goto(f"/leads/{lead.pk}/")
    page.get_by_role("link", name="Log a call").click()
    note = page.locator("dialog[open]").get_by_role("textbox", name="Note")
    note.fill("Decides in May.")
    cookies = page.context.cookies()
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Reached").click()
    page.wait_for_url("**/auth/login/**")

    page.context.add_cookies(cookies)
    page.goto(f"/leads/{lead.pk}/")
    page.get_by_role("link", name="Log a call").click()
    expect(note).to_have_value("Decides in May.")
    page.get_by_role("button", name="Reached").click()
    page.locator(".timeline", has_text="Decides in May.").wait_for()

    page.get_by_role("link", name="Log a call").click()
    expect(note).to_have_value("")
