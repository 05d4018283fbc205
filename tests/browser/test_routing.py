"""A manager changes the routing: a draft, a rule, a lead to try, a replay, release."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from handoff.models import Handoff, RoutingPlan
from handoff.routing import offers
from handoff.routing.plans import versions
from leads.choices import Stage
from tests.browser.checks import assert_accessible, assert_fits_a_phone
from tests.browser.mouse import drag
from tests.handoff.factories import manager
from tests.handoff.routing.plans.factories import named
from tests.leads.factories import LeadFactory, RepFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana(workspace):
    return RepFactory(user__name="Ana Silva", team__name="Core", team__is_default=True)


@pytest.fixture
def kenji(workspace):
    return RepFactory(user__name="Kenji Mori", team__name="Enterprise")


@pytest.fixture
def lead(ana, kenji):
    """A German lead that went to Ana three days ago."""
    lead = LeadFactory(stage=Stage.SQL, last_name="Okafor", country="Germany")
    then = timezone.now() - timedelta(days=3)
    offers.route_leads(lead_ids=[lead.pk], now=then)
    assert Handoff.objects.get().rep == ana.user
    return lead


def test_a_rule_is_added_tried_replayed_and_decides(page_of, lead, kenji):
    page = page_of(manager(), expecting={422})
    page.goto("/routing/")
    page.get_by_role("button", name="New draft", exact=True).click()
    expect(page.locator(".page-head .chip")).to_have_text("Draft")
    page.get_by_label("Name, company or e-mail of a lead").fill("okafor")
    page.get_by_role("button", name="Find").click()
    page.locator("#trial").get_by_role("link", name="Okafor").click()
    verdicts = page.locator("#trial .verdict")
    expect(verdicts.last).to_contain_text("Ana Silva")

    page.get_by_role("link", name="Add a rule").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").first.fill("Germany")
    dialog.get_by_role("button", name="Add a condition").click()
    dialog.get_by_label("Field").select_option("country")
    expect(page.locator(".htmx-request")).to_have_count(0)
    dialog.get_by_label("Value").fill("Germany")
    dialog.get_by_label("Goes").select_option("named")
    expect(dialog.get_by_label("In the team")).to_be_hidden()
    dialog.get_by_role("button", name="Save").last.click()
    expect(dialog).to_contain_text("Choose the rep who gets these leads.")
    assert_accessible(page)
    dialog.get_by_label("To the rep").select_option(label="Kenji Mori, Enterprise")
    dialog.get_by_role("button", name="Save").last.click()
    expect(page.locator("#rules")).to_contain_text("Country is Germany")
    expect(verdicts.last).to_contain_text("Kenji Mori")
    expect(verdicts.first).to_contain_text("Ana Silva")

    page.get_by_role("link", name="Replay the last 30 days").click()
    expect(page.get_by_role("main")).to_contain_text("Would have gone elsewhere")
    page.go_back()
    page.get_by_role("link", name="Activate…").click()
    dialog.get_by_label("What is different").fill("Kenji knows Germany")
    dialog.get_by_role("button", name="Activate").click()

    expect(page.get_by_role("main")).to_contain_text("version 2 decides")
    made = LeadFactory(stage=Stage.SQL, country="Germany")
    offers.route_waiting(now=timezone.now())
    assert Handoff.objects.get(lead=made).rep == kenji.user


def test_rules_are_ordered_by_menu_and_by_drag(page_of, kenji):
    plan = RoutingPlan.objects.get()
    draft = versions.copy(plan=plan, actor=None, now=timezone.now())
    for position, name in enumerate(("One", "Two", "Three"), 1):
        named(kenji, plan=draft, position=position, name=name)
    page = page_of(manager())
    page.goto(f"/routing/{draft.version}/")
    rules = page.locator("#rules tbody tr .strong")

    page.get_by_role("button", name="More for “Two”").click()
    page.get_by_role("button", name="Move up").locator("visible=true").click()
    expect(rules).to_have_text(["Two", "One", "Three"])
    expect(page.locator("[data-order]:not([data-sortable])")).to_have_count(0)
    expect(page.locator(".htmx-request")).to_have_count(0)
    grips = page.locator("#rules [data-grip]")
    drag(
        page,
        grips.nth(2),
        onto=grips.nth(0),
        until=lambda: rules.all_inner_texts()[0] == "Three",
        aim=(0.5, 0),
    )

    expect(page.locator(".toast").last).to_contain_text("“Three” is in place 1")
    expect(rules).to_have_text(["Three", "Two", "One"])


def test_the_pages_are_accessible_and_fit_a_phone(page_of, lead, kenji):
    plan = RoutingPlan.objects.get()
    draft = versions.copy(plan=plan, actor=None, now=timezone.now())
    rule = named(kenji, plan=draft, position=1, name="Germany")
    page = page_of(manager())
    for address in [
        "/routing/",
        "/routing/2/",
        "/routing/2/compare/",
        "/routing/2/replay/",
        f"/routing/2/rules/{rule.pk}/",
        "/routing/2/settings/",
        f"/routing/2/trial/?lead={lead.pk}",
    ]:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(address)
        assert_accessible(page)
        assert_fits_a_phone(page)
        assert_accessible(page)
