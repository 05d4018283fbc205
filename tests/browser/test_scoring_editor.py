"""A marketer changes the scoring model: copy, edit, look, activate."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from leads.choices import Role
from leads.models import Standing
from scoring import rescoring, versions
from scoring.models import ScoringModel
from tests.browser.checks import assert_accessible, assert_pages_hold
from tests.browser.mouse import drag
from tests.leads.factories import LeadFactory, UserFactory
from tests.scoring.factories import ActivityFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def marketer(workspace):
    return UserFactory(role=Role.MARKETER, name="Mia Lund")


@pytest.fixture
def lead(workspace):
    """Maya chatted just now, for ten points."""
    lead = LeadFactory(last_name="Okafor", title="Head of IT")
    ActivityFactory(lead=lead, kind="chat", occurred_at=timezone.now())
    rescoring.rescore(lead_ids=None, now=timezone.now())
    return lead


@pytest.fixture
def draft(marketer, lead):
    active = ScoringModel.objects.get()
    return versions.copy(model=active, actor=marketer, now=timezone.now())


def rules_of(page):
    return page.locator("#rules tbody tr .strong").all_inner_texts()


def test_a_rule_is_changed_previewed_activated_and_the_score_follows(
    page_of, marketer, lead
):
    page = page_of(marketer)
    page.goto("/scoring/")
    page.get_by_role("button", name="More for version 1").click()
    page.get_by_role("button", name="New draft from this").click()
    expect(page.locator(".page-head .chip")).to_have_text("Draft")

    page.get_by_label("Name, company or e-mail of a lead").fill("okafor")
    page.get_by_role("button", name="Find").click()
    page.locator("#trial").get_by_role("link", name="Okafor").click()
    engagement = page.locator("#trial tr", has_text="Engagement").locator("td")
    expect(engagement.last).to_have_text(re.compile("^(9|10)"))

    page.locator("#rules").get_by_role("link", name="Chat", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Points").first.fill("45")
    dialog.get_by_role("button", name="Save").last.click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".toast").last).to_contain_text("“Chat” is saved.")
    expect(page.locator(".model-history")).to_contain_text("+10 → +45")
    expect(engagement.last).to_have_text(re.compile("^4[45]"))

    page.get_by_role("link", name="What would change").click()
    expect(page.locator("#preview")).to_contain_text("Okafor", ignore_case=True)
    page.get_by_role("link", name="Activate…").click()
    expect(dialog).to_contain_text("Change engagement")
    assert_accessible(page)
    dialog.get_by_label("What is different").fill("A chat is worth more")
    dialog.get_by_role("button", name="Activate").click()

    expect(page.get_by_role("main")).to_contain_text("has scored")
    rescoring.rescore_stale(now=timezone.now())
    standing = Standing.objects.get(lead=lead)
    assert standing.model_version == 2
    assert standing.ceiling == pytest.approx(45, abs=1)
    page.goto(f"/leads/{lead.pk}/")
    expect(page.get_by_role("main")).to_contain_text("(v2)")


def test_rules_are_ordered_by_menu_and_by_drag(page_of, marketer, draft):
    page = page_of(marketer)
    page.goto(f"/scoring/{draft.version}/")
    expect(page.locator("#usage-note")).to_contain_text("How often each rule")
    first, second, third, *_rest = rules_of(page)

    page.get_by_role("button", name=f"More for “{second}”").click()
    page.get_by_role("button", name="Move up").locator("visible=true").click()
    expect(page.locator("#rules tbody tr .strong").first).to_have_text(second)
    # The new rows are dragged once they are whole: nothing moves them any more.
    expect(page.locator("#usage-note")).to_contain_text("How often each rule")
    expect(page.locator("[data-order]:not([data-sortable])")).to_have_count(0)
    expect(page.locator(".htmx-request")).to_have_count(0)

    grips = page.locator("#rules [data-grip]")
    drag(
        page,
        grips.nth(2),
        onto=grips.nth(0),
        until=lambda: rules_of(page)[0] == third,
        aim=(0.5, 0),
    )
    expect(page.locator(".toast").last).to_contain_text(f"“{third}” is in place 1")
    assert rules_of(page)[:3] == [third, second, first]
    names = draft.rules.order_by("position").values_list("name", flat=True)
    assert list(names)[:3] == [third, second, first]


def test_conditions_are_built_row_by_row(page_of, marketer, draft):
    page = page_of(marketer, expecting={422})
    page.goto(f"/scoring/{draft.version}/")
    page.get_by_role("link", name="Add a criterion").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").first.fill("Large in health care")
    dialog.get_by_label("Points").fill("12")
    dialog.get_by_role("button", name="Add a condition").click()
    dialog.get_by_label("Field").select_option("employees")
    expect(dialog.get_by_label("Comparison")).to_contain_text("at least")
    dialog.get_by_label("Comparison").select_option("at_least")
    dialog.get_by_label("Value").fill("many")
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(dialog.locator("#error-0")).to_have_text("Expected a number.")
    dialog.get_by_label("Value").fill("500")
    dialog.get_by_role("button", name="Add a condition").click()
    expect(dialog.get_by_label("Field")).to_have_count(2)
    dialog.get_by_label("Field").last.select_option("industry")
    dialog.get_by_label("Value").last.fill("health care")
    expect(dialog.get_by_label("Comparison").last).to_contain_text("is one of")
    expect(page.locator(".htmx-request")).to_have_count(0)
    assert_accessible(page)
    dialog.get_by_role("button", name="Save").last.click()

    expect(page.locator("#criteria tbody tr").last).to_contain_text(
        "Employees at least 500 and industry is health care"
    )


def test_what_is_typed_while_the_rows_are_fetched_stays(page_of, marketer, draft):
    page = page_of(marketer)
    page.goto(f"/scoring/{draft.version}/")
    page.get_by_role("link", name="Add a criterion").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Add a condition").click()
    dialog.get_by_label("Field").select_option("title")
    expect(page.locator(".htmx-request")).to_have_count(0)
    answers = []
    page.route("**/criteria/new/", lambda route: answers.append(route))

    dialog.get_by_label("Field").select_option("industry")
    dialog.get_by_label("Value").fill("health care")
    with page.expect_response(re.compile("/criteria/new/")):
        answers[0].continue_()

    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(dialog.get_by_label("Value")).to_have_value("health care")
    expect(dialog.get_by_label("Value")).to_be_focused()


def test_a_removed_rule_is_put_back_from_the_history(page_of, marketer, draft):
    page = page_of(marketer)
    page.goto(f"/scoring/{draft.version}/")
    page.get_by_role("button", name="More for “Chat”").click()
    page.get_by_role("link", name="Remove…").locator("visible=true").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.locator("#rules")).not_to_contain_text("Chat")

    page.get_by_role("button", name="Put back: Rule “Chat”").click()

    expect(page.locator("#rules")).to_contain_text("Chat")


PAGES = [
    "/scoring/",
    "/scoring/2/",
    "/scoring/1/",
    "/scoring/2/rules/{rule}/",
    "/scoring/2/criteria/{criterion}/",
    "/scoring/2/gates/",
    "/scoring/2/settings/",
    "/scoring/2/activate/",
    "/scoring/2/compare/",
    "/scoring/2/trial/?lead={lead}",
    "/definitions/",
]


def test_the_pages_are_accessible_and_fit_a_phone(page_of, marketer, draft, lead):
    draft.rules.filter(name="Chat").update(points=3)
    rule, criterion = draft.rules.first(), draft.criteria.all()[1]
    known = {"rule": rule.pk, "criterion": criterion.pk, "lead": lead.pk}

    assert_pages_hold(page_of(marketer), [one.format(**known) for one in PAGES])
