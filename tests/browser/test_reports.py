from datetime import date
from itertools import combinations

import pytest

from handoff.choices import HandoffStatus
from leads.choices import Role, Stage
from leads.models import Campaign
from tests.browser.checks import assert_accessible, assert_pages_hold
from tests.handoff.factories import HandoffFactory
from tests.leads.factories import UserFactory
from tests.reports.factories import day, mql

pytestmark = pytest.mark.django_db(transaction=True)

DATES = "from=2026-03-01&to=2026-04-01"
PAGES = [
    "/reports/",
    f"/reports/funnel/?{DATES}",
    f"/reports/funnel/leads/?{DATES}",
    f"/reports/funnel/?{DATES}&reference=on",
    f"/reports/funnel/?{DATES}&compare=before",
    f"/reports/sources/?{DATES}&compare=before",
    f"/dashboards/?{DATES}&compare=before",
    f"/reports/throughput/?{DATES}",
    f"/reports/acceptance/?{DATES}",
    f"/reports/acceptance/leads/?{DATES}",
    "/reports/funnel/?from=2020-01-01&to=2020-02-01",
    f"/reports/follow-up/?{DATES}",
    f"/reports/agreement/?{DATES}",
    "/reports/agreement/plans/",
]


@pytest.fixture
def manager(db):
    return UserFactory(role=Role.MANAGER)


@pytest.fixture
def some_leads(db):
    for _ in range(21):
        mql((Stage.SQL, 1), source="webinar")
    mql(source="organic search")
    HandoffFactory()


def test_every_report_is_accessible_in_both_themes_and_fits_a_phone(
    page_of, manager, some_leads
):
    assert_pages_hold(page_of(manager), PAGES)


def test_another_question_is_answered_in_place_with_its_address(
    page_of, manager, some_leads
):
    page = page_of(manager)
    page.goto(f"/reports/funnel/?{DATES}")

    page.get_by_label("Split by").select_option("month")

    page.get_by_role("rowheader", name="March 2026").wait_for()
    page.wait_for_url("**by=month**")
    assert page.locator("[data-chart] svg").count() == 2
    page.reload()
    assert page.get_by_role("rowheader", name="March 2026").is_visible()


def test_back_shows_the_question_and_the_charts_of_before(page_of, manager, some_leads):
    page = page_of(manager)
    page.goto(f"/reports/funnel/?{DATES}")
    page.get_by_label("Split by").select_option("month")
    page.get_by_role("rowheader", name="March 2026").wait_for()

    page.go_back()

    page.get_by_role("rowheader", name="webinar").wait_for()
    assert page.get_by_label("Split by").input_value() == "source"
    page.locator("[data-chart=steps] svg").wait_for()


def colours(page):
    page.locator("[data-chart=heat] svg path").first.wait_for()
    return page.locator("[data-chart] svg path").evaluate_all(
        "paths => [...new Set(paths.map(path => path.getAttribute('fill')))].sort()"
    )


def test_back_draws_the_charts_in_their_own_colours(page_of, manager, some_leads):
    page = page_of(manager)
    page.goto(f"/reports/flows/?{DATES}")
    before = colours(page)
    page.get_by_label("Who entered").select_option("iql")
    page.wait_for_url("**cohort=iql**")
    page.locator("#report").evaluate("report => { report.dataset.later = 'yes' }")

    page.go_back()

    page.locator("#report:not([data-later])").wait_for()
    assert colours(page) == before


def test_the_charts_follow_the_theme(page_of, manager, some_leads):
    page = page_of(manager)
    page.goto(f"/reports/funnel/?{DATES}")
    chart = page.locator("[data-chart=steps] svg")
    in_light = chart.inner_html()

    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.wait_for_timeout(500)

    assert chart.inner_html() != in_light


def test_the_chart_of_rates_shows_the_chosen_stage(page_of, manager, some_leads):
    page = page_of(manager)
    page.goto(f"/reports/funnel/?{DATES}")
    chart = page.locator("#rates-chart svg")
    before = chart.inner_html()

    page.get_by_role("button", name="SQL", exact=True).click()
    page.wait_for_timeout(500)

    button = page.get_by_role("button", name="SQL", exact=True)
    assert button.get_attribute("aria-pressed") == "true"
    assert chart.inner_html() != before


def test_a_metric_is_explained_where_it_stands(page_of, manager, some_leads):
    page = page_of(manager)
    page.goto(f"/reports/funnel/?{DATES}")

    page.get_by_role("button", name="What “Conversion” means").first.click()

    assert page.locator("#definition-conversion").is_visible()
    assert_accessible(page)


def test_own_dates_are_asked_for_when_they_are_wanted(page_of, manager, some_leads):
    page = page_of(manager)
    page.goto("/reports/funnel/?period=12m")
    assert not page.get_by_label("Before").is_visible()

    page.get_by_label("Period").select_option("custom")

    assert page.get_by_label("Before").is_visible()


def test_a_wrong_question_says_what_is_wrong(page_of, manager):
    page = page_of(manager, expecting={400})

    page.goto("/reports/funnel/?period=custom&from=2026-03-01&to=2026-03-01")

    assert "empty" in page.get_by_role("alert").inner_text()


def test_a_download_has_the_table(page_of, manager, some_leads):
    page = page_of(manager)
    page.goto(f"/reports/funnel/?{DATES}")

    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()

    assert download.value.suggested_filename == "funnel.csv"
    assert "webinar" in download.value.path().read_text(encoding="utf-8-sig")


def test_the_arrow_keys_read_the_values_of_a_chart(page_of, manager, some_leads):
    page = page_of(manager)
    page.goto(f"/reports/funnel/?{DATES}")
    page.locator("[data-chart=steps] svg").wait_for()
    chart, said = page.locator("[data-chart=steps]"), page.locator("[data-said]").first

    chart.focus()
    page.keyboard.press("ArrowRight")
    first = said.inner_text()
    page.keyboard.press("ArrowDown")
    second = said.inner_text()
    outline = chart.evaluate("element => getComputedStyle(element).outlineStyle")
    page.keyboard.press("Escape")

    assert (first, second) == ("MQL: 23, 100%", "SQL: 22, 95.7%")
    assert outline == "solid"
    assert said.inner_text() == ""


@pytest.mark.parametrize("name", ["follow-up", "flows", "velocity", "acceptance"])
def test_every_chart_of_a_report_is_read_by_keys(page_of, manager, some_leads, name):
    page = page_of(manager)
    page.goto(f"/reports/{name}/?{DATES}")
    page.locator("[data-chart] svg").first.wait_for()

    for chart in page.locator("[data-chart]").all():
        chart.focus()
        page.keyboard.press("End")
        said = chart.evaluate("element => element.nextElementSibling.textContent")
        kind = chart.get_attribute("data-chart")
        # A chart without a value that may be told says nothing.
        assert said or kind in ("rates", "heat"), kind


@pytest.mark.parametrize(
    "address",
    [
        f"/reports/funnel/?{DATES}&compare=before",
        f"/reports/acceptance/?{DATES}&compare=before",
        f"/reports/sources/?{DATES}&compare=before",
        f"/reports/follow-up/?{DATES}",
        f"/reports/velocity/?{DATES}",
        f"/reports/agreement/?{DATES}",
    ],
)
def test_no_column_of_a_table_is_cut_on_paper(page_of, manager, some_leads, address):
    page = page_of(manager)
    page.goto(address)
    page.emulate_media(media="print")
    # A4 upright, less margins of a centimetre, at 96 pixels an inch.
    page.set_viewport_size({"width": 718, "height": 1047})

    beyond = page.locator(".report-table").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().right"
        " - each.closest('.panel').getBoundingClientRect().right)"
    )

    assert beyond
    assert max(beyond) <= 0


def test_no_difference_is_cut_on_a_phone(page_of, manager):
    for at in (0, 35):
        for number in range(25):
            status = HandoffStatus.ACCEPTED if number < 20 else HandoffStatus.EXPIRED
            HandoffFactory(
                status=status, routed_at=day(at), due_at=day(at), decided_at=day(at)
            )
    page = page_of(manager)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/reports/acceptance/?from=2026-04-01&to=2026-05-01&compare=before")

    beyond = page.locator("td > .difference").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().right"
        " - each.closest('td').getBoundingClientRect().right)"
    )

    assert len(beyond) > 4
    assert max(map(abs, beyond)) <= 1


def test_the_numbers_of_what_happened_do_not_run_into_each_other(
    page_of, manager, some_leads
):
    for month in range(1, 13):
        for number in range(2):
            name = f"{month} {number}"
            starts_on = date(2026, month, 5)
            Campaign.objects.create(name=name, name_key=name, starts_on=starts_on)
    page = page_of(manager)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(reduced_motion="reduce")
    page.goto("/reports/velocity/?from=2026-01-01&to=2027-01-01")

    texts = page.locator("[data-chart=lines] svg text").filter(has_text="(")
    texts.first.wait_for()
    boxes = [each.bounding_box() for each in texts.all()]

    assert len(boxes) > 4
    for one, other in combinations(boxes, 2):
        beside = abs(one["x"] - other["x"]) >= min(one["width"], other["width"])
        assert beside or abs(one["y"] - other["y"]) >= 10


def test_the_days_of_a_report_are_told_on_paper_alone(page_of, manager, some_leads):
    page = page_of(manager)
    page.goto(f"/reports/sources/?{DATES}")
    days = page.locator("p", has_text="1 Mar 2026 to 31 Mar 2026")

    on_screen = days.is_visible()
    page.emulate_media(media="print")

    assert (on_screen, days.is_visible()) == (False, True)
