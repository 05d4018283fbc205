"""One lead's whole way, walked by four people in their browsers."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from leads.choices import Role, Stage
from leads.models import Lead
from tests.browser.mouse import drag
from tests.leads.factories import RepFactory, TeamFactory, UserFactory

LEADS = """external_id,email,first_name,last_name,title,company,source
7,mara@nordbank.example,Mara,Holm,Head of IT,Nordbank,Webinar
"""
ACTIVITIES = """external_id,email,kind,occurred_at,subject
a1,mara@nordbank.example,webinar_attended,{at},How to hand over leads
"""


@pytest.fixture
def people(workspace):
    team = TeamFactory(name="Sales North", is_default=True)
    ana, ben = (
        RepFactory(team=team, user=UserFactory(role=Role.REP, name=name)).user
        for name in ("Ana Silva", "Ben Okoro")
    )
    marketer = UserFactory(role=Role.MARKETER, name="Mia Lund")
    manager = UserFactory(role=Role.MANAGER, name="Max Berg")
    return {"ana": ana, "ben": ben, "marketer": marketer, "manager": manager}


@pytest.fixture
def imported(people, tmp_path):
    """Mara came by file an hour ago, with one thing that she did."""
    leads, activities = tmp_path / "leads.csv", tmp_path / "activities.csv"
    leads.write_text(LEADS)
    at = timezone.now() - timedelta(hours=1)
    activities.write_text(ACTIVITIES.format(at=at.isoformat()))
    call_command("import_leads", leads)
    call_command("import_activities", activities)
    return Lead.objects.get(email="mara@nordbank.example")


def test_a_lead_goes_from_an_import_to_a_customer_in_the_report(
    page_of, people, imported
):
    marketing = page_of(people["marketer"])
    marketing.goto("/board/")
    card = marketing.locator(f"#card-{imported.pk}")
    expect(card).to_contain_text("Mara Holm")
    card.get_by_role("link", name="Move Mara Holm to…").click()
    dialog = marketing.get_by_role("dialog")
    dialog.get_by_label("SQL").check()
    dialog.get_by_label("Reason").fill("Asked for a call at the webinar")
    dialog.get_by_role("button", name="Move").click()
    expect(marketing.locator("#cards-sql")).to_contain_text("Mara Holm")

    first, second = people["ana"], people["ben"]
    if imported.handoffs.get().rep == second:
        first, second = second, first
    one = page_of(first)
    one.goto("/queue/")
    one.get_by_role("link", name=re.compile("Reject…")).click()
    one.get_by_label(re.compile("Wrong territory")).check()
    one.get_by_role("dialog").get_by_role("button", name="Reject").click()
    expect(one.get_by_role("dialog")).to_be_hidden()

    other = page_of(second)
    other.goto("/queue/")
    other.get_by_role("button", name="Accept Mara Holm").click()
    expect(other.locator(".toast")).to_contain_text("Mara Holm is yours")
    other.goto(f"/leads/{imported.pk}/")
    other.get_by_role("link", name="Open a deal").click()
    other.get_by_label("Amount").fill("12000")
    other.get_by_role("button", name="Open the deal").click()
    other.get_by_role("link", name="Won…").click()
    other.get_by_label("Because").select_option("Price")
    other.get_by_role("button", name="Won", exact=True).click()
    expect(other.locator(".page-head .stage")).to_have_text("Customer")

    managing = page_of(people["manager"])
    managing.goto("/reports/funnel/?cohort=mql&window=none")
    row = managing.get_by_role("row", name=re.compile("^Webinar", re.IGNORECASE)).first
    expect(row).to_contain_text("1")
    row.get_by_role("link").last.click()
    expect(managing.get_by_role("main")).to_contain_text("Mara Holm")
    imported.standing.refresh_from_db()
    assert imported.standing.stage == Stage.CUSTOMER


def test_a_dropped_card_asks_for_the_reason_and_goes_back_when_closed(
    page_of, people, imported
):
    page = page_of(people["marketer"])
    page.goto("/board/")
    card = page.locator(f"#card-{imported.pk}")
    here = card.evaluate("card => card.parentElement.id")
    drag_to_lane(page, card, "mql")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("MQL")).to_be_checked()

    page.keyboard.press("Escape")
    expect(page.locator(f"#{here}")).to_contain_text("Mara Holm")

    drag_to_lane(page, card, "mql")
    dialog.get_by_label("Reason").fill("Known from the fair")
    dialog.get_by_role("button", name="Move").click()
    expect(page.locator("#cards-mql")).to_contain_text("Mara Holm")
    expect(page.locator("#count-mql")).to_have_text("1")
    expect(page.locator(".toast")).to_contain_text("Mara Holm is in “MQL” now.")


def test_a_drop_that_is_not_allowed_says_who_may_and_goes_back(
    page_of, people, imported
):
    page = page_of(people["marketer"])
    page.goto("/board/")
    card = page.locator(f"#card-{imported.pk}")
    drag_to_lane(page, card, "accepted")

    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("Sales decides in the queue")
    dialog.get_by_role("link", name="Cancel").click()

    expect(page.locator("#cards-accepted")).not_to_contain_text("Mara Holm")


def drag_to_lane(page, card, stage):
    """Take a card beside its links and let go at the top of that lane."""
    lane = page.locator(f"#cards-{stage}")
    drag(
        page,
        card,
        onto=lane,
        until=lambda: lane.locator(f"#{card.get_attribute('id')}").count() > 0,
        hold=(0.25, 0.93),
        aim=(0.25, 0.1),
    )
