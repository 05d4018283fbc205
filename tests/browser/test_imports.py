"""A file on its way in and out again, and the pages beside it."""

from playwright.sync_api import expect

from leads import webhooks
from leads.choices import WebhookKind
from leads.models import Lead, User
from tests.browser.checks import assert_accessible, assert_pages_hold
from tests.leads.factories import NOON

PEOPLE = """E-mail,First name,Company,Position held
ada@acme.example,Ada,Acme,CTO
no address,Bob,Acme,
"""


def test_a_file_is_mapped_tried_taken_in_and_taken_out_again(
    page_of, workspace, settings, tmp_path
):
    settings.IMPORTS_DIR = tmp_path / "kept"
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    page = page_of(User.objects.create_superuser("ada@baton.example", None))

    page.goto("/imports/")
    page.locator("input[name=file]").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    page.get_by_label("Position held").select_option("title")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#import-trial")).to_contain_text("All 2 rows were tried")
    expect(page.locator("#import-trial")).to_contain_text("Line 3, E-mail")
    assert_accessible(page)
    page.get_by_role("button", name="Start the import").click()
    expect(page.locator("#import-progress")).to_contain_text("Created 1")
    assert Lead.objects.get().title == "CTO"
    page.get_by_role("link", name="Undo…").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo the import").click()
    expect(page.locator("#import-undo")).to_contain_text("2 records were taken out.")
    assert not Lead.objects.exists()

    endpoint, _secret = webhooks.create(
        url="https://billing.example/hook",
        description="Billing",
        kinds=[WebhookKind.LEAD_CREATED],
        actor=None,
        now=NOON,
    )
    delivery = webhooks.send_test(endpoint=endpoint, now=NOON)
    assert_pages_hold(
        page,
        [
            "/imports/",
            page.url,
            "/settings/webhooks/",
            f"/settings/webhooks/{endpoint.pk}/",
            f"/settings/webhooks/deliveries/{delivery.pk}/",
            "/settings/webhooks/sources/new/",
            "/settings/api-keys/new/",
        ],
    )
