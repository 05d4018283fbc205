from django.utils import timezone
from playwright.sync_api import expect

from leads import lifecycle
from leads.choices import Cause, Role, Stage
from leads.lifecycle import Move
from leads.models import Standing
from tests.browser.checks import assert_accessible
from tests.leads.factories import LeadFactory, UserFactory


def test_a_marketer_goes_ticks_looks_and_moves_by_keys(page_of, workspace):
    first, second = LeadFactory(stage=Stage.IQL), LeadFactory(stage=Stage.MQL)
    other = LeadFactory()
    page = page_of(UserFactory(role=Role.MARKETER))
    page.goto("/board/")
    card = f"#card-{second.pk}"

    for key in ("j", "l", "x", "l", "x"):
        page.keyboard.press(key)
    expect(page.locator("[data-ticked]")).to_have_text("2")
    page.locator(card).focus()
    page.keyboard.press("Enter")
    page.locator("#look-title:focus").wait_for()
    assert f"look={second.pk}" in page.url
    assert_accessible(page)
    page.go_back()
    page.locator("#quick-look > .panel").wait_for(state="detached")
    page.locator(f"{card}:focus").wait_for()

    # A colleague moves a lead meanwhile, and what is ticked stays so.
    now = timezone.now()
    lifecycle.move(wanted=Move(other.pk, Stage.SQL, Cause.PERSON, now), now=now)
    page.evaluate("document.body.dispatchEvent(new CustomEvent('board-tick'))")
    page.locator(f"#cards-sql #card-{other.pk}").wait_for()
    expect(page.locator("[data-ticked]")).to_have_text("2")

    page.locator(card).focus()
    page.keyboard.press("m")
    dialog = page.locator("#bulk-dialog[open]")
    dialog.get_by_label("SQL", exact=True).check()
    dialog.get_by_label("Reason").fill("Met at the fair")
    dialog.get_by_role("button", name="Preview").click()
    dialog.get_by_role("button", name="Move to “SQL”").click()
    page.locator(f"#cards-sql {card}").wait_for()
    stages = Standing.objects.filter(pk__in=[first.pk, second.pk])
    assert set(stages.values_list("stage", flat=True)) == {Stage.SQL}


def test_with_a_ticked_card_all_ticked_ones_are_dragged_and_go_back(page_of, workspace):
    first, second = LeadFactory(), LeadFactory()
    page = page_of(UserFactory(role=Role.MARKETER))
    page.goto("/board/")
    for lead in (first, second):
        page.locator(f"#card-{lead.pk} [data-tick]").check(force=True)

    page.locator(f"#card-{first.pk} .lead-card-foot").drag_to(
        page.locator("#cards-mql")
    )
    dialog = page.locator("#bulk-dialog[open]")
    expect(dialog.get_by_label("MQL", exact=True)).to_be_checked()
    dialog.get_by_label("Reason").fill("Met at the fair")
    dialog.get_by_role("button", name="Preview").click()
    dialog.get_by_role("button", name="Move to “MQL”").click()
    for lead in (first, second):
        page.locator(f"#cards-mql #card-{lead.pk}").wait_for()

    page.locator("#toasts").get_by_role("button", name="Undo").click()
    for lead in (first, second):
        page.locator(f"#cards-new #card-{lead.pk}").wait_for()
    assert set(Standing.objects.values_list("stage", flat=True)) == {Stage.NEW}
