import pytest

from leads.choices import Role
from tests.leads.factories import UserFactory
from tests.reports.olist import ENTERED_AND_WON, import_olist, needs_olist

pytestmark = [pytest.mark.django_db(transaction=True), needs_olist]

QUESTION = "cohort=mql&window=none&by=source&from=2017-06-01&to=2018-06-01"
READ_TABLE = """
    rows => rows.map(row => [...row.querySelectorAll("th, td")].map(
      cell => (cell.querySelector("a") ?? cell).textContent.trim()))
"""


def test_the_page_shows_the_figures_of_the_real_leads_and_opens_them(page_of):
    import_olist()
    page = page_of(UserFactory(role=Role.MANAGER))

    page.goto(f"/reports/funnel/?{QUESTION}")

    rows = page.locator(".report-table tbody tr").evaluate_all(READ_TABLE)
    figures = [
        (source, number(entered), number(won)) for source, entered, *_, won in rows
    ]
    assert figures == ENTERED_AND_WON
    (total,) = page.locator(".report-table tfoot tr").evaluate_all(READ_TABLE)
    assert (number(total[1]), number(total[-1])) == (8000, 842)

    row = page.locator(".report-table tbody tr", has_text="paid search")
    row.get_by_role("link").last.click()

    page.get_by_role("heading", name="Entered MQL and reached Customer").wait_for()
    assert page.locator(".page-head .chip").first.inner_text() == "195"
    assert page.get_by_text("1–50 of 195").is_visible()


def number(text):
    return int(text.replace(",", ""))
