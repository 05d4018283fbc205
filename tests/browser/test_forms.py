"""Forms and the tracker, also from the pages of another site."""

from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.urls import reverse

from leads.capture.hosted import embedding, guarding
from leads.capture.hosted.choices import Box
from leads.capture.models import HostedForm, Submission, Visit, Visitor
from leads.choices import Role
from leads.models import Lead
from tests.browser.checks import assert_accessible, assert_fits_a_phone
from tests.capture.factories import HostedFormFactory
from tests.leads.factories import UserFactory

# Chromium without a window is a known robot.
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _quick_people(monkeypatch):
    """Playwright fills a form in faster than a person."""
    monkeypatch.setattr(guarding, "FASTEST", timedelta(0))


class Site:
    """Another web site: HTML by path, and the origin under which it is found."""

    def __init__(self):
        self.pages = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                html = site.pages.get(self.path.split("?")[0], "")
                body = f"<!DOCTYPE html><title>Acme</title>{html}".encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def site(settings, live_server):
    site = Site()
    settings.TRACKED_SITES = [site.origin]
    settings.SITE_URL = live_server.url
    yield site
    site.server.shutdown()
    site.server.server_close()


def test_a_marketer_builds_a_form_and_reads_what_came(page_of, workspace, live_server):
    page = page_of(UserFactory(role=Role.MARKETER))
    page.goto("/forms/")
    assert_accessible(page)
    page.get_by_role("link", name="New form").first.click()
    page.get_by_label("Name").fill("Book a demo")
    page.get_by_role("button", name="Make the form").click()
    page.get_by_role("button", name="Phone").click()
    page.get_by_role("link", name="Phone").wait_for()
    page.get_by_role("button", name="Move “Phone” up").click()
    page.locator("#questions li:nth-child(4)", has_text="Phone").wait_for()
    form = HostedForm.objects.get()

    for name in ("detail", "settings", "share", "submissions"):
        page.goto(reverse(f"forms:{name}", args=[form.pk]))
        assert_accessible(page)
        assert_fits_a_phone(page)
        page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Publish").click()

    page.get_by_text("The form is open to everybody.").first.wait_for()


def test_a_stranger_without_script_is_told_what_is_missing(browser, live_server):
    form = HostedFormFactory()
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, user_agent=FIREFOX
    )
    page = context.new_page()
    page.goto(f"/f/{form.slug}/")

    page.get_by_role("button", name="Send").click()
    assert "This field is required." in page.locator("main").inner_text()
    page.get_by_label("email").fill("maya@northwind.example")
    page.get_by_role("button", name="Send").click()

    page.get_by_role("heading", name="Thank you").wait_for()
    assert context.cookies() == []
    context.close()
    assert Lead.objects.get().email == "maya@northwind.example"


def test_the_public_pages_are_for_everybody(page_of):
    form = HostedFormFactory(
        introduction="Long" * 60, consent_text="You may write to me.", sites=[]
    )
    page = page_of(None, expecting={422})
    page.goto(f"/f/{form.slug}/")
    assert_accessible(page)
    assert_fits_a_phone(page)

    page.get_by_role("button", name="Send").click()

    page.get_by_text("This field is required.").wait_for()
    assert_accessible(page)


def test_a_form_in_a_frame_of_another_site_is_sent_there(page_of, site):
    form = HostedFormFactory(sites=[site.origin], redirect_url=f"{site.origin}/thanks")
    site.pages["/demo"] = embedding.frame(form)
    page = page_of(None, user_agent=FIREFOX)
    page.goto(f"{site.origin}/demo")
    frame = page.frame_locator("iframe")

    frame.get_by_label("email").fill("maya@northwind.example")
    frame.get_by_role("button", name="Send").click()
    frame.get_by_role("link", name="Go on").click()

    page.wait_for_url(f"{site.origin}/thanks")
    assert Submission.objects.get().box == Box.COUNTED


def test_a_form_of_another_site_posts_to_us_and_goes_back(page_of, site):
    form = HostedFormFactory(sites=[site.origin], redirect_url=f"{site.origin}/thanks")
    site.pages["/demo"] = embedding.plain_post(form)
    page = page_of(None, user_agent=FIREFOX)
    page.goto(f"{site.origin}/demo")

    page.get_by_label("email").fill("maya@northwind.example")
    page.get_by_role("button", name="Send").click()

    page.wait_for_url(f"{site.origin}/thanks")
    assert Submission.objects.get().box == Box.COUNTED


def test_the_tracker_tells_of_visits_that_a_form_then_names(page_of, site, live_server):
    form = HostedFormFactory(sites=[site.origin], redirect_url=f"{site.origin}/thanks")
    address = f"{live_server.url}/t/baton.js"
    tag = f'<script src="{address}" data-consent="required"></script>'
    site.pages["/pricing"] = tag
    site.pages["/demo"] = tag + embedding.plain_post(form)
    page = page_of(None, user_agent=FIREFOX)
    page.goto(f"{site.origin}/pricing?utm_source=ad")
    assert not Visitor.objects.exists()
    with page.expect_event("requestfinished", lambda request: "/t/" in request.url):
        page.evaluate("baton.allow()")
    assert Visit.objects.get().url == f"{site.origin}/pricing"
    assert page.context.cookies() == []

    with page.expect_event("requestfinished", lambda request: "/t/" in request.url):
        page.goto(f"{site.origin}/demo?utm_source=ad")
    page.get_by_label("email").fill("maya@northwind.example")
    page.get_by_role("button", name="Send").click()

    page.wait_for_url(f"{site.origin}/thanks")
    lead = Lead.objects.get()
    views = lead.activities.filter(kind="page_view").order_by("occurred_at", "pk")
    paths = [view.url.removeprefix(site.origin) for view in views]
    assert (paths, lead.source) == (["/pricing", "/demo"], "ad")


@pytest.mark.parametrize("signal", ["doNotTrack", "globalPrivacyControl"])
def test_the_tracker_is_silent_where_the_browser_says_so(
    page_of, site, live_server, signal
):
    site.pages["/"] = f'<script src="{live_server.url}/t/baton.js"></script>'
    page = page_of(None, user_agent=FIREFOX)
    value = "'1'" if signal == "doNotTrack" else "true"
    page.add_init_script(
        f"Object.defineProperty(navigator, '{signal}', {{get: () => {value}}})"
    )
    sent = []
    page.on("request", lambda request: sent.append(request.url))

    page.goto(site.origin)
    page.evaluate("baton.view()")

    assert not [url for url in sent if url.endswith("/t/")]
    assert page.evaluate("Object.keys(localStorage)") == []
