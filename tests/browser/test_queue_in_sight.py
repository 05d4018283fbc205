"""What a rep or a manager needs of the queue is in sight, on whatever screen."""

import pytest
from playwright.sync_api import expect

from handoff.models import Handoff
from leads.choices import Role
from leads.models import Lead, User
from tests.browser.test_queue import offer, row
from tests.leads.factories import RepFactory, TeamFactory, UserFactory


@pytest.fixture
def rep(workspace):
    return RepFactory(team=TeamFactory(is_default=True), user__name="Ana Ruiz")


def test_what_is_missing_in_a_dialog_is_in_sight_on_a_phone(page_of, rep):
    handoff = offer("Okafor", hours_ago=1)
    page = page_of(rep.user, expecting={422}, width=390, height=844, has_touch=True)
    page.goto("/queue/")
    row(page, handoff).get_by_role("link", name="Reject…").tap()
    dialog = page.locator("dialog[open]")
    dialog.get_by_role("radio", name="Other Back").check()

    dialog.get_by_role("button", name="Reject").tap()

    expect(dialog.get_by_text("This reason asks for a note.")).to_be_in_viewport()
    expect(dialog.get_by_role("textbox", name="Note")).to_be_focused()


def test_the_deeds_are_in_sight_on_a_laptop_also_after_one_was_done(page_of, rep):
    told = ("Demo requested", "Pricing page seen", "Content downloaded")
    why = [{"what": what, "count": 4} for what in told]
    first, second = offer("Okafor", hours_ago=25), offer("Holm", hours_ago=1)
    for handoff in (first, second):
        handoff.brief = {**handoff.brief, "why": why}
        handoff.save(update_fields=["brief"])
    Lead.objects.update(title="Head of Supply Chain and Procurement")
    page = page_of(UserFactory(role=Role.MANAGER))
    table = page.locator(".queue-table")
    cut_off = "table => table.scrollWidth - table.parentElement.clientWidth"

    for width in (1440, 1366, 1280, 1100, 1024):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto("/queue/?tab=team")
        assert table.evaluate(cut_off) <= 0, width
    page.set_viewport_size({"width": 1440, "height": 800})
    row(page, first).get_by_role("button", name="Accept").click()
    row(page, first).get_by_role("link", name="Open the lead").wait_for()

    assert table.evaluate(cut_off) <= 0
    told = page.locator(".toast")
    expect(told).to_contain_text("Maya Okafor is accepted for Ana Ruiz.")


@pytest.mark.parametrize("width", [1280, 1440])
def test_long_words_push_no_button_of_a_row_off_the_managers_page(page_of, rep, width):
    handoff = offer("Wojciechowska-Zimmermann", hours_ago=1)
    User.objects.filter(pk=rep.user_id).update(name="Konstantin Zimmermann")
    handoff.lead.title = "Head of Supply Chain and International Transport"
    handoff.lead.save()
    said = ["Content downloaded", "Pricing page seen", "Webinar registered"]
    why = [{"what": what, "count": 4, "at": "", "points": 9} for what in said]
    Handoff.objects.filter(pk=handoff.pk).update(brief={"why": why})
    page = page_of(UserFactory(role=Role.MANAGER), width=width)
    page.goto("/queue/")
    words = row(page, handoff).locator("[data-words]")
    words.evaluate("words => { words.textContent = '1 h 30 min working time left'; }")

    hidden = "table => table.scrollWidth - table.clientWidth"
    assert page.locator(".table-wrap").evaluate(hidden) == 0
