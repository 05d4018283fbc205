"""Pages in Chromium; a page that breaks a rule of the house fails its test."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Error, expect

# Playwright keeps an event loop in this thread, which Django would take for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# A machine that does much else at once must not fail a page that is right.
expect.set_options(timeout=15_000)

HERE = Path(__file__).resolve().parent
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
HOW_TO_GET_ONE = "no Chromium for the browser tests: sudo apt install chromium"
# htmx takes hold of a page just after it has loaded; until then forms post plainly.
TELL_WHEN_HTMX_IS_READY = """
    document.addEventListener("htmx:after:process", () => { window.isReady = true; });
"""
IS_READY = "!document.querySelector('script[src*=htmx]') || window.isReady"
REPORT_VIOLATIONS = """
    document.addEventListener("securitypolicyviolation", (event) =>
      console.error(`CSP ${event.violatedDirective}: ${event.blockedURI}`));
"""


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """How pytest-playwright starts the browser of this machine."""
    path = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, BROWSERS)), ""
    )
    if not path and os.environ.get("CI"):
        pytest.fail(HOW_TO_GET_ONE)
    if not path:
        pytest.skip(HOW_TO_GET_ONE)
    arguments = ["--disable-gpu", "--disable-dev-shm-usage"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {"executable_path": path, "args": arguments}


@pytest.fixture(scope="session")
def playwright(playwright):
    """While its event loop runs, Django has other connections than before and after.

    Who left one open would keep the database of the tests from being dropped.
    """
    yield playwright
    connections.close_all()


def watch(page, *, expecting, problems):
    """Write down what no page may do: log an error, break the CSP, fail a request."""

    def on_console(message):
        # The answer itself is judged below, with its status.
        if message.type == "error" and "Failed to load resource" not in message.text:
            problems.append(f"console: {message.text}")

    def on_response(response):
        if response.status >= 400 and response.status not in expecting:
            problems.append(f"{response.status}: {response.url}")

    def on_failed(request):
        # Leaving a page aborts what it still fetches.
        if request.failure != "net::ERR_ABORTED":
            problems.append(f"{request.failure}: {request.url}")

    page.on("console", on_console)
    page.on("response", on_response)
    page.on("requestfailed", on_failed)
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.add_init_script(REPORT_VIOLATIONS)


def wait_for_htmx(page):
    """Let `page.goto` end when htmx listens, not when the page has merely loaded."""
    page.add_init_script(TELL_WHEN_HTMX_IS_READY)
    goto = page.goto

    def goto_and_wait(address, **options):
        response = goto(address, **options)
        page.wait_for_function(IS_READY)
        return response

    page.goto = goto_and_wait


def session_cookie(user, *, url):
    """The cookie of a fresh session of that person."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


@pytest.fixture(autouse=True)
def bells_wait():
    """Until a page is opened no bell rings: the rows of a test are made one by one."""
    silence = pytest.MonkeyPatch()
    for bell in settings.BELLS:
        silence.setitem(settings.BELLS, bell, [])
    yield silence.undo
    silence.undo()


@pytest.fixture
def page_of(live_server, workspace, browser, bells_wait):
    """Opens a page as a person: `page_of(rep).goto("/queue/")`; None is nobody.

    An answer of 400 or above fails the test unless it is named in `expecting`. What
    else is given are options of a context of Playwright.
    """
    contexts = []
    problems = []

    def open_page(user, *, expecting=frozenset(), width=1440, height=900, **options):
        bells_wait()
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            **options,
        )
        contexts.append(context)
        if user is not None:
            context.add_cookies([session_cookie(user, url=live_server.url)])
        page = context.new_page()
        page.set_default_timeout(10_000)
        watch(page, expecting=expecting, problems=problems)
        wait_for_htmx(page)
        return page

    yield open_page
    for context in contexts:
        with suppress(Error):
            context.close()
    assert not problems
